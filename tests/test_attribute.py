"""Fragments in, attributions out: joining, quotation marks, own-voice statements."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import KINDS, read_marked

from onrecord.claims import attribute, clauses, edges, joining, quotation, statements
from onrecord.claims.attribute import join_attributions
from onrecord.claims.quotation import find_quotations, judge_quote, read_quotations
from onrecord.model import Attribution, Document, Reading, Role, Span, Statement


def join(
    marked: str, disabled: frozenset[str] | None = None
) -> list[tuple[str, list[str], list[str], list[str]]]:
    document, reading = read_marked(marked)
    joined = (
        join_attributions(document, reading)
        if disabled is None
        else join_attributions(document, reading, disabled)
    )
    return [show(document.text, attribution) for attribution in joined]


def show(text: str, a: Attribution) -> tuple[str, list[str], list[str], list[str]]:
    def words(spans: tuple[Span, ...]) -> list[str]:
        return [text[s.start : s.end] for s in spans]

    return a.quote_type, words(a.speakers), words(a.cues), words(a.content)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "[s The harbour master] [q said] [c that the ferry would sail].",
            [("indirect", ["The harbour master"], ["said"], ["that the ferry would sail"])],
        ),
        (
            "[c The ferry will sail], [q according to] [s the harbour master].",
            [("indirect", ["the harbour master"], ["according to"], ["The ferry will sail"])],
        ),
        (
            '[c "The ferry will sail,"] [s Ana Ruiz] [q said], [c "whatever the wind."]',
            [("direct", ["Ana Ruiz"], ["said"], ['"The ferry will sail,"', '"whatever the wind."'])],
        ),
        (
            "[c ``The ferry will sail,''] [q said] [s Ana Ruiz]. [c ``We have a crew.'']",
            [("direct", ["Ana Ruiz"], ["said"], ["``The ferry will sail,''", "``We have a crew.''"])],
        ),
        (
            "[s The union] [q denied] [c the charge] and [q accused] [c the firm of lying].",
            [
                ("indirect", ["The union"], ["denied"], ["the charge"]),
                ("indirect", ["The union"], ["accused"], ["the firm of lying"]),
            ],
        ),
        (
            "It [q was reported] [c that the mine had closed].",
            [("indirect", [], ["was reported"], ["that the mine had closed"])],
        ),
        (
            "[s The union] and [s the owners] [q said] [c a deal was near].",
            [("indirect", ["The union", "the owners"], ["said"], ["a deal was near"])],
        ),
        (
            '[s Lee] [q called] [c the plan "a gift to polluters"].',
            [("mixed", ["Lee"], ["called"], ['the plan "a gift to polluters"'])],
        ),
        (
            "[c “We left early,”] [s the driver] [q said]. “The well was dry.\nWe had [c no water].\n"
            "It hurt.”\nHe wept.",
            [
                (
                    "direct",
                    ["the driver"],
                    ["said"],
                    ["“We left early,”", "“The well was dry.", "We had no water.", "It hurt.”"],
                )
            ],
        ),
        (
            "[c “We left,”] [s the driver] [q said]. “It was dry.\n[s Ana] [q told] [c us to leave]. "
            "[c We did].\n[c It hurt].”",
            [
                (
                    "direct",
                    ["the driver"],
                    ["said"],
                    ["“We left,”", "“It was dry.", "Ana told us to leave. We did.", "It hurt.”"],
                ),
                ("direct", ["Ana"], ["told"], ["us to leave", "We did"]),
            ],
        ),
        (
            "[c “We left,”] [s the driver] [q said]. “The well was dry.\nThe town slept. It was “quiet”.",
            [("direct", ["the driver"], ["said"], ["“We left,”", "“The well was dry."])],
        ),
        (
            '[c "We left early,"] [s the driver] [q said]. "There was no water."',
            [("direct", ["the driver"], ["said"], ['"We left early,"', '"There was no water."'])],
        ),
    ],
)
def test_joining(marked: str, expected: list[tuple[str, list[str], list[str], list[str]]]) -> None:
    assert join(marked) == expected


def test_two_speakers_in_neighbouring_sentences_keep_their_words() -> None:
    marked = (
        "[s Police] [q said] [c the road was open]. [c Two lorries had collided], [q said] [s Mr Okafor].\n\n"
        "[s The council] [q declined] [c to comment]."
    )
    assert [(speakers, content) for _, speakers, _, content in join(marked)] == [
        (["Police"], ["the road was open"]),
        (["Mr Okafor"], ["Two lorries had collided"]),
    ]


def test_a_quotation_by_someone_else_is_not_taken_over() -> None:
    marked = '[c "We left early,"] [s the driver] [q said]. A sign read "No water."'
    assert join(marked) == [("direct", ["the driver"], ["said"], ['"We left early,"'])]


def test_content_that_nobody_is_shown_to_say_is_no_attribution() -> None:
    assert join("[c The ferry sails at noon].") == []
    assert join("[c The ferry sails at noon].", frozenset({"bare", "kinds"})) != []


def test_nothing_from_nothing() -> None:
    assert join_attributions(Document("", (), ()), Reading()) == ()
    assert join("[s The mayor] [q said].") == []


def test_groups_are_taken_where_asked_for() -> None:
    document, _ = read_marked("Ruiz and Lee said the ferry and the bridge are safe.")
    roles = (
        Role(0, 4, "source", 1, 0.9),
        Role(9, 12, "source", 0, 0.9),
        Role(13, 17, "cue", 0, 0.9),
        Role(18, 51, "content", 0, 0.9),
    )
    taken = join_attributions(document, Reading(roles=roles), frozenset({"joint_speakers"}))
    assert show(document.text, taken[0])[1] == ["Lee"]


def test_statements_that_attributed_words_cover_are_left_out() -> None:
    document, reading = read_marked("[s Ruiz] [q said] [c the ferry was late]. The wind had turned.")
    statements = (Statement(0, 28, 0.8), Statement(30, 50, 0.8))
    joined = join_attributions(document, Reading(roles=reading.roles, statements=statements))
    own = [show(document.text, a) for a in joined if a.quote_type == "none"]
    assert own == [("none", [], [], ["The wind had turned."])]


@pytest.mark.parametrize(
    ("marked", "speaker", "content"),
    [
        ("[s BRUSSELS - European leaders] [q said] [c the pier would close].", "European leaders", None),
        ("[s LINDHOLM, Norway (AP) — Ana Ruiz, the mayor,] [q said] [c no].", "Ana Ruiz, the mayor", None),
        (
            "[c — the pier would close,] [s “the Cape Times”] [q said].",
            "“the Cape Times”",
            "the pier would close",
        ),
        ("[c The pier, —] [s the Cape Times”] [q said].", "the Cape Times", "The pier"),
        ("[s Sen. Ana Ruiz (R-Idaho)] [q said] [c -5 degrees].", "Sen. Ana Ruiz (R-Idaho)", "-5 degrees"),
    ],
)
def test_spans_end_in_words(marked: str, speaker: str, content: str | None) -> None:
    [(_, speakers, _, contents)] = join(marked)
    assert speakers == [speaker]
    assert content is None or contents == [content]


def test_a_statement_about_what_a_speaker_does_stays_whole() -> None:
    document, reading = read_marked("[s The council] [q wants] [c a new pier], whatever it costs.")
    joined = join_attributions(document, Reading(roles=reading.roles, statements=(Statement(0, 47, 0.8),)))
    assert [show(document.text, a) for a in joined] == [
        ("none", [], [], ["The council wants a new pier, whatever it costs"]),
        ("indirect", ["The council"], ["wants"], ["a new pier"]),
    ]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "[s The firm] [q denied] [c the leak], [s a spokeswoman] [q said].",
            [("indirect", ["a spokeswoman"], ["said"], ["The firm denied the leak"])],
        ),
        (
            "But [s the firm] [q denied] [c the leak], as [s police] [q have said].",
            [("indirect", ["police"], ["have said"], ["the firm denied the leak"])],
        ),
        (
            "The bridge, [s Ana Ruiz] [q said], had been closed since May.",
            [("indirect", ["Ana Ruiz"], ["said"], ["The bridge", "had been closed since May."])],
        ),
        (
            "The bridge is shut, [s two engineers] [q told] Nordic Wire.",
            [("indirect", ["two engineers"], ["told"], ["The bridge is shut"])],
        ),
        ("During the hearing, [s Ana Ruiz] [q had a question for] the mayor.", []),
        ("Asked whether it would sail, [s the master] [q said] on Friday that it was late.", []),
        ("[s Sixty percent of voters] [q agreed].", []),
        ("As the ferry sank, [s the captain] [q said].", []),
        (
            "[c The ferry sank], [q according to] [s two sources], [s Reuters] [q reported].",
            [],
        ),
    ],
)
def test_a_voice_set_off_has_said_the_rest_of_its_sentence(
    marked: str, expected: list[tuple[str, list[str], list[str], list[str]]]
) -> None:
    plain = join(marked, frozenset({"asides"}))
    assert [found for found in join(marked) if found not in plain] == expected


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_reading_gives_attributions_in_the_text(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab \"“”'’.,\nA:—", max_size=80))
    size = len(text)
    spans = st.tuples(st.integers(-2, size + 2), st.integers(-2, size + 2))
    role = st.builds(
        lambda span, kind, group: Role(span[0], span[1], kind, group, 0.5),
        spans,
        st.sampled_from(sorted(KINDS.values())),
        st.integers(-1, 3),
    )
    roles = tuple(data.draw(st.lists(role, max_size=12)))
    statements = tuple(Statement(a, b, 0.5) for a, b in data.draw(st.lists(spans, max_size=4)))
    document = Document(text, (), tuple(Span(m.start(), m.end()) for m in re.finditer(r"[^.\n]+", text)))
    reading = Reading(roles=roles, statements=statements)
    for disabled in (frozenset[str](), frozenset({"groups"})):
        joined = join_attributions(document, reading, disabled)
        assert all(a.content for a in joined)
        assert all(0 <= s.start < s.end <= size for a in joined for s in (*a.content, *a.cues, *a.speakers))
        own = [s for a in joined if a.quote_type == "none" for s in a.content]
        for one in (a for a in joined if a.quote_type != "none"):
            voice = (*one.cues, *one.speakers)
            cut = [o for o in own for s in one.content if o.start < s.end and s.start < o.end]
            assert all(o.start <= s.start and s.end <= o.end for o in cut for s in voice)
    turned = Reading(roles=roles[::-1], statements=statements[::-1])
    assert join_attributions(document, turned) == join_attributions(document, reading)


def test_words_of_a_dateline_are_nobodys() -> None:
    marked = "[c LINDHOLM], Norway, Sept. 2, 2024 /NordicWire/ -- [s Ruiz Inc.] [q said] [c no]."
    assert join(marked) == [("indirect", ["Ruiz Inc."], ["said"], ["no"])]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "[s Ruiz] [q was accused of] [c ties to the firm].",
            [("indirect", [], ["was accused of"], ["Ruiz", "ties to the firm"])],
        ),
        ("[s Ruiz] [q was asked] [c about the firm].", [("indirect", [], ["was asked"], ["about the firm"])]),
        ("[s Ruiz] [q was warned of] [c a leak].", [("indirect", [], ["was warned of"], ["a leak"])]),
        (
            "She left when [q asked] [c about the firm], [s Ruiz] [q said].",
            [("indirect", [], ["asked"], ["about the firm"])],
        ),
        ("[s The crew] [q seemed] [c to sleep].", [("indirect", [], ["seemed"], ["The crew", "to sleep"])]),
        (
            "[s The crew] [q seemed to say] [c no].",
            [("indirect", ["The crew"], ["seemed to say"], ["no"])],
        ),
        (
            "[s Ruiz] [q was worried about] [c the firm].",
            [("indirect", ["Ruiz"], ["was worried about"], ["the firm"])],
        ),
        (
            "[c The pier] [q was called] [c a disgrace] by [s Ruiz].",
            [("indirect", ["Ruiz"], ["was called"], ["The pier", "a disgrace"])],
        ),
    ],
)
def test_whom_a_report_speaks_of_does_not_speak(
    marked: str, expected: list[tuple[str, list[str], list[str], list[str]]]
) -> None:
    assert join(marked, frozenset({"asides", "kinds"})) == expected


EVERY_RULE = [
    name
    for rules in (
        *joining.RULES.values(),
        attribute.RULES,
        edges.NAME_RULES,
        quotation.RULES,
        statements.RULES,
        clauses.RULES,
    )
    for name in rules
]


@pytest.mark.parametrize("name", sorted(set(EVERY_RULE)))
def test_every_rule_can_be_switched_off(name: str) -> None:
    document, reading = read_marked(
        "LINDHOLM, Norway (AP) — [s Ruiz] [q said] [c the ferry was late], [q adding] [c that it sank].\n"
        "At dawn, the port closed, although [s Lee] [q was told] [c it was “open]."
    )
    own = (Statement(0, 20, 0.5), Statement(document.text.index("the port"), len(document.text), 0.5))
    found = join_attributions(
        document, Reading(roles=reading.roles, statements=own), frozenset({name, "groups"})
    )
    assert [a for a in found if a.quote_type != "none"]


def test_rules_have_names_of_their_own() -> None:
    shared = {"dateline"}
    beside = [name for name in EVERY_RULE if not any(name in rules for rules in joining.RULES.values())]
    assert {name for name in beside if beside.count(name) > 1} == shared


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('He said "yes" twice.', ['"yes"']),
        ("He said ‘yes’ to the owners’ offer.", ["‘yes’"]),
        ("She said 'we can't pay' and left.", ["'we can't pay'"]),
        ("The 6\" pipe and the drivers' strike", []),
        ("It's the '90s, isn't it?", []),
        ("“We will stay.\n\n“We will build,” she said.", ["“We will stay.", "“We will build,”"]),
        ("``We will stay,'' she said.", ["``We will stay,''"]),
        ("«On reste», dit-elle.", ["«On reste»"]),
        (
            "He said: “We dug.\nWe saw no water.\nThen it rained.”",
            ["“We dug.", "We saw no water.", "Then it rained.”"],
        ),
        ('and so we left," she said.', ['and so we left,"']),
    ],
)
def test_quotations(text: str, quoted: list[str]) -> None:
    assert [text[s.start : s.end] for s in find_quotations(text)] == quoted


def test_a_signature_carries_no_quotation_on() -> None:
    assert read_quotations('He said: "We saw no water.\nAna Ruiz, Institute for Wells."')[1] == frozenset()


def test_a_term_in_marks_is_no_quotation() -> None:
    text = 'The firm said the so-called "megaport" would open once the northern channel has been dredged.'
    assert judge_quote(text, [Span(14, len(text))], find_quotations(text)) == "indirect"


@given(st.text(alphabet="ab \"'“”‘’`«».,\n", max_size=60))
def test_quotations_are_in_order_and_apart(text: str) -> None:
    spans = find_quotations(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
