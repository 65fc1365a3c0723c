"""Who a name, a description or a pronoun means within one article.

``who.resolve_entities`` takes a ``Document`` and its names and gives its entities and their mentions.
``names`` compares names and ``bearers`` gathers them; ``pronouns`` and ``nominals`` look for whom they mean
in what ``focus`` holds in mind, by the words that ``nounphrases`` reads around a mention.
"""
