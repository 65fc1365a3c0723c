"""Who takes part in an event, when it was, and in whose words it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.happening.happen import assemble_events
from onrecord.model import Attribution, Date, Document, EventMention, Mention, Span, Trigger


def told(
    text: str, trigger: str, *mentions: str, dates: tuple[str, ...] = (), said: str = ""
) -> EventMention:
    """The one event of a text whose sentences end in full stops; "[Oslo]" in brackets is a place."""

    def span(words: str) -> tuple[int, int]:
        return text.index(words), text.index(words) + len(words)

    ends = [index + 1 for index, char in enumerate(text) if char == "."]
    sentences = tuple(Span(start, end) for start, end in zip([0, *(e + 1 for e in ends)], ends, strict=False))
    found = tuple(
        Mention(
            *span(words.strip("[]")), "name", "place" if words.startswith("[") else "person", chain, 1.0, ""
        )
        for chain, words in enumerate(mentions)
    )
    when = tuple(Date(*span(words), "date", None, "", None) for words in dates)
    claims = [Attribution((Span(*span(said)),), (), (), "indirect", 1.0)] if said else []
    happens = [Trigger(*span(trigger), "certain", "pos", "non_future", 1.0)]
    (event,) = assemble_events(Document(text, (), sentences), happens, found, when, claims, "test")
    return event


@pytest.mark.parametrize(
    ("text", "trigger", "mentions", "roles"),
    [
        ("Orla Quinn sued the city.", "sued", ["Orla Quinn", "the city"], {0: "agent", 1: "patient"}),
        ("The city was sued by Orla Quinn.", "sued", ["Orla Quinn", "The city"], {0: "agent", 1: "patient"}),
        ("Dockers marched in Gdansk.", "marched", ["Dockers", "[Gdansk]"], {0: "agent", 1: "place"}),
        ("Rasmus handed the keys to Lena.", "handed", ["Rasmus", "Lena"], {0: "agent", 1: "recipient"}),
        ("Rasmus left; Lena stayed.", "stayed", ["Rasmus", "Lena"], {1: "agent"}),
        ("The minister said Lena would go.", "said", ["The minister", "Lena"], {0: "agent"}),
        ("Rasmus fell. Lena laughed.", "fell", ["Rasmus", "Lena"], {0: "agent"}),
    ],
)
def test_participants(text: str, trigger: str, mentions: list[str], roles: dict[int, str]) -> None:
    event = told(text, trigger, *mentions)
    assert {part.chain: part.role for part in event.participants} == roles


def test_the_nearest_date_of_the_sentence_and_no_other() -> None:
    text = "It closed in 1998. The mill burned on 3 May and reopened in June. It closed again in 2001."
    assert told(text, "burned", dates=("1998", "3 May", "June", "2001")).date == 1
    assert told("The mill burned. It closed in 2001.", "burned", dates=("2001",)).date is None


def test_an_event_inside_a_claim_knows_it() -> None:
    text = "Lena said the mill burned down."
    assert told(text, "burned", said="the mill burned down").claim == 0
    assert told(text, "said", said="the mill burned down").claim is None


@given(st.text(max_size=80), st.data())
def test_any_text_and_any_spans(text: str, data: st.DataObject) -> None:
    spans = (
        st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
        .map(sorted)
        .filter(lambda s: s[0] < s[1])
    )
    if not text:
        return
    mentions = [
        Mention(*span, "name", "person", number, 1.0, "")
        for number, span in enumerate(data.draw(st.lists(spans, max_size=5)))
    ]
    triggers = [
        Trigger(*span, "certain", "pos", "unknown", 1.0)
        for span in data.draw(st.lists(spans, max_size=4, unique_by=tuple))
    ]
    document = Document(text, (), (Span(0, len(text)),))
    events = assemble_events(document, triggers, mentions, (), (), "test")
    assert {(e.start, e.end) for e in events} == {(t.start, t.end) for t in triggers}
    assert events == assemble_events(document, triggers[::-1], mentions[::-1], (), (), "test")
    assert all(part.chain < len(mentions) for event in events for part in event.participants)
