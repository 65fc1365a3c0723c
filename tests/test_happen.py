"""Who takes part in an event, when it was, and in whose words it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spans import any_span, one_sentence, place

from onrecord.happening.happen import assemble_events
from onrecord.model import Claim, Date, Document, EventMention, Mention, Span, Trigger


def stopped(text: str) -> Document:
    """The text in sentences that end in full stops."""
    ends = [index + 1 for index, char in enumerate(text) if char == "."]
    starts = [0, *(end + 1 for end in ends)]
    return Document(text, (), tuple(Span(start, end) for start, end in zip(starts, ends, strict=False)))


def told(
    text: str,
    trigger: str,
    *mentions: str,
    dates: tuple[str, ...] = (),
    said: str = "",
    cue: str = "",
    speaker: int | None = None,
) -> EventMention:
    """The one event of a text whose sentences end in full stops; "[Oslo]" in brackets is a place."""
    found = tuple(
        Mention(
            *place(text, words.strip("[]")), "name", "place" if "[" in words else "person", chain, 1.0, ""
        )
        for chain, words in enumerate(mentions)
    )
    when = tuple(Date(*place(text, words), "date", None, "", None) for words in dates)
    claims = []
    if said:
        content, cues = (Span(*place(text, said)),), (Span(*place(text, cue)),) if cue else ()
        claims = [
            Claim(
                content,
                cues,
                (),
                "indirect",
                speaker,
                None,
                certainty="certain",
                polarity="pos",
                time="non_future",
                hops=(),
                chains=(),
                confidence=1.0,
                method="test",
            )
        ]
    happens = [Trigger(*place(text, trigger), "certain", "pos", "non_future", 1.0)]
    (event,) = assemble_events(stopped(text), happens, found, when, claims, "test")
    return event


@pytest.mark.parametrize(
    ("text", "trigger", "mentions", "roles"),
    [
        ("Orla Quinn sued Norfield.", "sued", ["Orla Quinn", "Norfield"], {0: "agent", 1: "patient"}),
        ("Norfield was sued by Orla Quinn.", "sued", ["Orla Quinn"], {0: "agent"}),
        ("Norfield's refusal to pay surprised Oslo.", "refusal", ["Norfield"], {0: "agent"}),
        (
            "Tellmark and Norfield have signed a pact.",
            "signed",
            ["Tellmark", "Norfield"],
            {0: "agent", 1: "agent"},
        ),
        ("Dockers marched in [Gdansk].", "marched", ["[Gdansk]"], {0: "place"}),
        ("Rasmus left; Lena stayed.", "stayed", ["Rasmus", "Lena"], {1: "agent"}),
        ("Rasmus said Lena would go.", "said", ["Rasmus", "Lena"], {0: "agent"}),
        ("Rasmus said Lena would go.", "go", ["Rasmus", "Lena"], {1: "agent"}),
        ("The Norfield mine closed.", "closed", ["Norfield"], {}),
        ("Rasmus fell. Lena laughed.", "fell", ["Rasmus", "Lena"], {0: "agent"}),
        ("Rasmus's office denied it.", "denied", ["Rasmus"], {}),
        ("Her father was killed at sea.", "killed", ["Her"], {}),
        ("“She will help,” he added.", "added", ["She"], {}),
        ("He promised Rasmus a boat.", "promised", ["He", "Rasmus"], {0: "agent"}),
        ("The mayor of [Oslo], Rasmus, spoke.", "spoke", ["[Oslo]", "Rasmus"], {1: "agent"}),
        (
            "Oslo, Rasmus and Lena spoke.",
            "spoke",
            ["Oslo", "Rasmus", "Lena"],
            dict.fromkeys(range(3), "agent"),
        ),
    ],
)
def test_participants(text: str, trigger: str, mentions: list[str], roles: dict[int, str]) -> None:
    text = text.replace("[", "").replace("]", "")
    event = told(text, trigger, *mentions)
    assert {part.chain: part.role for part in event.participants} == roles


def test_who_speaks_is_the_agent_of_the_cue() -> None:
    text = "It would close, Lena, who runs the mill, told Rasmus."
    told_it = told(text, "told", "Lena", "Rasmus", said="It would close", cue="told", speaker=0)
    assert [(part.chain, part.role) for part in told_it.participants if part.role == "agent"] == [
        (0, "agent")
    ]


@pytest.mark.parametrize(
    ("text", "dates", "when"),
    [
        ("The mill burned on 3 May and reopened in June.", ["3 May", "June"], {"burned": 0, "reopened": 1}),
        ("On 3 May the mill burned.", ["3 May"], {"burned": 0}),
        ("The mill, which burned in 1998, reopened.", ["1998"], {"burned": 0, "reopened": None}),
        ("Lena said on Friday that the mill burned.", ["Friday"], {"said": 0, "burned": None}),
        ("Lena left the 1998 talks early.", ["1998"], {"talks": 0, "left": None}),
        ("Lena filed a complaint on Friday.", ["Friday"], {"filed": 0, "complaint": 0}),
        ("The mill burned. It closed in 2001.", ["2001"], {"burned": None, "closed": 0}),
        ("Lena, who led the mill since 2019, resigned.", ["2019"], {"led": 0, "resigned": None}),
        ("The trains were cancelled until Friday.", ["Friday"], {"cancelled": None}),
        ("Lena resigned before Christmas.", ["Christmas"], {"resigned": None}),
    ],
)
def test_dates(text: str, dates: list[str], when: dict[str, int | None]) -> None:
    spans = sorted(place(text, word) for word in when)
    triggers = [Trigger(*span, "certain", "pos", "non_future", 1.0) for span in spans]
    days = [Date(*place(text, day), "date", None, "", None) for day in dates]
    events = assemble_events(stopped(text), triggers, [], days, (), "test")
    assert {text[e.start : e.end]: e.date for e in events} == when


def test_an_event_inside_a_claim_knows_it() -> None:
    text = "Lena said the mill burned down."
    assert told(text, "burned", said="the mill burned down").claim == 0
    assert told(text, "said", said="the mill burned down").claim is None


@given(st.text(min_size=1, max_size=80), st.data())
def test_any_text_and_any_spans(text: str, data: st.DataObject) -> None:
    spans = any_span(text)
    mentions = [
        Mention(*span, "name", "person", number, 1.0, "")
        for number, span in enumerate(data.draw(st.lists(spans, max_size=5)))
    ]
    triggers = [
        Trigger(*span, "certain", "pos", "unknown", 1.0)
        for span in data.draw(st.lists(spans, max_size=4, unique=True))
    ]
    document = one_sentence(text)
    events = assemble_events(document, triggers, mentions, (), (), "test")
    assert {(e.start, e.end) for e in events} == {(t.start, t.end) for t in triggers}
    assert events == assemble_events(document, triggers[::-1], mentions[::-1], (), (), "test")
    assert all(part.chain < len(mentions) for event in events for part in event.participants)
