"""A bare relative pronoun in a claim is named by what it stands for."""

import pytest

from onrecord.claims.relative import name_antecedents
from onrecord.english.text import Text
from onrecord.model import Attribution, Document, Span, Token

TEXT = "The crew boarded an old ship from Oslo, which Ruiz said sank."
TREE = [  # word, tag, head, relation
    ("The", "DET", 1, "det"),
    ("crew", "NOUN", 2, "nsubj"),
    ("boarded", "VERB", None, "root"),
    ("an", "DET", 5, "det"),
    ("old", "ADJ", 5, "amod"),
    ("ship", "NOUN", 2, "obj"),
    ("from", "ADP", 7, "case"),
    ("Oslo", "PROPN", 5, "nmod"),
    (",", "PUNCT", 11, "punct"),
    ("which", "PRON", 12, "nsubj"),
    ("Ruiz", "PROPN", 11, "nsubj"),
    ("said", "VERB", 5, "acl:relcl"),
    ("sank", "VERB", 11, "ccomp"),
]


def read(root: str = "acl:relcl") -> Text:
    tokens, at = [], 0
    for word, tag, head, relation in TREE:
        start = TEXT.index(word, at)
        at = start + len(word)
        name = root if word == "said" else relation
        tokens.append(Token(start=start, end=at, tag=tag, form="none", head=head, relation=name, sentence=0))
    return Text(Document(TEXT, (), (Span(0, len(TEXT)),)), tokens)


def said(*content: str) -> Attribution:
    spans = [Span(TEXT.index(words), TEXT.index(words) + len(words)) for words in content]
    return Attribution(tuple(spans), (Span(51, 55),), (Span(46, 50),), "indirect", 0.9)


@pytest.mark.parametrize(
    ("content", "root", "expected"),
    [
        (("which", "sank"), "acl:relcl", ["an old ship from Oslo", "sank"]),
        (("which", "sank"), "parataxis", ["which", "sank"]),
        (("which Ruiz",), "acl:relcl", ["which Ruiz"]),
        (("sank",), "acl:relcl", ["sank"]),
    ],
)
def test_what_a_bare_relative_stands_for(content: tuple[str, ...], root: str, expected: list[str]) -> None:
    [found] = name_antecedents(read(root), [said(*content)])
    assert [TEXT[s.start : s.end] for s in found.content] == expected
