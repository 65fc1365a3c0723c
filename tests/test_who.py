"""Who is meant within one article, through ``who``; all wording is made up."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.model import Document, LocalEntity, Mention, Name, Span
from onrecord.people.bearers import cluster_names
from onrecord.people.who import RULES, chain_at, resolve_entities

KINDS = {"P": "person", "O": "organization", "L": "place", "E": "event"}


def read(marked: str) -> tuple[Document, list[Name]]:
    """A document from text in which names stand as [P:Ana Ortiz]; sentences end at ". " or a line break."""
    text, names, at = "", [], 0
    for match in re.finditer(r"\[([POLE]):([^\]]+)\]", marked):
        text += marked[at : match.start()]
        names.append(Name(len(text), len(text) + len(match[2]), KINDS[match[1]], 0.9))  # type: ignore[arg-type]  # values of EntityType
        text += match[2]
        at = match.end()
    text += marked[at:]
    ends = [
        m.end()
        for m in re.finditer(r"[.?!]\"?(?=\s|$)", text)
        if not text[: m.end()].endswith(("Mr.", "Ms."))
    ]
    starts = [0, *(end + 1 for end in ends)]
    sentences = tuple(Span(a, b) for a, b in zip(starts, [*ends, len(text)], strict=False) if a < b)
    return Document(text, (), sentences), names


def answers(marked: str, **options: object) -> list[tuple[str, str]]:
    """What every pronoun and description was taken to be, in the order of the text."""
    document, names = read(marked)
    entities, mentions = resolve_entities(document, names, **options)  # type: ignore[arg-type]  # options are by name
    return [(document.text[m.start : m.end], entities[m.chain].name) for m in mentions if m.form != "name"]


def test_a_surname_joins_the_only_full_name_it_fits() -> None:
    document, names = read("[P:Paul Okoye] met [P:Rosa Diaz]. [P:Okoye] left.")
    entities, chains = cluster_names(document.text, names)
    assert chains == (0, 1, 0)
    assert entities[0] == LocalEntity("Paul Okoye", "person", ("Okoye",))


def test_a_surname_that_fits_two_stays_alone() -> None:
    document, names = read("[P:Paul Okoye] met [P:Grace Okoye]. [P:Okoye] left.")
    assert cluster_names(document.text, names)[1] == (0, 1, 2)


def test_a_company_and_its_founder_of_the_same_name_are_two() -> None:
    document, names = read("[P:Henry Harwick] founded [O:Harwick]. [O:Harwick] grew. [P:Harwick] retired.")
    assert cluster_names(document.text, names)[1] == (0, 1, 1, 0)


def test_an_acronym_in_brackets_is_its_name() -> None:
    document, names = read("The [O:Board of Harbour Safety] ([O:BHS]) met. [O:BHS] voted.")
    entities, chains = cluster_names(document.text, names)
    assert chains == (0, 0, 0)
    assert entities[0].name == "Board of Harbour Safety"


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ("[P:Rosa Diaz] arrived. She spoke.", [("She", "Rosa Diaz")]),
        (
            "[P:Rosa Diaz] and [P:Paul Okoye] spoke. He left, and she stayed.",
            [("He", "Paul Okoye"), ("she", "Rosa Diaz")],
        ),
        ("[P:Paul Okoye] said he would run.", [("he", "Paul Okoye")]),
        ("In her first speech, [P:Rosa Diaz] thanked voters.", [("her", "Rosa Diaz")]),
        ("[P:Paul Okoye] blamed himself.", [("himself", "Paul Okoye")]),
        ("[P:Rosa Diaz], who chairs the panel, agreed.", [("who", "Rosa Diaz")]),
        ("[O:Norfield] said it would sell its mine.", [("it", "Norfield"), ("its", "Norfield")]),
        (
            "[P:Rosa Diaz] and [P:Paul Okoye] said they agreed.",
            [("they", "Rosa Diaz"), ("they", "Paul Okoye")],
        ),
    ],
)
def test_pronouns_that_the_text_settles(marked: str, wanted: list[tuple[str, str]]) -> None:
    assert answers(marked) == wanted


@pytest.mark.parametrize(
    "marked",
    [
        "[L:Lima] woke early. It is raining.",
        "[O:Norfield] misstated the length. It was 40 metres.",
        "[O:Norfield] waited. It is unclear whether the sale will close.",
        "[O:Norfield] may lose, they say.",
        "[P:Paul Okoye] met [P:Mark Hale]. He left.",
        "[P:Rosa Diaz] spoke. He left.",
        "A teacher met the mayor. She smiled.",
        "[O:Norfield] sued a rival. Officials said they would look into the case.",
        "[P:Paul Okoye] saw a man. The crowd cheered him.",
    ],
)
def test_pronouns_that_nothing_settles(marked: str) -> None:
    assert answers(marked) == []


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ("[O:Norfield] fell. The company blamed rain.", [("The company", "Norfield")]),
        ("[P:Rosa Diaz], the mayor of [L:Lima], resigned.", [("the mayor", "Rosa Diaz")]),
        (
            "President [P:Paul Okoye] flew home. Later the president rested.",
            [("the president", "Paul Okoye")],
        ),
        (
            "Treasury Secretary [P:Rosa Diaz] met Justice [P:Paul Okoye]. The Treasury secretary left.",
            [("The Treasury secretary", "Rosa Diaz")],
        ),
        (
            "Its chief of staff [P:Rosa Diaz] spoke. On Monday the chief of staff resigned.",
            [("the chief of staff", "Rosa Diaz")],
        ),
        ("The [O:Rents Authority] met. Then the authority voted.", [("the authority", "Rents Authority")]),
        (
            "Many came to the [E:Halden Lantern Fair]. The event was free.",
            [("The event", "Halden Lantern Fair")],
        ),
        ("[L:Peru] voted. Polls in the country closed.", [("the country", "Peru")]),
        (
            "[O:Norfield] sued [O:Harwick]. Both companies fell.",
            [("Both companies", "Norfield"), ("Both companies", "Harwick")],
        ),
    ],
)
def test_descriptions_that_the_text_settles(marked: str, wanted: list[tuple[str, str]]) -> None:
    found = answers(marked)
    assert [row for row in found if row in wanted] == wanted
    assert {row for row in found if row[0] in {w[0] for w in wanted}} == set(wanted)


@pytest.mark.parametrize(
    "marked",
    [
        "[O:Norfield] sued [O:Harwick]. The company fell.",
        "[O:Norfield] sued [O:Harwick] and [O:Brightwater]. Both companies fell.",
        "[O:Norfield] met [O:Treasury] Secretary [P:Ana Hale]. Both sides agreed.",
        "[O:Norfield Inc.] built jets. The airline flew them.",
        "[O:Norfield] fell. The company secretary resigned.",
        "[O:Norfield] fell. The other company rose.",
        "[P:Rosa Diaz] spoke. The agency agreed.",
        "President [P:Paul Okoye] met President [P:Rosa Diaz]. The president smiled.",
        "The president smiled.",
        "They left [L:Halden Airport], the country's oldest airport.",
        "[O:Pentagon] aides met. The administration agreed.",
        "[O:Norfield Mining] cut jobs at [O:Orlen Motors]. The firm fell. [O:Norfield Mining] rose.",
        "[O:Court of Halden] rules differ. I ask this court to rule.",
    ],
)
def test_descriptions_that_nothing_settles(marked: str) -> None:
    assert answers(marked) == []


def test_i_is_the_speaker_of_a_quotation() -> None:
    marked = '"I will sell my share," [P:Paul Okoye] said. "We are sorry," [O:Norfield] said.'
    document, _ = read(marked)
    text = document.text
    spoken = [
        (Span(0, text.index('" Paul')), Span(text.index("Paul"), text.index(" said"))),
        (
            Span(text.index('"We'), text.index('" Nor')),
            Span(text.index("Norfield"), text.index("Norfield") + 8),
        ),
    ]
    assert answers(marked, quotes=spoken) == [("I", "Paul Okoye"), ("my", "Paul Okoye"), ("We", "Norfield")]
    assert answers(marked) == []


def test_the_speaker_of_a_quotation_is_not_he_in_it() -> None:
    assert answers('[P:Mark Hale] said, "He is a liar."') == []


def test_a_span_that_is_asked_about() -> None:
    marked = "President [P:Paul Okoye] flew home. Company president was what he was called."
    document, names = read("Mayor [P:Rosa Diaz] flew home. Mayor said no.")
    asked = Span(document.text.index("Mayor said"), document.text.index(" said"))
    entities, mentions = resolve_entities(document, names, extra=[asked])
    assert [entities[m.chain].name for m in mentions if (m.start, m.end) == (asked.start, asked.end)] == [
        "Rosa Diaz"
    ]
    assert ("Company president", "Paul Okoye") not in answers(marked)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_be_left_out(rule: str) -> None:
    text = (
        "[P:Rosa Diaz], the mayor of [L:Lima], who joined [O:Norfield], said she would sell. "
        "[O:Norfield] is a company. The company said it would wait. The mayor blamed herself. "
        "[P:Paul Okoye] and [P:Rosa Diaz] said they agreed. "
        "[O:Norfield] sued [O:Harwick]. Both companies fell."
    )
    document, names = read(text)
    quotes = [(Span(0, 5), Span(0, 9))]
    _, mentions = resolve_entities(document, names, quotes=quotes, disabled=[rule])
    assert rule not in {m.method for m in mentions}
    assert {m.method for m in mentions} - {"name"}


@pytest.mark.parametrize(
    ("marked", "span", "wanted"),
    [
        (
            "[O:White House] chief of staff [P:Rosa Diaz] said",
            "White House chief of staff Rosa Diaz",
            "Rosa Diaz",
        ),
        ("[O:Norfield] CEO [P:Paul Okoye] said", "Norfield CEO Paul Okoye", "Paul Okoye"),
        ("a spokesperson for [O:Norfield] said", "a spokesperson for Norfield", None),
        ("a lawyer for [P:Paul Okoye] said", "a lawyer for Paul Okoye", None),
        ("a friend of Mr. [P:Okoye] said", "a friend of Mr. Okoye", None),
        ("[O:Norfield]'s lawyers said", "Norfield's lawyers", None),
        ("the [O:Pentagon] said", "the Pentagon", "Pentagon"),
        ("[P:Okoye]'s brother said", "Okoye's brother", None),
        ("[P:Rosa Diaz], the mayor, said", "Rosa Diaz, the mayor,", "Rosa Diaz"),
        ("[P:Rosa Diaz] and [P:Paul Okoye] said", "Rosa Diaz and Paul Okoye", None),
        ("sources in [L:Lima] said", "sources in Lima", None),
        ("Secretary of State [P:Rosa Diaz] said", "Secretary of State Rosa Diaz", "Rosa Diaz"),
    ],
)
def test_the_head_of_a_span_decides(marked: str, span: str, wanted: str | None) -> None:
    document, names = read(marked)
    entities, mentions = resolve_entities(document, names)
    start = document.text.index(span)
    chain = chain_at(document.text, mentions, Span(start, start + len(span)))
    assert (None if chain is None else entities[chain].name) == wanted


def test_a_plural_has_no_single_chain() -> None:
    document, names = read("[O:Norfield] sued [O:Harwick]. Both companies fell.")
    _, mentions = resolve_entities(document, names)
    start = document.text.index("Both")
    assert chain_at(document.text, mentions, Span(start, start + len("Both companies"))) is None


WORDS = st.sampled_from(
    [
        "he",
        "she",
        "it",
        "they",
        "his",
        "their",
        "himself",
        "who",
        "I",
        "we",
        "the",
        "company",
        "both",
        "companies",
        "president",
        "Mr.",
        "Ana",
        "Ortiz",
        "Norfield",
        "said",
        ",",
        ".",
        '"',
        "“",
        "”",
        "and",
        "of",
        "for",
        "\n",
        "\u2028",
        "is",
        "a",
        "𝔘𝔫𝔦",
        "İ",
        "ß",
        "\x00",
        "́",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[Document, list[Name]]:
    text = draw(st.text(max_size=80) | st.lists(WORDS, max_size=40).map(" ".join))
    offsets = st.integers(-2, len(text) + 2)
    kinds = st.sampled_from(["person", "organization", "place", "group", "event", "other"])
    names = draw(st.lists(st.builds(Name, offsets, offsets, kinds, st.floats(0, 1)), max_size=8))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    sentences = tuple(Span(a, b) for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))
    return Document(text, (), sentences), names


@settings(max_examples=150, deadline=None)
@given(documents(), st.randoms(use_true_random=False))
def test_any_text_gives_valid_mentions_in_one_way(
    case: tuple[Document, list[Name]], dice: random.Random
) -> None:
    document, names = case
    spans = [Span(name.start, name.end) for name in names]
    entities, mentions = resolve_entities(
        document, names, extra=spans, quotes=list(zip(spans, spans, strict=True))
    )
    size = len(document.text)
    assert all(0 <= m.start < m.end <= size and 0 <= m.chain < len(entities) for m in mentions)
    assert all(entities[m.chain].type == m.type for m in mentions if m.form != "name")
    held = {(m.start, m.end, m.type) for m in mentions if m.form == "name"}
    assert held == {(n.start, n.end, n.type) for n in names if 0 <= n.start < n.end <= size}
    assert {m.chain for m in mentions if m.form == "name"} == set(range(len(entities)))
    shuffled = list(names)
    dice.shuffle(shuffled)
    again = resolve_entities(
        document, shuffled, extra=spans[::-1], quotes=list(zip(spans, spans, strict=True))[::-1]
    )
    assert again == (entities, mentions)
    for span in spans:
        if 0 <= span.start < span.end <= size:
            chain = chain_at(document.text, mentions, span)
            assert chain is None or chain in {m.chain for m in mentions}


def test_nothing_in_nothing_out() -> None:
    assert resolve_entities(Document("", (), ()), []) == ((), ())
    assert chain_at("he said", (), Span(0, 2)) is None
    assert chain_at("Ortiz", (Mention(0, 5, "name", "person", 0, 0.9, "name"),), Span(0, 5)) == 0


@pytest.mark.parametrize(
    "marked",
    [
        "Ships will sail again, its director, [P:Mary Ortiz], said. She gave no day.",
        "Inspector [P:Mary Ortiz] of the [O:Halden Institute] said no ship would sail. She gave no day.",
        "“Ships will sail,” said [P:Mary Ortiz] of [O:Norfield]. She gave no day.",
    ],
)
def test_a_speaker_named_with_a_body_or_behind_an_office_is_taken_up(marked: str) -> None:
    assert ("She", "Mary Ortiz") in answers(marked)


@pytest.mark.parametrize(
    ("marked", "phrase", "wanted"),
    [
        ("The [P:Ortiz] campaign denied it.", "The Ortiz campaign", None),
        ("[P:Ortiz] supporters left the hall.", "Ortiz supporters", None),
        ("[P:Ortiz]' oldest friend disagreed.", "Ortiz' oldest friend", None),
        (
            "[P:Ortiz] campaign manager [P:Lena Holt] said no.",
            "Ortiz campaign manager Lena Holt",
            "Lena Holt",
        ),
        ("[P:Lena Holt], an aide, said no.", "Lena Holt, an aide,", "Lena Holt"),
    ],
)
def test_who_surrounds_a_person_is_not_that_person(marked: str, phrase: str, wanted: str | None) -> None:
    document, names = read(marked)
    entities, mentions = resolve_entities(document, names)
    chain = chain_at(document.text, mentions, Span(0, len(phrase)))
    assert (None if chain is None else entities[chain].name) == wanted


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ("[P:Oscar Hale] met reporters. “[P:Berg] is no friend,” he said.", "Oscar Hale"),
        ("[P:Oscar Hale] met [P:Ivan Berg]. “The pier must go,” he said.", None),
        ("[P:Ivan Berg] lost. “[P:Berg] must go,” he said.", None),
    ],
)
def test_nobody_whom_a_quotation_names_says_it(marked: str, wanted: str | None) -> None:
    document, names = read(marked)
    quote = Span(document.text.index("“"), document.text.index("”") + 1)
    he = Span(document.text.index("he said"), document.text.index("he said") + 2)
    entities, mentions = resolve_entities(document, names, quotes=[(quote, he)])
    found = [entities[m.chain].name for m in mentions if m.start == he.start]
    assert found == ([wanted] if wanted else [])


def test_who_speaks_a_quotation_is_not_the_he_in_it() -> None:
    marked = (
        "[P:Oscar Hale] sued [P:Lena Holt] and [P:Ivan Berg]. ''If he has lied, he must go,'' [P:Hale] said."
    )
    document, names = read(marked)
    start, end = document.text.index("''If"), document.text.rindex("''") + 2
    speaker = Span(document.text.rindex("Hale"), document.text.rindex("Hale") + 4)
    entities, mentions = resolve_entities(document, names, quotes=[(Span(start, end), speaker)])
    said = {entities[m.chain].name for m in mentions if m.form == "pronoun"}
    assert said == {"Ivan Berg"}
