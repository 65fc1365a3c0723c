"""What is the same across articles.

Annotated articles come in, streamed; the ids and rows of a ``World`` go out. The ways in, in the order of
``pipeline.resolve``: ``entities.link_entities``, ``reprints.find_reprints``, ``origins.trace_origins``,
``groups.group_claims``, ``events.link_events``. ``blocking`` and ``stories`` keep them from comparing all
with all, ``gather`` and ``clusters`` put together what belongs together.
"""
