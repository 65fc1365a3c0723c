"""Hops: who said it, and through whom it reached the article."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import read_marked

from onrecord.claims.attribute import join_attributions
from onrecord.claims.chain import RULES, make_hop, name_known, trace_hops
from onrecord.claims.outlets import find_outlet, is_outlet
from onrecord.claims.voice import judge_voice
from onrecord.model import Attribution, Document, Hop, LocalEntity, Name, Span

Shown = tuple[str | None, str, str]


def hops_of(marked: str, which: int = 0, disabled: tuple[str, ...] = ()) -> list[Shown]:
    """Agent, anonymity and kind of each hop of one attribution."""
    document, reading = read_marked(marked)
    joined = join_attributions(document, reading, frozenset({"kinds"}))
    hops = trace_hops(document, joined[which], joined, (), disabled)
    for hop in hops:
        shown = document.text[hop.start : hop.end]
        assert shown == (hop.agent if hop.agent is not None else hop.cue)
    return [(hop.agent, hop.anonymity, hop.kind) for hop in hops]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "[c Ferries will stop], [q according to] [s people familiar with it], the Cape Times reported.",
            [("people familiar with it", "unnamed", "person"), ("Cape Times", "named", "outlet")],
        ),
        (
            '"[c We keep talking]," [s a spokeswoman] [q told] Reuters.',
            [("a spokeswoman", "described", "person"), ("Reuters", "named", "outlet")],
        ),
        (
            "[q According to] [s officials cited by the Nordic Wire], [c the strait is closed].",
            [("officials", "collective", "person"), ("Nordic Wire", "named", "outlet")],
        ),
        ("[s the new article] [q notes] [c that fees rose].", [("the new article", "described", "document")]),
        ("The ship [q reportedly] [c left on Friday].", [(None, "unnamed", "other")]),
        ("The mine, [s analysts] [q say], [c is worked out].", [("analysts", "collective", "person")]),
        (
            "[c The rules will change], [q according to] [s a Kyiv Independent report issued in May].",
            [("Kyiv Independent", "named", "outlet")],
        ),
        (
            "[s One aide] [q described] [c the trip to Politico as a mistake].",
            [("One aide", "described", "person"), ("Politico", "named", "outlet")],
        ),
        (
            "The firm, [q according to] [s an internal memo] seen by Reuters, [c knew of the leak].",
            [("an internal memo", "described", "document"), ("Reuters", "named", "outlet")],
        ),
        ("[s Le Monde] [q has previously reported] [c that he knew].", [("Le Monde", "named", "outlet")]),
        (
            "[s AFP] [q reported], citing two officials, [c that the bank had failed].",
            [("two officials", "described", "person"), ("AFP", "named", "outlet")],
        ),
        (
            "“[c It was the first time],” [q wrote] [s Ben Lind] in The Guardian. He spoke to CNN.",
            [("Ben Lind", "named", "person"), ("The Guardian", "named", "outlet")],
        ),
        ("On the Hill, [s aides] [q said] [c the bill was dead].", [("aides", "collective", "person")]),
        (
            "In an interview with the Irish Times, [s Mayor Ana Ruiz] [q said] [c the port would reopen].",
            [("Mayor Ana Ruiz", "named", "person"), ("Irish Times", "named", "outlet")],
        ),
        (
            "[s The minister] [q reportedly told] aides [c that she would resign].",
            [("The minister", "described", "person"), (None, "unnamed", "other")],
        ),
        (
            "[s Ruiz] [q told] reporters in Lagos [c that the port was safe].",
            [("Ruiz", "named", "person")],
        ),
        (
            "[s The club] [q hit back on] Reuters's claim, [q calling] [c it false].",
            [("The club", "described", "organization")],
        ),
        (
            "[s The board] [q rejected] [c the plan], citing doubts about its cost.",
            [("The board", "described", "organization")],
        ),
        (
            "[s The coach] [q said] [c the Times Square match was off].",
            [("The coach", "described", "person")],
        ),
    ],
)
def test_hops(marked: str, expected: list[Shown]) -> None:
    assert hops_of(marked) == expected


def test_a_second_cue_of_the_same_speaker_keeps_the_outlet() -> None:
    marked = '"[c We keep talking]," [s a spokeswoman] [q told] Reuters, [q adding that] [c no date was set].'
    assert hops_of(marked, 1) == [("a spokeswoman", "described", "person"), ("Reuters", "named", "outlet")]


def test_words_in_an_earlier_sentence_do_not_hide_the_outlet() -> None:
    marked = (
        '[c "We will go on talking to all who care to," it began.] [s A spokeswoman] [q told] Reuters so.'
    )
    assert hops_of(marked) == [("A spokeswoman", "described", "person"), ("Reuters", "named", "outlet")]


def test_another_speakers_outlet_is_not_taken_over() -> None:
    marked = "[s Lee] [q told] [c the court she was ill], and [s her son] [q told] the BBC [c that he was]."
    assert hops_of(marked, 0) == [("Lee", "named", "person")]
    assert hops_of(marked, 1) == [("her son", "described", "person"), ("BBC", "named", "outlet")]


def test_the_enclosing_voice_is_a_further_hop() -> None:
    marked = "[s Reuters] [q reported] [c that [s two officials] [q said] [c the talks had failed]]."
    assert hops_of(marked, 0) == [("Reuters", "named", "outlet")]
    nested = [("two officials", "described", "person"), ("Reuters", "named", "outlet")]
    assert hops_of(marked, 1) == nested
    # The reporting clause shows the outlet even where nesting is not looked at.
    assert hops_of(marked, 1, ("nested", "relay")) == nested[:1]


def test_own_voice_has_no_hops() -> None:
    own = Attribution((Span(0, 16),), (), (), "none", 0.9)
    assert trace_hops(Document("The ferry sails.", (), (Span(0, 16),)), own) == ()


def test_an_attribution_without_cue_and_speaker_has_no_hops() -> None:
    bare = Attribution((Span(0, 17),), (), (), "direct", 0.9)
    assert trace_hops(Document('"The ferry sails"', (), (Span(0, 17),)), bare) == ()


@pytest.mark.parametrize("rule", RULES)
def test_rules_can_be_switched_off(rule: str) -> None:
    assert len(hops_of('"[c No]," [s Ana Ruiz] [q told] [c the committee].', 0, (rule,))) == 1


@pytest.mark.parametrize(
    ("phrase", "anonymity", "kind"),
    [
        ("Ana Ruiz", "named", "person"),
        ("Treasury Secretary Ana Ruiz", "named", "person"),
        ("a spokeswoman for Ana Ruiz", "described", "person"),
        ("Ana Ruiz, a spokeswoman for the port", "named", "person"),
        ("her lawyer", "described", "person"),
        ("three former aides", "described", "person"),
        ("some port officials", "collective", "person"),
        ("a source", "unnamed", "person"),
        ("two sources close to the talks", "unnamed", "person"),
        ("a person familiar with the matter", "unnamed", "person"),
        ("people in the town", "collective", "person"),
        ("the Ministry of Fisheries", "named", "organization"),
        ("NATO", "named", "organization"),
        ("the company", "described", "organization"),
        ("the Department of Fisheries", "named", "organization"),
        ("Residents of Durban", "collective", "person"),
        ("both sides", "collective", "other"),
        ("Lagos police", "named", "organization"),
        ("Agence France-Presse", "named", "outlet"),
        ("local media", "collective", "outlet"),
        ("a regional newspaper", "described", "outlet"),
        ("the indictment", "described", "document"),
        ("a Pew Research Center survey", "named", "document"),
        ("she", "described", "person"),
        ("Neither of the officials", "collective", "person"),
        ("either", "collective", "person"),
        ("the coast guard", "described", "organization"),
        ("a prison guard", "described", "person"),
        ("the director, Joost van der Veen", "named", "person"),
        ("a spokesman for the archive, Lars Holm", "named", "person"),
        ("a teacher from Tromso, Norway", "described", "person"),
        ("the lawyer, who asked for time", "described", "person"),
        ("", "unnamed", "other"),
    ],
)
def test_voices(phrase: str, anonymity: str, kind: str) -> None:
    voice = judge_voice(phrase)
    assert (voice.anonymity, voice.kind) == (anonymity, kind)


def test_a_readers_name_says_what_capitals_cannot() -> None:
    assert judge_voice("Framex").kind == "person"
    assert judge_voice("Framex", (Name(10, 16, "organization", 0.9),), 10).kind == "organization"


def test_a_person_of_a_body_is_a_person() -> None:
    phrase = "Analyst Tove Lind of Harbour Research"
    names = (Name(8, 17, "person", 0.9), Name(21, 37, "organization", 0.9))
    assert judge_voice(phrase, names).kind == "person"
    assert judge_voice("Lind's foundation", (Name(0, 4, "person", 0.9),)).kind == "organization"


@pytest.mark.parametrize(
    ("phrase", "agent"),
    [
        ("the head of the mission, Ana Ruiz", "Ana Ruiz"),
        ("Her uncle, Ana Ruiz", "Ana Ruiz"),
        ("Translating, Ana Ruiz", "Ana Ruiz"),
        ("the keeper, Ana Ruiz, and two others", "the keeper, Ana Ruiz, and two others"),
        ("Analyst Ana Ruiz of Harbour Research", "Analyst Ana Ruiz"),
        ("a friend of Ana Ruiz", "a friend of Ana Ruiz"),
    ],
)
def test_a_name_behind_a_description_is_the_voice(phrase: str, agent: str) -> None:
    start = phrase.index("Ana Ruiz")
    hop = make_hop(phrase, 0, len(phrase), "said", (Name(start, start + 8, "person", 0.9),))
    assert hop is not None
    assert hop.agent == agent
    assert phrase[hop.start : hop.end] == agent
    assert (hop.anonymity == "named") is (agent in ("Ana Ruiz", "Analyst Ana Ruiz"))


def test_whoever_the_article_names_is_named() -> None:
    she = Hop(0, 3, "she", "said", 4, "described", "person")
    assert name_known(she, LocalEntity("Ana Ruiz", "person")).anonymity == "named"
    it = Hop(0, 2, "it", "said", 4, "described", "other")
    assert name_known(it, LocalEntity("Harbour Board", "organization")) == replace(
        it, anonymity="named", kind="organization"
    )
    paper = LocalEntity("Cape Times", "organization")
    assert name_known(it, paper) == it
    aide = Hop(0, 6, "a aide", "said", 4, "unnamed", "person")
    assert name_known(aide, LocalEntity("Ana Ruiz", "person")) == aide


@pytest.mark.parametrize("name", ["Reuters", "The Hindu", "Cape Cod Times", "WXYZ-TV", "tidewater.news"])
def test_outlets(name: str) -> None:
    assert is_outlet(name)


@pytest.mark.parametrize(
    "name", ["Ana Ruiz", "Acme Industries", "the minister", "", "Port of Spain", "Hard Times ahead"]
)
def test_no_outlets(name: str) -> None:
    assert not is_outlet(name)


@given(st.text(alphabet="aA bB.,'’-thesourcNw", max_size=40))
@settings(deadline=None)
def test_any_phrase_is_some_voice(phrase: str) -> None:
    judge_voice(phrase)
    found = find_outlet(phrase)
    assert found is None or is_outlet(phrase[found[0] : found[1]])
