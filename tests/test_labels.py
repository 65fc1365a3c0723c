"""Labels say who does what to whom, in the present tense, by the tree of a sentence."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.english.text import Text
from onrecord.events.assemble import find_label
from onrecord.events.labels import write_label
from onrecord.events.scene import Scene
from onrecord.model import Document, EventWord, Span, Token


def parsed(sentence: str) -> Text:
    """A text of words written ``word/TAG/form/head/relation``, heads counted from 1, 0 for the root."""
    text = ""
    tokens: list[Token] = []
    for piece in sentence.split():
        word, tag, form, head, relation = piece.rsplit("/", 4)
        start = len(text) + bool(text and not re.fullmatch(r"[,.]|['’]s", word))
        text = f"{text:{start}}{word}"
        tokens.append(
            Token(
                start=start,
                end=len(text),
                tag=tag,
                form=form,
                head=int(head) - 1 if int(head) else None,
                relation=relation,
                sentence=0,
            )
        )
    return Text(Document(text, (), (Span(0, len(text)),)), tokens)


ARRESTED = (
    "She/PRON/none/5/nsubj:pass was/AUX/fin-past/5/aux:pass later/ADV/none/5/advmod "
    "quietly/ADV/none/5/advmod arrested/VERB/part-past/0/root by/ADP/none/8/case "
    "the/DET/none/8/det police/NOUN/sing/5/obl:agent "
    "in/ADP/none/10/case Velby/PROPN/sing/5/obl on/ADP/none/12/case Monday/PROPN/sing/5/obl"
)
SIGNED = (
    "Ministers/NOUN/plur/2/nsubj signed/VERB/fin-past/0/root the/DET/none/5/det herring/NOUN/sing/5/compound "
    "treaty/NOUN/sing/2/obj ,/PUNCT/none/7/punct reported/VERB/fin-past/2/parataxis "
    "Axios/PROPN/sing/7/nsubj"
)
HELD = (
    "Norland/PROPN/sing/2/nsubj held/VERB/fin-past/0/root talks/NOUN/plur/2/obj with/ADP/none/5/case "
    "Sudland/PROPN/sing/3/nmod"
)
WHO = (
    "The/DET/none/2/det man/NOUN/sing/7/nsubj who/PRON/none/4/nsubj robbed/VERB/fin-past/2/acl:relcl "
    "the/DET/none/6/det bank/NOUN/sing/4/obj fled/VERB/fin-past/0/root"
)


@pytest.mark.parametrize(
    ("sentence", "word", "names", "label"),
    [
        (ARRESTED, "arrested", {"She": "Ana Ruiz"}, "Ana Ruiz is arrested by police in Velby"),
        (ARRESTED, "arrested", {}, "Police arrests in Velby"),
        (SIGNED, "signed", {}, "Ministers sign herring treaty"),
        (HELD, "talks", {"Norland": "Norland", "Sudland": "Sudland"}, "Norland holds talks with Sudland"),
        (WHO, "robbed", {}, "Man robs bank"),
        (WHO, "fled", {}, "Man flees"),
    ],
)
def test_a_label_is_a_clause(sentence: str, word: str, names: dict[str, str], label: str) -> None:
    text = parsed(sentence)
    numbers = {text.word(n): n for n in range(len(text))}
    found = write_label(text, numbers[word], {numbers[w]: name for w, name in names.items()}.get)
    assert found.text == label


def test_a_label_ends_with_no_word_that_leads_to_nothing() -> None:
    text = parsed(
        "Norland/PROPN/sing/2/nsubj bans/VERB/fin-pres/0/root use/NOUN/sing/2/obj of/ADP/none/5/case "
        "./PUNCT/none/2/punct"
    )
    assert write_label(text, 1, lambda word: None).text == "Norland bans use"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(("he", "ran", "—", "'s", "the", "of", "Oslo")), min_size=1, max_size=6),
    st.data(),
)
def test_every_event_word_has_a_label(words: list[str], data: st.DataObject) -> None:
    tags = ("NOUN", "VERB", "PRON", "ADP", "PUNCT", "DET")
    relations = ("nsubj", "obj", "case", "det", "punct", "ccomp", "acl", "conj", "nmod:poss")
    told = data.draw(st.integers(0, len(words) - 1))
    pieces = [
        f"{word}/{data.draw(st.sampled_from(tags))}/sing/"
        + ("0/root" if n == 0 else f"{data.draw(st.integers(1, n))}/{data.draw(st.sampled_from(relations))}")
        for n, word in enumerate(words)
    ]
    text = parsed(" ".join(pieces))
    scene = Scene(
        text=text,
        told=[
            EventWord(
                start=text.tokens[told].start,
                end=text.tokens[told].end,
                token=told,
                likely=0.9,
                status=(1.0, 0.0, 0.0, 0.0, 0.0),
                report=0.0,
                types=(1.0, *(0.0,) * 16),
                links={},
                same={},
            )
        ],
        mentions=(),
        dates=(),
        claims=(),
    )
    label = find_label(scene, [0], ())
    assert label and label.strip()


def test_who_is_named_and_what_is_done_tell_more() -> None:
    text = parsed(ARRESTED)
    named = write_label(text, 4, {0: "Ana Ruiz"}.get)
    assert named.worth > write_label(text, 4, lambda word: None).worth
