"""What kind of claim an attribution is: statements apart from attitudes, questions and no claims at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.annotate import default_reader
from onrecord.claims.attribute import join_attributions
from onrecord.claims.kinds import KINDS, describe, judge_kind, keep_claims
from onrecord.claims.quotation import find_quotations, judge_quote
from onrecord.english.text import Text
from onrecord.model import Attribution, Document, Reading, Role, Span


def attribute(marked: str, confidence: float = 0.8) -> tuple[str, Attribution]:
    """A text and its attribution: [speaker], {cue} and <content> are marked in it."""
    text, open_at = "", {}
    spans: dict[str, list[Span]] = {"[": [], "{": [], "<": []}
    closing = {"]": "[", "}": "{", ">": "<"}
    for mark in marked:
        if mark in spans:
            open_at[mark] = len(text)
        elif mark in closing:
            spans[closing[mark]].append(Span(open_at[closing[mark]], len(text)))
        else:
            text += mark
    content = tuple(spans["<"])
    quote_type = judge_quote(text, content, find_quotations(text))
    return text, Attribution(content, tuple(spans["{"]), tuple(spans["["]), quote_type, confidence)


def unread(text: str) -> Text:
    """A text without grammar."""
    return Text(Document(text, (), ()), ())


def kind_of(marked: str) -> str | None:
    text, attribution = attribute(marked)
    document = Document(text, (), (Span(0, len(text)),))
    [reading] = default_reader().read([document])
    return next((one.kind for one in keep_claims(Text(document, reading.tokens), [attribution])), None)


@pytest.mark.parametrize(
    "marked",
    [
        "[The harbour master] {said} <the quay would stay shut until Friday>.",
        "<“Nobody was on board,”> [Ana Ruiz] {told} reporters.",
        "[The ministry] {denied} <that it had paid the contractor twice>.",
        "<The bridge is unsafe>, {according to} [two engineers].",
        "[Mayor Nilsen] {vowed} <to reopen the pool before summer>.",
        "[Nilsen] {accused} <the contractor of hiding the cracks>.",
        "[Critics] {described} <the plan as reckless>.",
        "[The Courier] {reported} <that three wells had run dry>.",
    ],
)
def test_what_somebody_states_is_a_statement(marked: str) -> None:
    assert kind_of(marked) == "statement"


@pytest.mark.parametrize(
    "marked",
    [
        "[Residents] {fear} <that the quay will never reopen>.",
        "[The mayor] {supports} <a second bridge>.",
        "[She] {believes} <the pool can be saved>.",
        "[Ruiz] {urged} <the council to vote it down>.",
        "[The union] {opposes} <the sale of the ferry>.",
        "[They] {want} <to close the harbour road>.",
    ],
)
def test_what_is_told_of_somebodys_mind_is_an_attitude(marked: str) -> None:
    assert kind_of(marked) == "attitude"


@pytest.mark.parametrize(
    "marked",
    [
        "<The council> {is expected} <to vote on Monday>.",
        "<The plan> {seems} <to have few friends>.",
        "[Ruiz] {declined to comment on} <the report>.",
        "[The council] {passed} <a new bylaw>.",
        "[The harbour office] {released} <a map of the works>.",
        "<The pier> {is known as} <the Finger>.",
    ],
)
def test_what_nobody_states_is_no_claim(marked: str) -> None:
    assert kind_of(marked) is None


def test_what_somebody_asks_is_no_statement() -> None:
    assert kind_of("[A resident] {asked} <whether the water was safe to drink>.") in ("question", "attitude")


def test_words_that_attribute_nothing_return_to_the_articles_own_voice() -> None:
    text = "The council is expected to vote on the harbour road on Monday."
    roles = (
        Role(0, 11, "content", -1, 0.8),
        Role(12, 23, "cue", -1, 0.8),
        Role(24, 61, "content", -1, 0.8),
    )
    document = Document(text, (), (Span(0, len(text)),))
    assert join_attributions(document, Reading(roles=roles)) == ()


def test_a_plain_report_is_surer_than_a_doubtful_one() -> None:
    text, said = attribute("[The mayor] {said} <the quay was closed>.", 0.95)
    other, hinted = attribute("[The mayor] {made much of} <the quay>, which was closed.", 0.2)
    sure = judge_kind(describe(unread(text), said))[1]
    assert sure >= 0.8
    assert sure > judge_kind(describe(unread(other), hinted))[1]


PIECES = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
SPANS = st.lists(PIECES, max_size=3).map(lambda spans: tuple(sorted(spans, key=lambda s: s.start)))


@given(
    text=st.text(alphabet="ab .,“”\"'?\n’-Tthaosid", min_size=80, max_size=80),
    content=SPANS.filter(bool),
    cues=SPANS,
    speakers=SPANS,
    confidence=st.floats(0, 1),
)
def test_any_attribution_has_a_kind_and_a_share(
    text: str,
    content: tuple[Span, ...],
    cues: tuple[Span, ...],
    speakers: tuple[Span, ...],
    confidence: float,
) -> None:
    one = Attribution(content, cues, speakers, "indirect", confidence)
    kind, right = judge_kind(describe(unread(text), one))
    assert kind is None or kind in KINDS
    assert 0.0 <= right <= 1.0
    assert keep_claims(unread(text), [one]) == keep_claims(unread(text), [one])
