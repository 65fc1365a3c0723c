"""Who says a quotation, by what the article told before it."""

import re
from collections.abc import Sequence

import pytest

from onrecord.claims.attribute import join_attributions
from onrecord.claims.discourse import carry_speakers
from onrecord.claims.quotation import read_quotations
from onrecord.cleaning.text import split_sentences
from onrecord.model import Attribution, Document, Name, Reading, Role, Span
from onrecord.people.who import chain_at, resolve_entities


def place(text: str, words: str, number: int = 0) -> Span:
    start = [m.start() for m in re.finditer(re.escape(words), text)][number]
    return Span(start, start + len(words))


def document(text: str) -> Document:
    return Document(text, (), tuple(split_sentences(text, 0, len(text))))


def who_says(
    text: str, people: Sequence[str], said: Sequence[tuple[str, str]], asked: str, quoted: bool = True
) -> str | None:
    """Whom the speaker of the last claim means; ``said`` are claims with their speakers, in order."""
    names = [Name(m.start(), m.end(), "person", 0.9) for p in people for m in re.finditer(p, text)]
    spans, from_ = [], 0
    for content, speaker in said:
        start = text.index(content, from_)
        near = min(re.finditer(rf"\b{speaker}\b", text), key=lambda m: abs(m.start() - start - len(content)))
        spans.append((Span(start, start + len(content)), Span(near.start(), near.end())))
    quotes = spans if quoted else ()
    entities, mentions = resolve_entities(document(text), names, quotes=quotes, voices=spans)
    chain = chain_at(text, [m for m in mentions if m.start == spans[-1][1].start], spans[-1][1])
    return None if chain is None else entities[chain].name


def test_a_speaker_is_carried_on_past_whom_he_speaks_about() -> None:
    text = (
        "“The idea that Peter Moe could win should alarm us,” Erik Hale wrote.\n\n"
        "“Voters are angry with Moe,” he added."
    )
    said = [
        ("“The idea that Peter Moe could win should alarm us,”", "Erik Hale"),
        ("“Voters are angry with Moe,”", "he"),
    ]
    assert who_says(text, ["Peter Moe", "Erik Hale", "Moe"], said, "he") == "Erik Hale"


def test_nobody_says_what_names_him_or_calls_him_he() -> None:
    text = (
        "Erik Hale asked Peter Moe to be his best man. Two years later, Moe was dead.\n\n"
        "“He would have made a fine judge,” he said."
    )
    said = [("“He would have made a fine judge,”", "he")]
    assert who_says(text, ["Erik Hale", "Peter Moe", "Moe"], said, "he") != "Peter Moe"


def test_another_subject_since_ends_it() -> None:
    text = "“We dug,” Erik Hale said. Peter Moe arrived at noon and took over. “It was late,” he said."
    said = [("“We dug,”", "Erik Hale"), ("“It was late,”", "he")]
    assert who_says(text, ["Erik Hale", "Peter Moe"], said, "he") != "Erik Hale"


LONE = (
    "Its chair Ana Ruiz said the bill gave a voice to many.\n\n"
    "“That will help all of us at the table.”\n\n"
    "Council member Peter Moe said the port had been looked after."
)


@pytest.mark.parametrize("speaker", ["Council member Peter Moe", None])
def test_a_lone_quotation_is_of_whoever_spoke_before_it(speaker: str | None) -> None:
    bill = Attribution(
        (place(LONE, "the bill gave a voice to many"),),
        (place(LONE, "said"),),
        (place(LONE, "Its chair Ana Ruiz"),),
        "indirect",
        0.9,
    )
    port = Attribution(
        (place(LONE, "the port had been looked after"),),
        (place(LONE, "said", 1),),
        (place(LONE, "Council member Peter Moe"),),
        "indirect",
        0.9,
    )
    quotation = place(LONE, "“That will help all of us at the table.”")
    speakers = (place(LONE, speaker),) if speaker else ()
    lone = Attribution((quotation,), (), speakers, "direct", 0.6)
    marks = read_quotations(LONE)[0]
    for given in ([bill, lone, port], [bill, port]):
        found = carry_speakers(document(LONE), given, marks)
        [quoted] = [a for a in found if a.content == (quotation,)]
        assert quoted.speakers == bill.speakers


def test_a_quotation_that_has_its_cue_keeps_its_speaker() -> None:
    text = "Ana Ruiz said it rained. “We had no water at all,” Peter Moe told reporters."
    roles = [
        Role(*_ends(place(text, words)), kind, group, 0.9)  # type: ignore[arg-type]
        for words, kind, group in (
            ("Ana Ruiz", "source", 0),
            ("said", "cue", 0),
            ("it rained", "content", 0),
            ("“We had no water at all,”", "content", 1),
            ("Peter Moe", "source", 1),
            ("told", "cue", 1),
        )
    ]
    found = join_attributions(document(text), Reading(roles=tuple(roles)), frozenset({"kinds"}))
    assert [text[a.speakers[0].start : a.speakers[0].end] for a in found] == ["Ana Ruiz", "Peter Moe"]


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end
