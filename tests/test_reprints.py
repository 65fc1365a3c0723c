"""Near-copies: cut, retitled and added to, but never two stories that only quote the same words."""

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_news import tell

from onrecord.model import Annotated
from onrecord.resolving.reprints import REPRINT, copies, find_reprints

WORDS = [
    *("harbour", "ferry", "council", "pilot", "storm", "bridge", "winter", "budget", "vote", "mayor", "dock"),
    *("crane", "signal", "engine", "fog", "market", "school", "strike", "wage", "court", "appeal", "judge"),
    *("river", "flood", "rescue", "tower", "cable", "train", "delay", "repair", "festival", "actor", "stage"),
    *("violin", "museum", "painting", "thief", "alarm", "guard", "border", "visa", "student", "grant"),
]


def story(seed: int, paragraphs: int = 8) -> list[str]:
    """Paragraphs of forty words, different for every seed."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=40)).capitalize() + "." for _ in range(paragraphs)]


def article(paragraphs: Sequence[str], name: str) -> Annotated:
    return tell("\n\n".join(paragraphs), name=name)


def pairs(articles: Sequence[Annotated]) -> set[frozenset[str]]:
    names = {one.article.source_id: one.article.name for one in articles}
    return {frozenset((names[row.source_id], names[row.other_source_id])) for row in find_reprints(articles)}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: ["Fog closes port", *text],
        lambda text: text[:3],
        lambda text: text[5:],
        lambda text: text[1:4] + story(77, 2),
        lambda text: [*story(78, 8), *text],
        lambda text: [paragraph.upper() for paragraph in text],
        lambda text: [paragraph.replace(" ", "\n") for paragraph in text],
        lambda text: [text[0], *story(79, 1), *text[2:6]],
    ],
    ids=["headline", "first part", "last part", "cut and added", "long lead", "case", "line ends", "edited"],
)
def test_a_changed_copy_is_found(change: Callable[[list[str]], list[str]]) -> None:
    others = [article(story(seed), f"other {seed}") for seed in range(20, 40)]
    held = [article(story(1), "first"), article(change(story(1)), "copy"), *others]
    assert pairs(held) == {frozenset(("first", "copy"))}


def test_the_similarity_is_the_share_of_the_shorter_text() -> None:
    whole = story(1)
    (row,) = find_reprints([article(whole, "a"), article(whole[:4], "b")])
    assert row.similarity == 1.0
    (row,) = find_reprints([article(whole, "a"), article(whole[:3] + story(2, 2), "b")])
    assert row.similarity is not None
    assert REPRINT <= row.similarity < 0.7
    assert row.source_id < row.other_source_id


def test_a_shared_quotation_is_no_reprint() -> None:
    quoted = story(5, 1)
    assert not pairs([article(story(1) + quoted, "a"), article(story(2) + quoted, "b")])
    assert not pairs([article(story(1, 2)[:1], "a"), article(story(2, 2)[:1], "b")])


def test_a_standing_line_in_many_articles_ties_none() -> None:
    line = [
        "Sign up for the morning letter of this newspaper and read what matters before others do, every day."
    ]
    assert not pairs([article(story(seed) + line, str(seed)) for seed in range(60)])


def test_furniture_is_not_compared() -> None:
    text = "\n\n".join(story(9))
    one = tell(text, name="one")
    other = tell("\n\n".join(story(10)) + "\n\n" + text, name="other")
    assert find_reprints([one, other])
    start = other.article.text.index(text)
    blocks = (
        type(one.blocks[0])(0, start, "body"),
        type(one.blocks[0])(start, len(other.article.text), "furniture"),
    )
    hidden = Annotated(other.article, blocks, (), (), (), (), ())
    assert not find_reprints([one, hidden])


def test_many_copies_hang_together_in_few_rows() -> None:
    held = [article([f"Edition {number}", *story(3)], str(number)) for number in range(60)]
    rows = find_reprints(held)
    named = copies(rows)
    assert len(rows) < 60 * 17
    assert set(named.values()) == {min(one.article.source_id for one in held)}
    assert len(named) == 60


@pytest.mark.parametrize("text", ["", " ", "one two three", "\n\n\n", "“”…—", "a b c d e " * 3])
def test_texts_with_next_to_nothing(text: str) -> None:
    assert find_reprints([tell(text or ".", name="a"), tell(text + "!", name="b")]) == ()
    assert find_reprints([]) == ()


@given(st.permutations(range(6)))
def test_the_order_of_the_articles_does_not_matter(order: list[int]) -> None:
    whole = story(1)
    texts = [whole, whole[:4], ["New headline", *whole], story(2), story(2)[2:], story(3)]
    held = [article(text, str(number)) for number, text in enumerate(texts)]
    assert find_reprints([held[number] for number in order]) == find_reprints(held)
