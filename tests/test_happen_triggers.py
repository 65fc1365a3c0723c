"""Which proposed triggers tell an event."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spans import any_span, place

from onrecord.happening.triggers import keep_triggers
from onrecord.model import Date, Document, EntityType, Name, Span, Trigger


def kept(text: str, *proposed: str, names: dict[str, EntityType] | None = None, date: str = "") -> list[str]:
    """The words of the triggers that are kept; each proposed one is the first place of its words."""
    triggers = [Trigger(*place(text, words), "certain", "pos", "unknown", 0.9) for words in proposed]
    read = [Name(*place(text, name), kind, 0.9) for name, kind in (names or {}).items()]
    dates = [Date(*place(text, date), "date", None, "", None)] if date else []
    found = keep_triggers(Document(text, (), ()), triggers, read, dates)
    return [text[trigger.start : trigger.end] for trigger in found]


@pytest.mark.parametrize(
    ("text", "proposed", "names", "left"),
    [
        ("Regulators fined Tellmark.", ["fined", "Tellmark"], {"Tellmark": "organization"}, ["fined"]),
        ("The Harbour Race Board met.", ["Race", "met"], {"Harbour Race Board": "organization"}, ["met"]),
        ("She opened the Lagos Marathon.", ["Marathon"], {"Lagos Marathon": "organization"}, ["Marathon"]),
        ("She won the Ember Prize.", ["won", "Prize"], {"Ember Prize": "work"}, ["won"]),
        ("Crowds left Ember Day.", ["left", "Ember Day"], {"Ember Day": "event"}, ["left", "Ember Day"]),
        ("They called for calm.", ["called for"], {}, ["called"]),
        ("They walked back the order.", ["walked back"], {}, ["walked back"]),
        ("He openly defied it.", ["openly defied"], {}, ["defied"]),
        ("He openly defied it.", ["openly"], {}, []),
        ("Farms supply the town.", ["supply"], {}, ["supply"]),
        ("It brought them back in.", ["back", "in"], {}, []),
        ("Talks to de-escalate failed.", ["de-", "escalate", "failed"], {}, ["de-escalate", "failed"]),
        ("A record-breaking crop", ["breaking"], {}, []),
        ("According to police, it sank.", ["to", "sank"], {}, ["According to", "sank"]),
        ("Half of 230 were sold.", ["230", "sold"], {}, ["sold"]),
        (
            "Watch lagospost.example/strike or #StrikeNow: it spread.",
            ["strike", "Strike", "spread"],
            {},
            ["spread"],
        ),
        ("The hit-and-run killed two.", ["hit-and-run"], {}, ["hit-and-run"]),
    ],
)
def test_what_is_kept(text: str, proposed: list[str], names: dict[str, EntityType], left: list[str]) -> None:
    assert kept(text, *proposed, names=names) == left


def test_a_name_read_elsewhere_is_a_name_here() -> None:
    text = "Tellmark sank. Critics of Tellmark cheered."
    triggers = [Trigger(26, 34, "certain", "pos", "unknown", 0.99)]
    assert keep_triggers(Document(text, (), ()), triggers, [Name(0, 8, "organization", 0.9)], []) == ()


def test_a_noun_must_be_likelier_than_a_verb() -> None:
    text = "Their policy changed."
    triggers = [
        Trigger(6, 12, "certain", "pos", "unknown", 0.4),
        Trigger(13, 20, "certain", "pos", "unknown", 0.4),
    ]
    found = keep_triggers(Document(text, (), (Span(0, 21),)), triggers, [], [])
    assert [text[trigger.start : trigger.end] for trigger in found] == ["changed"]


def test_nothing_within_a_date() -> None:
    assert kept("It closed in March 2025.", "closed", "March", date="March 2025") == ["closed"]


@given(st.text(alphabet="ab -’1ly\nA", min_size=1, max_size=40), st.data())
def test_any_text_and_any_spans(text: str, data: st.DataObject) -> None:
    spans = data.draw(st.lists(any_span(text), max_size=5))
    triggers = [Trigger(*span, "certain", "pos", "unknown", 0.5) for span in spans]
    found = keep_triggers(Document(text, (), ()), triggers, [], [])
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert found == keep_triggers(Document(text, (), ()), triggers[::-1], [], [])
