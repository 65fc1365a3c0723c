"""One happening told by several articles is one event; another, however like it, is another."""

import re
from dataclasses import replace
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.gather import Scores, gather
from onrecord.model import (
    Annotated,
    Article,
    Claim,
    Date,
    EventMention,
    LocalEntity,
    LocalEvent,
    Mention,
    Participant,
    ParticipantRole,
    Span,
    make_id,
)
from onrecord.resolving.events import link_events
from onrecord.resolving.stories import find_stories, near_articles, outline
from onrecord.world import Entity, Event

FIRE = (
    "Fire destroyed the Lindholm sawmill near Nordhavn before dawn on Tuesday. "
    "Owner Ana Ortiz said nobody was hurt."
)
FIRE_AGAIN = (
    "The Lindholm sawmill near Nordhavn was destroyed by fire on Tuesday, its owner Ana Ortiz told reporters."
)
STORM = "A storm destroyed eleven greenhouses in Velby on Sunday, growers of tomatoes and flowers said."
SIGNED = "Ministers signed the herring treaty in Velby. The treaty caps what trawlers may land."


def article(
    text: str,
    *triggers: str,
    parts: tuple[tuple[str, ParticipantRole], ...] = (),
    date: str | None = None,
    published: str | None = None,
    polarity: str = "pos",
    event: str | None = None,
) -> Annotated:
    """An article with an event for each trigger, all with the same participants and date; those whose names
    stand in the text are mentioned there."""
    names = tuple(dict.fromkeys(name for name, _ in parts))
    local = tuple(LocalEntity(name, "organization") for name in names)
    dates = (Date(0, 1, "date", date, "", None),) if date else ()
    told = []
    for trigger in triggers:
        start = text.index(trigger)
        players = tuple(Participant(names.index(name), role) for name, role in parts)
        told.append(
            EventMention(
                start,
                start + len(trigger),
                "certain",
                "neg" if polarity == "neg" else "pos",
                "non_future",
                0 if date else None,
                None,
                players,
                "test",
                1.0,
                event,
            )
        )
    found = Article(text[:12], text, sha256(text.encode()).hexdigest(), published=published)
    mentions = tuple(
        Mention(text.index(name), text.index(name) + len(name), "name", "organization", chain, 1.0, "test")
        for chain, name in enumerate(names)
        if name in text
    )
    return Annotated(found, (), local, mentions, dates, (), tuple(told))


def link(*articles: Annotated) -> tuple[list[tuple[str, ...]], tuple[Event, ...]]:
    ids = [tuple(f"ent-{entity.name}" for entity in annotated.entities) for annotated in articles]
    rows = [Entity(i, i[4:], "organization", None, 1, 1) for i in sorted({i for row in ids for i in row})]
    placed, events, _ = link_events(articles, ids, [() for _ in articles], rows, find_stories(articles))
    return list(placed), tuple(sorted(events, key=lambda event: event.event_id))


def test_one_happening_told_twice_is_one_event() -> None:
    placed, events = link(article(FIRE, "destroyed"), article(FIRE_AGAIN, "destroyed"))
    assert placed[0] == placed[1]
    assert [(event.mentions, event.sources) for event in events] == [(2, 2)]


def test_the_same_word_in_another_story_is_another_event() -> None:
    placed, _ = link(article(FIRE, "destroyed"), article(STORM, "destroyed"))
    assert placed[0] != placed[1]


def test_other_things_in_one_story_are_other_events() -> None:
    placed, _ = link(article(FIRE, "destroyed", "said"), article(FIRE_AGAIN, "destroyed", "told"))
    assert placed[0][0] == placed[1][0]
    assert placed[0][0] not in {placed[0][1], placed[1][1]}


MILL_FIRES = (
    "Fire destroyed the Lindholm sawmill near Nordhavn on Tuesday. Owner Ana Ortiz said nobody was hurt.",
    "The Lindholm sawmill near Nordhavn burned down in a fire on Tuesday, owner Ana Ortiz told reporters.",
    "Ana Ortiz, the owner, vowed to rebuild the Lindholm sawmill near Nordhavn after the fire of Tuesday.",
    "Fire destroyed the Brekke sawmill near Velby in May. Owner Jon Dahl said two workers were hurt.",
    "The Brekke sawmill near Velby burned down in a fire in May, owner Jon Dahl told reporters.",
    "Jon Dahl, the owner, vowed to rebuild the Brekke sawmill near Velby after the fire in May.",
)


def test_two_fires_are_near_and_yet_two_stories() -> None:
    near = near_articles(outline(text) for text in MILL_FIRES)
    assert {one // 3 == other // 3 for one, other in near} == {True, False}
    for (one, other), nearness in near.items():
        assert nearness.one_story == (one // 3 == other // 3)
        assert near[one, other] == nearness


def test_an_article_alone_is_near_none() -> None:
    assert not near_articles([outline(FIRE)])
    assert not near_articles([])


def test_two_words_of_one_sentence_are_two_events() -> None:
    text = "The blast at the Brekke mill and the explosion in Velby killed nobody."
    placed, _ = link(article(text, "blast", "explosion"))
    assert placed[0][0] != placed[0][1]


def test_a_follow_up_on_another_day_is_another_event() -> None:
    later = "Ministers signed a second herring treaty in Velby. It caps what small boats may land."
    placed, _ = link(
        article(SIGNED, "signed", date="2026-03-02", parts=(("Norland", "agent"),)),
        article(later, "signed", date="2026-06-09", parts=(("Norland", "agent"),)),
    )
    assert placed[0] != placed[1]


def test_what_two_people_say_of_one_thing_is_said_twice() -> None:
    text = "The Brekke mill in Nordhavn had no permit to burn straw on Tuesday, {} told Velby Radio."
    ana, jon = (text.format(name) for name in ("Ana Ortiz", "Jon Dahl"))

    def said(words: str, name: str) -> Annotated:
        found = article(words, "told", parts=((name, "agent"),))
        report = LocalEvent(
            label=f"{name} tells radio", kind="report", status="occurred", date=None, type=None
        )
        return replace(found, events=(replace(found.events[0], local=0),), listed=(report,))

    placed, _ = link(said(ana, "Ana Ortiz"), said(jon, "Jon Dahl"), said(ana + " ", "Ana Ortiz"))
    assert placed[0] == placed[2] != placed[1]


def test_two_words_for_one_deed_are_one_event() -> None:
    later = "The theft of two Brekke paintings from the Nordhavn museum was noticed by curator Ana Ortiz."
    told = "Thieves stole two Brekke paintings from the Nordhavn museum on Tuesday, curator Ana Ortiz said."
    placed, _ = link(article(told, "stole", "said"), article(later, "theft", "noticed"))
    assert placed[0][0] == placed[1][0]
    assert len({*placed[0], *placed[1]}) == 3


def test_what_a_person_does_to_himself_is_told_by_the_verb() -> None:
    told = "Brewer Lars Brekke turned himself in at the Nordhavn station on Tuesday, police in Velby said."
    later = "Police in Velby said brewer Lars Brekke had turned himself in at the Nordhavn station."
    placed, _ = link(article(told, "turned himself in"), article(later, "turned"))
    assert placed[0] == placed[1]


@pytest.mark.parametrize(("year", "is_one"), [("", True), ("2026 ", True), ("2011 ", False)])
def test_what_is_named_by_another_year_is_another_event(year: str, is_one: bool) -> None:
    told = "A quake shook Nordhavn on Sunday and damaged the Brekke dam, officials in Velby said."
    again = f"Mended on Monday, the Brekke dam had been damaged by a {year}quake, Nordhavn officials said."
    placed, _ = link(
        article(told, "quake", published="2026-03-09"), article(again, "quake", published="2026-03-10")
    )
    assert (placed[0] == placed[1]) == is_one


def test_the_same_day_with_others_taking_part_is_another_event() -> None:
    other = "Norfield Mining sued the Velby harbour board on Monday over dredging fees at the port."
    one = "Brightwater Foods sued a supplier of cold stores on Monday over spoiled fish."
    placed, _ = link(
        article(other, "sued", date="2026-03-02", parts=(("Norfield", "agent"), ("Board", "patient"))),
        article(one, "sued", date="2026-03-02", parts=(("Brightwater", "agent"), ("Supplier", "patient"))),
    )
    assert placed[0] != placed[1]


@pytest.mark.parametrize(
    ("dates", "date", "precision"),
    [
        (("2026-03-03", "2026-03-03"), "2026-03-03", "day"),
        (("2026-03-03", None), "2026-03-03", "day"),
        (("2026-03-03", "2026-03"), "2026-03-03", "day"),
        ((None, None), None, None),
    ],
)
def test_an_event_has_the_finest_date_told(
    dates: tuple[str | None, str | None], date: str | None, precision: str | None
) -> None:
    told = [article(text, "destroyed", date=day) for text, day in zip((FIRE, FIRE_AGAIN), dates, strict=True)]
    _, events = link(*told)
    assert [(event.date, event.date_precision) for event in events] == [(date, precision)]


@pytest.mark.parametrize(
    ("text", "trigger", "parts", "kind"),
    [
        ("The quake killed 31 people in Velby.", "killed", (("Velby", "place"),), None),
        ("Norland killed 31 people in Velby.", "killed", (("Norland", "agent"),), "ASSAULT"),
        ("The plant met every target.", "met", (("The plant", "agent"),), None),
        ("Ortiz met Berg in Velby.", "met", (("Ortiz", "agent"), ("Berg", "patient")), "CONSULT"),
        ("Norland retreated.", "retreated", (), "RETREAT"),
    ],
)
def test_a_word_has_a_type_where_those_are_known_whom_it_needs(
    text: str, trigger: str, parts: tuple[tuple[str, ParticipantRole], ...], kind: str | None
) -> None:
    _, events = link(article(text, trigger, parts=parts))
    assert [event.type for event in events] == [kind]


def test_what_is_denied_says_so() -> None:
    _, events = link(article(FIRE, "destroyed", polarity="neg"))
    assert [event.status for event in events] == ["denied"]


def test_a_deed_that_is_also_said_happens() -> None:
    text = "Norland agreed to delay the treaty."
    one = article(text, "agreed")
    cue, content = Span(8, 14), Span(15, 34)
    claim = Claim(
        (content,), (cue,), (), "indirect", None, None, "certain", "pos", "future", (), (), 1.0, "test"
    )
    assert [event.kind for event in link(replace(one, claims=(claim,)))[1]] == ["happening"]


def test_what_a_reviewer_names_is_one_event_and_nothing_else_joins() -> None:
    placed, events = link(
        article(FIRE, "destroyed", event="the sawmill fire"),
        article(STORM, "destroyed", event="the sawmill fire"),
        article(FIRE_AGAIN, "destroyed"),
    )
    assert placed[0] == placed[1] != placed[2]
    assert "the sawmill fire" in {event.label for event in events}


def test_an_event_keeps_its_id_when_later_articles_tell_it() -> None:
    first = article(FIRE, "destroyed", published="2026-03-03")
    again = article(FIRE_AGAIN, "destroyed", published="2026-03-04")
    (before, *_), _ = link(first)
    (after, second), _ = link(first, again)
    assert before == after == second


def test_no_articles_are_no_events() -> None:
    assert link() == ([], ())
    assert link(article(STORM)) == ([()], ())


TEXTS = [
    FIRE,
    FIRE_AGAIN,
    STORM,
    SIGNED,
    FIRE + " " + STORM,
    "Ministers in Velby signed the herring treaty on Friday.",
]
PARTS: list[tuple[tuple[str, ParticipantRole], ...]] = [
    (),
    (("Lindholm", "patient"),),
    (("Norland", "agent"),),
]
TRIGGERS = ["destroyed", "said", "told", "signed", "hurt", "caps"]


@st.composite
def corpora(draw: st.DrawFn) -> list[Annotated]:
    chosen = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6, unique=True))
    found = []
    for text in chosen:
        triggers = [trigger for trigger in TRIGGERS if trigger in text and draw(st.booleans())]
        date = draw(st.sampled_from([None, "2026-03-02", "2026-03-03", "2026-03"]))
        published = draw(st.sampled_from([None, "2026-03-03", "2026-03-04"]))
        parts = draw(st.sampled_from(PARTS))
        found.append(article(text, *triggers, parts=parts, date=date, published=published))
    return found


@settings(deadline=None, max_examples=60)
@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_articles_changes_nothing(corpus: list[Annotated], random: Random) -> None:
    shuffled = list(corpus)
    random.shuffle(shuffled)
    placed, events = link(*corpus)
    again, events_again = link(*shuffled)
    assert events == events_again
    assert {a.article.sha256: row for a, row in zip(corpus, placed, strict=True)} == {
        a.article.sha256: row for a, row in zip(shuffled, again, strict=True)
    }


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_every_mention_is_in_one_event(corpus: list[Annotated]) -> None:
    placed, events = link(*corpus)
    assert [len(row) for row in placed] == [len(annotated.events) for annotated in corpus]
    assert {event.event_id for event in events} == {event_id for row in placed for event_id in row}
    assert sum(event.mentions for event in events) == sum(len(annotated.events) for annotated in corpus)


@settings(deadline=None, max_examples=40)
@given(corpora(), st.integers(1, 3))
def test_articles_on_something_else_rename_nothing(corpus: list[Annotated], more: int) -> None:
    plain = [
        f"Choir {letter} sang Zelenka under Petra Quist while Otmar Brandl conducted."
        for letter in "abc"[:more]
    ]
    news = [article(text, "sang") for text in plain]
    assert link(*corpus, *news)[0][: len(corpus)] == link(*corpus)[0]


@settings(deadline=None, max_examples=60)
@given(corpora())
def test_no_event_is_renamed_after_a_later_article(corpus: list[Annotated]) -> None:
    old = [replace(a, article=replace(a.article, published="2026-03-01")) for a in corpus]
    text = "The Lindholm sawmill fire near Nordhavn hurt nobody, Ana Ortiz said; it destroyed the mill."
    late = article(text, "destroyed", "said", published="2026-05-01")
    *placed, _ = link(*old, late)[0]
    names = {make_id("evt", late.event_mention_id(index)) for index in range(2)}
    assert not names & {event_id for row in placed for event_id in row}


SCORES = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]),
    st.floats(-3, 3).map(lambda score: round(score, 3)),
    max_size=15,
)


@given(SCORES, st.randoms(use_true_random=False))
def test_no_two_clusters_that_could_still_be_joined_are_left(
    scores: dict[tuple[int, int], float], random: Random
) -> None:
    pairs = [(one, other, score) for (one, other), score in scores.items()]
    roots = gather(Scores(pairs), 7, -1.0).tolist()
    clusters = [[n for n in range(7) if roots[n] == root] for root in sorted(set(roots))]
    for place, here in enumerate(clusters):
        for there in clusters[place + 1 :]:
            total = sum(scores.get((min(a, b), max(a, b)), -1.0) for a in here for b in there)
            assert total / (len(here) * len(there)) < 1e-5
    random.shuffle(pairs)
    assert gather(Scores(pairs), 7, -1.0).tolist() == roots


def test_a_text_that_says_one_thing_a_thousand_times_is_compared_in_no_time() -> None:
    text = "The Velby bridge closed. " * 2000
    spans = [match.span() for match in re.finditer("closed", text)]
    told = EventMention(0, 6, "certain", "pos", "non_future", None, None, (), "", 1.0)
    events = tuple(replace(told, start=start, end=end) for start, end in spans)
    long = Annotated(Article("long", text, "0" * 64), (), (), (), (), (), events)
    ids, rows, _ = link_events([long], [()], [()], (), find_stories([long]))
    assert len(ids[0]) == len(spans)
    assert sum(row.mentions for row in rows) == len(spans)
