"""Who says what, through whom, and how surely.

``attribute.join_attributions`` joins a reader's fragments to speaker, cue and content (rules in ``joining``,
marks in ``quotation``). ``chain.trace_hops`` gives the voices through which each reached the article
(``voice`` judges a voice by its words, ``outlets`` knows the press by name). ``sure`` judges certainty,
polarity and time by the words around (``grammar``).
"""
