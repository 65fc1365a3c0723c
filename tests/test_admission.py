"""Whatever a model answers, only what stands in the article is admitted."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.annotate import find_document, list_spans
from onrecord.llm.admission import SAID, VOICELESS, Sentences, admit, fold
from onrecord.llm.answer import Answer, Claim, Entity, Event, Participant, Place, dump_answer, read_answer
from onrecord.llm.question import cut_pieces
from onrecord.model import Article, Document, Span

TEXT = (
    "Ana Ruiz sued the Port of Velmar on March 4, 2016. “The  port is ours,” Ruiz said.\n\n"
    "The port called the vote a vote for Bo Hale. Hale’s firm paid $2,500."
)
DOCUMENT = find_document(Article("a", TEXT, "0" * 64, published="2016-03-07"))


def event(label: str = "Ana Ruiz sues the port", mentions: tuple[Place, ...] = (), **known: object) -> Event:
    chosen: dict[str, object] = {
        "kind": "happening",
        "status": "occurred",
        "date": None,
        "type": None,
        "participants": [],
    }
    places = list(mentions) or [Place(1, "sued", None)]
    return Event(label=label, mentions=places, **{**chosen, **known})  # type: ignore[arg-type]


def admitted(*events: Event, entities: tuple[Entity, ...] = (), claims: tuple[Claim, ...] = ()) -> list[str]:
    """What is dropped."""
    return sorted(admit(DOCUMENT, [Answer(list(entities), list(events), list(claims))]).dropped.elements())


def test_marks_and_blanks_may_differ_and_nothing_else() -> None:
    sentences = Sentences(DOCUMENT)
    [span] = sentences.find('"The port is ours,"', 2)
    assert TEXT[span.start : span.end] == "“The  port is ours,”"
    [span] = sentences.find("Hale's", 4)
    assert TEXT[span.start : span.end] == "Hale’s"
    for words, number in (
        ("the port is ours", 2),
        ("por", 2),
        ("sued", 2),
        ("sued", 0),
        ("sued", 99),
        ("", 1),
    ):
        assert sentences.find(words, number) == []


def test_a_word_that_stands_twice_is_found_by_its_number_alone() -> None:
    found = admit(DOCUMENT, [Answer([], [event("A vote is held", (Place(3, "vote", 2),))], [])])
    [span] = found.reading.events[0].mentions
    assert span.start == TEXT.rindex("vote")
    assert admitted(event("A vote is held", (Place(3, "vote", None),)))
    assert admitted(event("A vote is held", (Place(3, "vote", 3),)))


@pytest.mark.parametrize(
    ("told", "date"),
    [
        ("2016-03-04", "2016-03-04"),
        ("2016-03", "2016-03"),
        ("2016", "2016"),
        ("2016-03-05", None),
        ("2015", None),
        ("2016-3-4", None),
        ("last week", None),
        ("", None),
    ],
)
def test_a_date_comes_from_the_article(told: str, date: str | None) -> None:
    found = admit(DOCUMENT, [Answer([], [event(date=told)], [])])
    assert found.reading.events[0].date == date


@pytest.mark.parametrize(
    "label",
    [
        "Obama sues the port",
        "Ana Ruiz sues Norfield",
        "Ana Hale sues the port",
        "Ana Ruiz sues the port for 3,500 dollars",
        "Ana Ruiz sues two ports",
        "Ana Ruiz sues the port in April",
        "   ",
    ],
)
def test_no_event_has_a_label_with_names_or_numbers_of_its_own(label: str) -> None:
    people = [Entity("Ana Ruiz", "person", ["Ruiz"]), Entity("Bo Hale", "person", ["Hale"])]
    assert admit(DOCUMENT, [Answer(people, [event(label)], [])]).reading.events == ()
    assert len(admit(DOCUMENT, [Answer(people, [event()], [])]).reading.events) == 1


def test_one_place_tells_one_event_and_a_name_has_one_bearer() -> None:
    found = admit(
        DOCUMENT,
        [
            Answer(
                [
                    Entity("Ana Ruiz", "person", ["Ana Ruiz", "Ruiz"]),
                    Entity("Ruiz Inc", "organization", ["Ruiz"]),
                    Entity("Bo Hale", "person", ["Bo Hale", "Hale"]),
                ],
                [event(), event("Ana Ruiz goes to court")],
                [],
            )
        ],
    ).reading
    assert [(entity.name, len(entity.mentions)) for entity in found.entities] == [
        ("Ana Ruiz", 1),
        ("Bo Hale", 2),
    ]
    assert [told.label for told in found.events] == ["Ana Ruiz sues the port"]


def test_a_claim_is_whole_or_not_there() -> None:
    content, cue = Place(2, "The port is ours,", None), Place(2, "said", None)
    good = Claim("statement", [content], cue, Place(2, "Ruiz", None), [])
    assert len(admit(DOCUMENT, [Answer([], [], [good, good])]).reading.claims) == 1
    for wrong in (
        Claim("statement", [content, Place(2, "and yours", None)], cue, None, []),
        Claim("statement", [content], Place(2, "told", None), None, []),
        Claim("statement", [content], cue, Place(2, "Hale", None), []),
        Claim("statement", [Place(2, "“The port is ours,”", None)], None, None, []),
        Claim("statement", [], cue, None, []),
    ):
        assert admit(DOCUMENT, [Answer([], [], [wrong])]).reading.claims == ()


def test_what_the_article_says_itself_is_no_quotation_and_nobody_elses_words() -> None:
    def own(number: int, words: str) -> Claim:
        return Claim("opinion", [Place(number, words, None)], None, None, [])

    sued = own(1, "Ana Ruiz sued the Port of Velmar on March 4, 2016.")
    called = Claim(
        "statement",
        [Place(3, "the vote a vote for Bo Hale", None)],
        Place(3, "called", None),
        Place(3, "The port", None),
        [],
    )
    whole = own(3, "The port called the vote a vote for Bo Hale.")
    found = admit(DOCUMENT, [Answer([], [], [whole, sued, sued, called, own(2, "The  port is ours")])])
    said = [(TEXT[c.content[0].start : c.content[0].end], c.kind, c.cues == ()) for c in found.reading.claims]
    assert said == [
        ("Ana Ruiz sued the Port of Velmar on March 4, 2016.", "opinion", True),
        ("the vote a vote for Bo Hale", "statement", False),
    ]
    assert sorted(found.dropped.elements()) == sorted([SAID, VOICELESS])
    assert len(admit(DOCUMENT, [Answer([], [], [whole])]).reading.claims) == 1


def test_pieces_of_an_article_are_one_list() -> None:
    ruiz = Entity("Ana Ruiz", "person", ["Ana Ruiz"])
    first = Answer([ruiz], [event(participants=[Participant("agent", "Ana Ruiz", None)])], [])
    again = event(mentions=(Place(2, "said", None),))
    second = Answer([Entity("Ana Ruiz", "person", ["Ruiz"])], [again, event("Ana Ruiz sues again")], [])
    found = admit(DOCUMENT, [first, second]).reading
    assert [len(entity.mentions) for entity in found.entities] == [2]
    assert [(told.label, len(told.mentions)) for told in found.events] == [("Ana Ruiz sues the port", 2)]


WORDS = st.sampled_from([*TEXT.split(), "vote for", "Ana Ruiz", "Obama", "”", " ", "", "(", "\\", "é", "12"])
PLACES = st.builds(Place, st.integers(-1, 6), WORDS, st.none() | st.integers(-1, 3))
MANY = st.lists(PLACES, max_size=4)
PARTS = st.builds(Participant, st.sampled_from(["agent", "place"]), st.none() | WORDS, st.none() | PLACES)
ENTITIES = st.builds(Entity, WORDS, st.sampled_from(["person", "place"]), st.lists(WORDS, max_size=3))
EVENTS = st.builds(
    Event,
    st.lists(WORDS, max_size=4).map(" ".join),
    st.sampled_from(["happening", "report"]),
    st.sampled_from(["occurred", "denied"]),
    st.none() | st.sampled_from(["2016-03-04", "2016", "1999", "soon"]),
    st.none() | st.just("SANCTION"),
    st.lists(PARTS, max_size=3),
    MANY,
)
CLAIMS = st.builds(Claim, st.just("statement"), MANY, st.none() | PLACES, st.none() | PLACES, MANY)
ANSWERS = st.builds(Answer, *(st.lists(kind, max_size=5) for kind in (ENTITIES, EVENTS, CLAIMS)))


@settings(deadline=None)
@given(st.lists(ANSWERS, max_size=3))
def test_whatever_is_answered_stands_in_a_sentence(answers: list[Answer]) -> None:
    found = admit(DOCUMENT, answers).reading
    for span in list_spans(found):
        assert any(s.start <= span.start < span.end <= s.end for s in DOCUMENT.sentences)
    for listed in (found.entities, found.events):
        spans = sorted((m.start, m.end) for row in listed for m in row.mentions)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        assert all(row.mentions for row in listed)
    for entity in found.entities:
        assert entity.name in " ".join(TEXT.split())
    for told in found.events:
        assert told.date in (None, "2016-03-04", "2016")
        assert "Obama" not in told.label
        assert all(part.entity is None or part.entity < len(found.entities) for part in told.participants)
    for claim in found.claims:
        assert claim.content
    assert admit(DOCUMENT, answers).reading == found


@given(ANSWERS)
def test_an_answer_is_read_as_it_was_written(answer: Answer) -> None:
    assert read_answer(dump_answer(answer), Answer) == answer


@given(st.text())
def test_folding_keeps_track_of_every_character(text: str) -> None:
    folded, offsets = fold(text)
    assert len(folded) == len(offsets)
    assert offsets == sorted(set(offsets))
    for letter, offset in zip(folded, offsets, strict=True):
        assert letter == text[offset] or letter in " \"'"


@given(st.lists(st.integers(1, 400), max_size=40), st.integers(100, 1000))
def test_pieces_hold_every_sentence_and_go_on(sizes: list[int], longest: int) -> None:
    ends = list(accumulate(sizes))
    sentences = tuple(Span(end - size, end) for size, end in zip(sizes, ends, strict=True))
    pieces = cut_pieces(Document("x" * sum(sizes), (), sentences), longest)
    assert sorted({place for piece in pieces for place in piece}) == list(range(len(sizes)))
    assert all(one.start < other.start and one.stop < other.stop for one, other in pairwise(pieces))
    assert all(len(piece) == 1 or sum(sizes[place] for place in piece) <= longest for piece in pieces)
