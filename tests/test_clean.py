"""Kinds of lines: page layouts with floors under the figures, traps that stay body, and what always holds."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.cleaning.clean import RULES, find_blocks
from onrecord.model import Block

ROOT = Path(__file__).parents[1]
LAYOUTS = sorted((ROOT / "tests" / "data" / "layouts").glob("*.txt"))
KINDS = {"T": "title", "S": "standfirst", "H": "heading", "B": "body", "C": "correction", "F": "furniture"}

# Precision and recall over all lines of tests/data/layouts; a figure may rise, never fall.
FLOORS = {
    "title": (1.0, 1.0),
    "standfirst": (1.0, 1.0),
    "heading": (1.0, 0.95),
    "body": (0.99, 1.0),
    "furniture": (0.99, 0.99),
}


@dataclass(frozen=True)
class Layout:
    text: str
    kinds: dict[int, str]


def read_layout(path: Path) -> Layout:
    lines: list[str] = []
    kinds: dict[int, str] = {}
    at = 0
    for row in path.read_text(encoding="utf-8").splitlines()[1:]:
        mark, _, line = row.partition(" ")
        if mark in KINDS:
            kinds[at] = KINDS[mark]
        lines.append(line)
        at += len(line) + 1
    return Layout("\n".join(lines), kinds)


def kinds_of(text: str, title: str | None = None) -> list[str]:
    return [block.kind for block in find_blocks(text, title)]


def test_layouts_are_many_and_varied() -> None:
    assert len(LAYOUTS) >= 25


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_each_line_of_a_layout_is_one_block(path: Path) -> None:
    layout = read_layout(path)
    assert [block.start for block in find_blocks(layout.text)] == list(layout.kinds)


def test_precision_and_recall_on_the_layouts_do_not_fall() -> None:
    right: Counter[str] = Counter()
    given_kinds: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for path in LAYOUTS:
        layout = read_layout(path)
        for block in find_blocks(layout.text):
            given_kinds[block.kind] += 1
            wanted[layout.kinds[block.start]] += 1
            right[block.kind] += block.kind == layout.kinds[block.start]
    for kind, (precision, recall) in FLOORS.items():
        assert right[kind] / given_kinds[kind] >= precision, kind
        assert right[kind] / wanted[kind] >= recall, kind


SENTENCES = [
    "Follow the money, she told the court, and it leads to the port.",
    "Photo identification will be needed at the polls, the clerk said.",
    "Share prices fell for a third day on Tuesday.",
    "Reporting by the Tribune led to four arrests last year.",
    "Editing by committee has slowed the bill.",
    "Read the bill before you vote, the speaker told members.",
    "Related industries have asked for help as well.",
    "By Friday, the number of cases had doubled.",
    "This story is far from over, the judge said.",
    "The report was published on Monday and updated a day later.",
    "Getty Images sued the start-up, which denied the claim.",
    "Copyright 1998 was a landmark year for the courts.",
    "“Sign up for the newsletter,” he told the crowd.",
    "Twitter, Facebook and YouTube were blocked on Sunday.",
    "Sources said the deal was close.",
    "Ana Ruiz is an editor who was jailed in May.",
    "2016 was worse.",
    "Contact tracing will go on until spring.",
    "Advertisement sales fell by a tenth at both papers.",
    "Update the law, the panel said, or lose the case.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_the_article_stays_body_wherever_it_stands(sentence: str) -> None:
    others = ["The council met on Monday to hear from Ruiz and the port.", "No date was set for a vote."]
    for at in range(3):
        page = [*others[:at], sentence, *others[at:]]
        assert kinds_of("\n".join(page)) == ["body"] * 3
        assert kinds_of("\n\n".join(page)) == ["body"] * 3


def test_a_list_that_the_text_announces_stays_body() -> None:
    assert (
        kinds_of("The council met on Monday.\nThree won seats:\nAna Ruiz\nBo Lind\nCarl Ode")[:2]
        == ["body"] * 2
    )
    page = "The jury met on Monday.\nThe awards went to three films:\nThe long night\nA short day\nRain"
    assert kinds_of(page) == ["body"] * 5


def test_text_without_sentences_has_no_title_and_no_furniture() -> None:
    assert kinds_of("milk\neggs\nflour") == ["body"] * 3


def test_known_title_is_found_with_a_stop_or_a_site_name() -> None:
    body = "\nThe strike at the port ended on Monday."
    assert kinds_of("Port strike ends in deal." + body, "Port strike ends in deal") == ["title", "body"]
    assert kinds_of("Port strike ends in deal" + body, "Port strike ends in deal - The Post") == [
        "title",
        "body",
    ]


def test_known_title_that_is_not_there_marks_no_sentence() -> None:
    page = "The strike at the port ended on Monday.\nNo one was hurt, police said."
    assert kinds_of(page, "A title from elsewhere") == ["body", "body"]


def test_author_note_needs_a_stranger_to_the_article() -> None:
    note = "Ana Ruiz, a writer in Lima, has covered mining for years."
    assert kinds_of(f"Miners struck on Monday in the south.\n{note}") == ["body", "furniture"]
    assert kinds_of(f"Miners struck after Ruiz was fired on Monday.\n{note}") == ["body", "body"]


def test_lines_broken_by_hand_are_joined_and_short_lines_are_not() -> None:
    wrapped = (
        "The harbour master said on Tuesday that the northern channel\n"
        "would stay shut for as long as the dredgers needed and that\n"
        "nobody should expect it to open before the autumn storms had\n"
        "passed.\n\nBoat owners were not asked."
    )
    assert [block.end for block in find_blocks(wrapped)] == [wrapped.index("\n\n"), len(wrapped)]
    assert len(find_blocks("Ana Ruiz\nStaff writer\n\nThe port is shut.")) == 3


@pytest.mark.parametrize("rule", [*RULES, "meta", "opening"])
def test_each_rule_can_be_left_out_and_matters(rule: str) -> None:
    texts = [read_layout(path).text for path in LAYOUTS]
    assert any(find_blocks(text, disabled=frozenset({rule})) != find_blocks(text) for text in texts)


def test_seed_articles_keep_their_furniture_out() -> None:
    found: dict[str, set[str]] = {"furniture": set(), "title": set(), "standfirst": set()}
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for block in find_blocks(text):
            found.setdefault(block.kind, set()).add(text[block.start : block.end].split()[0])
    assert {"Brian", "©", "📑", "📅"} == found["furniture"]
    assert found["title"] == {"White"}
    assert found["standfirst"] == {"💡"}


# Pieces that the rules look for, so that random texts are not only noise.
_LABELS = (
    "Related|Sources|By Ana Ruiz|12 May 2020|Share|📑 Table of Contents|About Acme|Key points:|# b|(c) 2020 X"
)
_LINES = "The port was shut on Monday.|Acme makes nets.|Why now?|Ana Ruiz|ANA: No|a@b.example|- a|💡|“|\u2028"
_PIECES = [*_LABELS.split("|"), *_LINES.split("|"), "\n", "\n\n", " ", "\ud800", "x" * 120]
PIECES = st.sampled_from(_PIECES)
TEXTS = st.one_of(st.text(), st.builds(str.join, st.sampled_from(["", "\n"]), st.lists(PIECES, max_size=40)))


def held(blocks: tuple[Block, ...]) -> set[int]:
    return {at for block in blocks for at in range(block.start, block.end)}


@given(TEXTS, st.one_of(st.none(), st.text(max_size=20), PIECES))
def test_blocks_are_ordered_and_hold_all_that_is_not_blank(text: str, title: str | None) -> None:
    blocks = find_blocks(text, title)
    last = 0
    for block in blocks:
        assert last <= block.start < block.end <= len(text)
        assert not text[block.start].isspace()
        assert not text[block.end - 1].isspace()
        assert block.kind in KINDS.values()
        last = block.end
    inside = held(blocks)
    assert all(text[at].isspace() for at in range(len(text)) if at not in inside)


NOT_A_NOTE = [sentence for sentence in SENTENCES if not sentence.startswith("Ana Ruiz is an editor")]


@given(st.lists(st.sampled_from(NOT_A_NOTE), min_size=1, max_size=12))
def test_prose_alone_is_all_body(sentences: list[str]) -> None:
    assert set(kinds_of("\n".join(sentences))) == {"body"}
