"""Certainty, polarity and time of events and claims."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spans import one_sentence, place

from onrecord.claims.sure import RULES, judge_claim, judge_event
from onrecord.model import Attribution, Certainty, Polarity, Span, Sureness, Time


def event(text: str, trigger: str, disabled: tuple[str, ...] = ()) -> Sureness:
    return judge_event(one_sentence(text), Span(*place(text, trigger)), disabled)


def claim(text: str, cue: str, content: str) -> Sureness:
    spans = [(Span(*place(text, part)),) if part else () for part in (content, cue)]
    return judge_claim(one_sentence(text), Attribution(spans[0], spans[1], (), "indirect", 1.0))


@pytest.mark.parametrize(
    ("text", "trigger", "certainty", "polarity", "time"),
    [
        ("The dam burst on Tuesday.", "burst", "certain", "pos", "non_future"),
        ("No one was arrested.", "arrested", "certain", "neg", "non_future"),
        ("Police said none of the four guards had been hurt.", "hurt", "certain", "neg", "non_future"),
        ("No charges were filed.", "filed", "certain", "neg", "non_future"),
        ("No one in town knew the dam was repaired.", "repaired", "certain", "pos", "non_future"),
        ("The firm claims to own the dam.", "own", "certain", "pos", "non_future"),
        ("The dam appears to be leaking.", "leaking", "probable", "pos", "non_future"),
        ("It opened the gates in response to mounting concerns.", "mounting", "certain", "pos", "non_future"),
        ("They plan to share the profit reaped last year.", "reaped", "certain", "pos", "non_future"),
        ("The board opened an inquiry the next day.", "inquiry", "certain", "pos", "non_future"),
        ("The board faces an inquiry next week.", "inquiry", "certain", "pos", "future"),
        ("The firm outlined cuts over the next decade.", "cuts", "certain", "pos", "future"),
        ("The dam could burst.", "burst", "possible", "pos", "future"),
        ("The dam may have burst overnight.", "burst", "possible", "pos", "non_future"),
        ("The dam will burst.", "burst", "certain", "pos", "future"),
        ("The dam did not burst.", "burst", "certain", "neg", "non_future"),
        ("The dam won't burst.", "burst", "certain", "neg", "future"),
        ("The owner failed to repair the dam.", "repair", "certain", "neg", "non_future"),
        ("The owner managed to repair the dam.", "repair", "certain", "pos", "non_future"),
        ("The owner plans to repair the dam.", "repair", "probable", "pos", "future"),
        ("The owner is expected to repair the dam.", "repair", "probable", "pos", "future"),
        ("The owner hopes to repair the dam.", "repair", "possible", "pos", "future"),
        ("The owner agreed to repair the dam.", "repair", "certain", "pos", "future"),
        ("He left without repairing the dam.", "repairing", "certain", "neg", "non_future"),
        ("If the order is signed, the port will close.", "signed", "possible", "pos", "future"),
        ("If the order is signed, the port will close.", "close", "possible", "pos", "future"),
        ("The firm denied that it paid bribes.", "paid", "certain", "neg", "non_future"),
        ("The firm reportedly paid bribes.", "paid", "probable", "pos", "non_future"),
        ("The firm allegedly paid bribes.", "paid", "possible", "pos", "non_future"),
        ("The union called for a strike.", "strike", "certain", "pos", "future"),
        ("The plan would let ferries bypass the port.", "let", "possible", "pos", "future"),
        ("The plan could force the port to close.", "close", "possible", "pos", "future"),
        ("The owner said the dam would burst.", "burst", "certain", "pos", "future"),
        ("Closing the mine would cost jobs.", "Closing", "possible", "pos", "future"),
        ("Closing the mine was a mistake.", "Closing", "certain", "pos", "non_future"),
        ("The talks are to end the long dispute.", "dispute", "certain", "pos", "non_future"),
        ("The planned merger worries the staff.", "merger", "certain", "pos", "future"),
        ("The strike was cancelled.", "strike", "certain", "neg", "non_future"),
        ("The union will march in Oslo and strike.", "strike", "certain", "pos", "future"),
        ("Did the dam burst?", "burst", "unknown", "pos", "unknown"),
    ],
)
def test_events(text: str, trigger: str, certainty: Certainty, polarity: Polarity, time: Time) -> None:
    assert event(text, trigger) == Sureness(certainty, polarity, time)


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("It was not the mayor but the council that closed the pool.", "closed"),
        ("The council, which may sue, closed the pool.", "closed"),
        ("Due to the storm the ferry stayed in port.", "stayed"),
        ("Residents who hope to return met the mayor.", "met"),
    ],
)
def test_what_stands_elsewhere_in_the_sentence_settles_nothing(text: str, trigger: str) -> None:
    assert event(text, trigger) == Sureness("certain", "pos", "non_future")


@pytest.mark.parametrize(
    ("text", "cue", "content", "expected"),
    [
        ("Ruiz said the port is safe.", "said", "the port is safe", ("certain", "pos", "non_future")),
        (
            "Ruiz said the port was not safe.",
            "said",
            "the port was not safe",
            ("certain", "neg", "non_future"),
        ),
        (
            "Ruiz denied that the port was unsafe.",
            "denied",
            "that the port was unsafe",
            ("certain", "neg", "non_future"),
        ),
        ("Ruiz thinks the port is safe.", "thinks", "the port is safe", ("probable", "pos", "non_future")),
        ("Ruiz expects prices will rise.", "expects", "prices will rise", ("probable", "pos", "future")),
        ("Ruiz refused to sign.", "refused", "to sign", ("certain", "neg", "non_future")),
        ("Ruiz wants to sign.", "wants", "to sign", ("possible", "pos", "future")),
        (
            "The ministry has not publicly committed to a date.",
            "has not publicly committed",
            "to a date",
            ("certain", "neg", "future"),
        ),
        (
            "Ruiz did not say whether it sank.",
            "did not say",
            "whether it sank",
            ("unknown", "pos", "non_future"),
        ),
        ("The ferry reportedly sank.", "reportedly", "sank", ("probable", "pos", "non_future")),
        (
            "Once signed, the order, which may change, would close the port.",
            "",
            "the order, which may change, would close the port",
            ("certain", "pos", "future"),
        ),
    ],
)
def test_claims(text: str, cue: str, content: str, expected: tuple[str, str, str]) -> None:
    judged = claim(text, cue, content)
    assert (judged.certainty, judged.polarity, judged.time) == expected


def test_rules_can_be_switched_off() -> None:
    assert event("The dam could burst.", "burst", ("modal", "future")).certainty == "certain"
    assert event("The dam did not burst.", "burst", ("not",)).polarity == "pos"


@given(st.text(alphabet="to willnotf,.?'\" that", max_size=60), st.integers(0, 60), st.integers(0, 60))
@settings(deadline=None)
def test_any_text_is_judged(text: str, start: int, end: int) -> None:
    document = one_sentence(text)
    start, end = min(start, len(text)), min(max(start, end), len(text))
    judge_event(document, Span(start, end))
    judge_claim(document, Attribution((Span(start, end),), (), (), "indirect", 1.0))
    assert judge_event(document, Span(start, end), tuple(RULES)) == Sureness("certain", "pos", "non_future")


@pytest.mark.parametrize(
    ("content", "polarity"),
    [
        ("No such deal exists.", "neg"),
        ("that nobody came to the pier", "neg"),
        ("None of the banks failed.", "neg"),
        ("No doubt the bank failed.", "pos"),
        ("No fewer than ten ferries sank.", "pos"),
        ("No matter who wins, the pier stays.", "pos"),
    ],
)
def test_of_whom_nobody_is_the_subject_is_denied(content: str, polarity: str) -> None:
    document = one_sentence(content)
    claim = Attribution((Span(0, len(content)),), (), (), "none", 1.0)
    assert judge_claim(document, claim).polarity == polarity
    assert judge_claim(document, claim, {"opening"}).polarity == "pos"


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("The crate turned out to be empty.", "empty", ("certain", "pos", "non_future")),
        ("Forty guests had to leave the hotel.", "leave", ("certain", "pos", "non_future")),
        ("She ran home, only to be told of the fire.", "told", ("certain", "pos", "non_future")),
        ("The clerk fell on May 2 near the pier.", "pier", ("certain", "pos", "non_future")),
        ("The firm is not expected to pay.", "pay", ("probable", "neg", "future")),
        ("The union is unlikely to strike.", "strike", ("probable", "neg", "future")),
        (
            "Two clerks close to the inquiry said divers were leaving.",
            "said",
            ("certain", "pos", "non_future"),
        ),
    ],
)
def test_what_an_infinitive_hangs_on(text: str, trigger: str, expected: tuple[str, str, str]) -> None:
    found = event(text, trigger)
    assert (found.certainty, found.polarity, found.time) == expected


@pytest.mark.parametrize(
    ("text", "cue", "content", "expected"),
    [
        (
            "The vote is scheduled to resume.",
            "",
            "The vote is scheduled to resume.",
            ("probable", "pos", "future"),
        ),
        (
            "The ferry is not likely to sail.",
            "",
            "The ferry is not likely to sail.",
            ("probable", "neg", "future"),
        ),
        ("The guard was told to wait.", "", "The guard was told to wait.", ("certain", "pos", "non_future")),
        ("He confessed to the theft.", "confessed", "to the theft", ("certain", "pos", "non_future")),
        ("He agreed to pay.", "agreed", "to pay", ("certain", "pos", "future")),
        ("Berg asked about the fire.", "asked about", "the fire", ("unknown", "pos", "unknown")),
        (
            "Berg saw her on May 2 at the pier.",
            "",
            "Berg saw her on May 2 at the pier.",
            ("certain", "pos", "non_future"),
        ),
    ],
)
def test_what_only_says_how_sure_an_infinitive_is(
    text: str, cue: str, content: str, expected: tuple[str, str, str]
) -> None:
    found = claim(text, cue, content)
    assert (found.certainty, found.polarity, found.time) == expected
