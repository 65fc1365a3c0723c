"""A language model as a reader: it lists names, events and claims; what the article bears out is admitted.

``reader.StoredReader`` reads from answers that are at hand; ``asking.ask_all`` gets those that are not.
``question`` makes what a model is asked, ``answer`` says what an answer looks like, ``admission`` holds it
against the article, ``judging`` asks what to keep of the built-in reader's rows, ``store`` keeps all answers.
Nothing but ``asking`` needs the extra ``onrecord[llm]``.
"""
