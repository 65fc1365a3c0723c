"""How a voice knows what it says: official, expert, witness, or nothing that shows it."""

import pytest

from onrecord.claims.standing import RULES, find_standing, find_standings, judge_standing
from onrecord.model import AgentKind, Hop, Mention, Standing


@pytest.mark.parametrize(
    ("marked", "standing"),
    [
        ("[Police] said the road was closed.", "official"),
        ("[Two Finance Ministry officials] said the tax would rise.", "official"),
        ("[A spokeswoman for Norfield] declined to comment.", "official"),
        ("“It was late,” Foreign Minister [Lina Park] said.", "official"),
        ("Minister of Health [Lina Park] said the clinic would open.", "official"),
        ("[Lina Park] of the city council voted no.", "official"),
        ("[Lina Park], a professor of law at the university, called it void.", "expert"),
        ("The plan will fail, according to [several economists].", "expert"),
        ("[Dr. Lina Park] said the patients were well.", "expert"),
        ("[One hydrologist] warned that the dam leaks.", "expert"),
        ("[A neighbour] heard two shots.", "witness"),
        ("[Three people familiar with the talks] said they had ended.", "witness"),
        ("[Park] said it was late.", None),
        ("[She] said it was late.", None),
        ("According to [Lee], police officers took him away.", None),
        ("Police arrested two men, and [Lee] said he was glad.", None),
        ("[Lina Park], a former federal judge, called it void.", "expert"),
        ("Retired admiral [Lina Park] called it void.", "expert"),
        ("[Lina Park], a former U.S. attorney, called it void.", "expert"),
        ("[Another former official] called it void.", "official"),
        ("The deal is close, according to [three people in contact with the firm].", "witness"),
        ("[The Lindholm Fish Exporters Association] expects less cod.", "expert"),
        ("[Her brother] said it was late.", None),
    ],
)
def test_the_words_beside_a_voice_show_its_standing(marked: str, standing: Standing | None) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    assert judge_standing(text, start, end, "person") == standing


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_can_be_switched_off(name: str) -> None:
    text = "Professor Lina Park, an expert familiar with the matter,"
    left = {judge_standing(text, 0, 19, "person", {name}), judge_standing(text, 0, 56, "person", {name})}
    assert "expert" in left
    assert judge_standing(text, 0, 56, "person", RULES) is None


@pytest.mark.parametrize("kind", ["outlet", "document"])
def test_outlets_and_documents_have_none(kind: AgentKind) -> None:
    assert judge_standing("The police report said so.", 0, 17, kind) is None


def test_another_name_of_the_same_entity_may_show_it() -> None:
    text = "Lee met Judge Ana Ruiz. He told Ruiz that she knew."
    names = [
        Mention(0, 3, "name", "person", 0, 1.0, "rule"),
        Mention(14, 22, "name", "person", 1, 1.0, "rule"),
        Mention(32, 36, "name", "person", 1, 1.0, "rule"),
    ]

    def standing(start: int, end: int, chain: int | None) -> Standing | None:
        hop = Hop(start, end, text[start:end], "told", chain, "named", "person")
        return find_standing(text, hop, find_standings(text, names))

    assert standing(32, 36, 1) == "official"
    assert standing(32, 36, None) is None
    assert standing(24, 26, 0) is None


def test_only_a_person_has_a_title_or_an_apposition() -> None:
    text = "The ministry labeled Norfield a risk to officials. Norfield said it was none."
    names = [Mention(21, 29, "name", "organization", 0, 1.0, "rule")]
    firm = Hop(
        text.rindex("Norfield"), text.rindex("Norfield") + 8, "Norfield", "said", 0, "named", "organization"
    )
    assert find_standing(text, firm, find_standings(text, names)) is None
    assert judge_standing("The ministry reportedly left.", 13, 23, "other") is None


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("According to police, the boy told a friend that he left.", "the boy"),
        ("A boy whose sister is a minister said no.", "A boy whose sister is a minister"),
    ],
)
def test_an_office_of_somebody_else_shows_nothing(text: str, voice: str) -> None:
    start = text.index(voice)
    assert judge_standing(text, start, start + len(voice), "person") is None
