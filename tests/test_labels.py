"""Labels say who does what to whom, in the present tense, by the tree of a sentence."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.english.text import Text
from onrecord.events.assemble import find_label, word_article
from onrecord.events.labels import Label, write_labels
from onrecord.events.scene import Scene
from onrecord.events.wording import Named, Wording
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


OWNED = (
    "Hale/PROPN/sing/2/nsubj sold/VERB/fin-past/0/root his/PRON/none/4/nmod:poss house/NOUN/sing/2/obj "
    "to/ADP/none/6/case her/PRON/none/2/obl"
)
DENIED = (
    "Hale/PROPN/sing/2/nsubj said/VERB/fin-past/0/root he/PRON/none/6/nsubj did/AUX/fin-past/6/aux "
    "not/PART/none/6/advmod leave/VERB/inf/2/ccomp Oslo/PROPN/sing/6/obj"
)
MIGHT = "Norland/PROPN/sing/3/nsubj might/AUX/fin-past/3/aux ban/VERB/inf/0/root herring/NOUN/sing/3/obj"
NAMELESS = (
    "He/PRON/none/2/nsubj accused/VERB/fin-past/0/root the/DET/none/4/det mayor/NOUN/sing/2/obj "
    "of/SCONJ/none/6/mark lying/VERB/ger/2/advcl"
)
TRIED = (
    "Hale/PROPN/sing/2/nsubj tried/VERB/fin-past/0/root to/PART/none/4/mark bribe/VERB/inf/2/xcomp "
    "guards/NOUN/plur/4/obj"
)
OPPOSED = (
    "Hale/PROPN/sing/2/nsubj opposes/VERB/fin-pres/0/root building/VERB/ger/2/xcomp a/DET/none/5/det "
    "wall/NOUN/sing/3/obj"
)


DATED = (
    "Hale/PROPN/sing/3/nsubj:pass was/AUX/fin-past/3/aux:pass killed/VERB/part-past/0/root "
    "(/PUNCT/none/6/punct July/PROPN/sing/6/compound 28/NUM/none/3/obl )/PUNCT/none/6/punct"
)


def labels_of(sentence: str, word: str, names: dict[str, str], *, said: bool = False) -> list[Label]:
    """The labels that a word gives; every optional piece is kept."""
    text = parsed(sentence)
    numbers = {text.word(n): n for n in range(len(text))}
    named = {
        numbers[w]: Named(name, numbers[w], numbers[w], "pronoun" if w.islower() or w == "She" else "name")
        for w, name in names.items()
    }
    wording = Wording(text, named, (), (), lambda piece, features: 1.0)
    return list(write_labels(wording, numbers[word], said=said))


@pytest.mark.parametrize(
    ("sentence", "word", "names", "label"),
    [
        (ARRESTED, "arrested", {"She": "Ana Ruiz"}, "Ana Ruiz is arrested by the police in Velby on Monday"),
        (ARRESTED, "arrested", {}, "Police arrest in Velby on Monday"),
        (SIGNED, "signed", {}, "Ministers sign the herring treaty"),
        (HELD, "talks", {"Norland": "Norland", "Sudland": "Sudland"}, "Norland holds talks with Sudland"),
        (WHO, "robbed", {}, "Man robs the bank"),
        (WHO, "fled", {}, "Man flees"),
        (OWNED, "sold", {"Hale": "Tom Hale", "his": "Tom Hale"}, "Tom Hale sells his house"),
        (OWNED, "sold", {"Hale": "Tom Hale"}, "Tom Hale sells house"),
        (OWNED, "sold", {"his": "Ana Ruiz"}, "Hale sells Ana Ruiz's house"),
        (DENIED, "said", {}, "Hale says he did not leave Oslo"),
        (NAMELESS, "accused", {}, "Mayor is accused of lying"),
        (NAMELESS, "lying", {}, "Mayor lies"),
        (TRIED, "bribe", {}, "Hale bribes guards"),
        (OPPOSED, "building", {}, "Wall is built"),
        (DATED, "killed", {"Hale": "Tom Hale"}, "Tom Hale is killed"),
    ],
)
def test_a_label_is_a_clause(sentence: str, word: str, names: dict[str, str], label: str) -> None:
    assert labels_of(sentence, word, names)[0].text == label


@pytest.mark.parametrize(
    ("sentence", "word", "label"),
    [(MIGHT, "ban", "Norland might ban herring"), (TRIED, "bribe", "Hale tries to bribe guards"),
     (DENIED, "leave", "Tom Hale does not leave Oslo")],
)  # fmt: skip
def test_what_is_given_as_so_keeps_what_makes_it_doubtful(sentence: str, word: str, label: str) -> None:
    assert (
        labels_of(sentence, word, {"he": "Tom Hale"} if word == "leave" else {}, said=True)[0].text == label
    )


def test_a_label_ends_with_no_word_that_leads_to_nothing() -> None:
    bans = (
        "Norland/PROPN/sing/2/nsubj bans/VERB/fin-pres/0/root use/NOUN/sing/2/obj of/ADP/none/3/case "
        "./PUNCT/none/2/punct"
    )
    assert labels_of(bans, "bans", {})[0].text == "Norland bans use"


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
    label = find_label(scene, [0], word_article(scene, ()), "occurred")
    assert label and label.strip()


def test_who_is_named_and_what_is_done_tell_more() -> None:
    named, unnamed = (labels_of(ARRESTED, "arrested", names)[0] for names in ({"She": "Ana Ruiz"}, {}))
    assert named.worth > labels_of(ARRESTED, "Monday", {})[0].worth
    assert unnamed.worth > labels_of(ARRESTED, "Monday", {})[0].worth
