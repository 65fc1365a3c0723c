"""Wire credits: what an article says it carries, and what it only cites."""

import pytest

from onrecord.annotate import annotate, default_reader
from onrecord.claims.credits import find_author, find_credit
from onrecord.cleaning.clean import find_blocks
from onrecord.model import Article

BODY = "Two ferries collided in the fog off Tromso, and nobody was hurt.\n\nThe coast guard said so.\n"


def credit(text: str) -> str | None:
    return find_credit(text, find_blocks(text, None))


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (f"TROMSO, Norway (AP) — {BODY}", "Associated Press"),
        (f"TROMSO, Norway, March 3 (UPI) -- {BODY}", "United Press International"),
        (f"Ferries collide\n\nBy Ola Nilsen, Associated Press\n\n{BODY}", "Associated Press"),
        (f"{BODY}\n(Reporting by Ola Nilsen in Oslo; Editing by Kim Berg)\n", "Reuters"),
        (f"{BODY}\n(Additional reporting by Ola Nilsen; Editing by Kim Berg and Liv Dahl.)\n", "Reuters"),
        (f"{BODY}\nCopyright 2024 The Associated Press. All rights reserved.\n", "Associated Press"),
        (
            f"{BODY}\nAssociated Press writer Ola Nilsen in Oslo contributed to this report.\n",
            "Associated Press",
        ),
        (f"{BODY}\nThis article first appeared in The Guardian.\n", "The Guardian"),
        (f"TROMSO (NFW) — {BODY}\nThe captain told the Northern Fjord Wire so.\n", "Northern Fjord Wire"),
    ],
)
def test_a_credit_is_read(text: str, wire: str) -> None:
    found = credit(text)
    assert found is not None
    assert found.removeprefix("The ") == wire.removeprefix("The ")


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"{BODY}\nThe captain told the Associated Press that the fog came fast.\n",
        f"{BODY}\nThe collision was first reported by Reuters.\n",
        f"TROMSO (NFA) — {BODY}\nThe Northern Fishing Agents said so.\n",
        f"The council (ABC) — which meets on Monday — will hear it. {BODY}",
        f"{BODY}\nReporting by a commission of the parliament is due in June.\n",
        f"{BODY}\nThe piece first appeared in a parish newsletter.\n",
        f"{BODY}\nCopyright 2024 Tromso Harbour Board.\n",
        "",
        "(AP) —",
        "© " * 2000,
    ],
)
def test_what_is_no_credit(text: str) -> None:
    assert credit(text) is None


def test_metadata_win_over_the_text() -> None:
    text = f"TROMSO, Norway (AP) — {BODY}"
    for given, wanted in ((None, "Associated Press"), ("NTB", "NTB")):
        (made,) = annotate([Article("a", text, "0" * 64, credit=given)], default_reader())
        assert made.article.credit == wanted


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Rosa Lindqvist", "Rosa Lindqvist"),
        ("By Lena Ode and Max Roy", "Lena Ode, Max Roy"),
        ("By Marcus Tell, Olivia Prado and Jun Sato, CNBN", "Marcus Tell, Olivia Prado, Jun Sato"),
        ("By Tobias Renn • June 3, 2022", "Tobias Renn"),
        ("By Nia Rowe, a reporter who covers chips and hardware.", "Nia Rowe"),
        ("By GEMMA TRASK FOR THE DAILY HERALD", "GEMMA TRASK"),
        ("Analysis by Pete Lindqvist", "Pete Lindqvist"),
        ("Words by Sunniva van der Dahl", "Sunniva van der Dahl"),
    ],
)
def test_a_byline_above_the_text_is_the_author(line: str, author: str) -> None:
    text = f"Ferries collide in the fog\n\n{line}\n\n{BODY}"
    assert find_author(text, find_blocks(text, None)) == author


@pytest.mark.parametrize(
    "text",
    [
        f"Ferries collide\n\nPhotographs by Jonas Eide\n\n{BODY}",
        f"Ferries collide\n\nEdited by Kim Berg\n\n{BODY}",
        f"Ferries collide\n\nBy Associated Press\n\n{BODY}",
        f"Ferries collide\n\nBy Staff Reporter\n\n{BODY}",
        f"By Friday Morning two had left the harbour, the guard said.\n\n{BODY}",
        f"{BODY}\nBridge to close\n\nBy Rosa Lindqvist\n",
        BODY,
    ],
)
def test_others_than_writers_are_no_authors(text: str) -> None:
    assert find_author(text, find_blocks(text, None)) is None


def test_what_is_known_of_the_author_holds_against_the_byline() -> None:
    text = f"By Rosa Lindqvist\n\n{BODY}"
    for known, author in ((None, "Rosa Lindqvist"), ("Kim Berg", "Kim Berg")):
        (annotated,) = annotate([Article("a", text, "0" * 64, author=known)], default_reader())
        assert annotated.article.author == author
