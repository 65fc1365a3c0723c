"""Who says what, through whom, and how surely.

``attribute.join_attributions`` joins a reader's fragments to speaker, cue and content: ``scene`` has what
stands beside which, ``joining`` the weighted rules for pairs, ``quotation`` the marks, ``subjects`` who is
spoken of, ``asides`` voices set off, ``discourse`` who says what no cue introduces, ``edges`` where spans
begin and end. ``statements`` are what the article claims in its own voice, made whole by ``clauses``.
``chain.trace_hops`` gives the voices through which each claim reached the article (``voice`` judges a voice
by its words, ``outlets`` knows the press by name, ``standing`` how a voice knows, ``credits`` whom the
article itself credits). ``sure`` judges certainty, polarity and time by the words around (``grammar``).

Modules with several rules hold them in ``RULES`` by name; whatever uses them takes the names of those to
switch off as ``disabled``. ``voice`` is one decision.
"""
