"""Sentences: examples by kind of difficulty, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.cleaning.text import LONGEST_SENTENCE, split_sentences

# Pieces that stop rules trip over, so that random texts are not only noise.
_SEEN = "A a 9 . ? ! ... … , - — ( ) [1] \" ' '' “ ” Mr. U.S. p.m. said The é е\u0301 中 。 😀 \ud800"
_BLANKS = [" ", "\n", "\n\n", "\u00a0", "\u2028", "\x1f"]
PIECES = st.sampled_from([*_SEEN.split(" "), *_BLANKS])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    "parts",
    [
        ["The mayor resigned.", "Nobody was surprised!", "Why now?", "It is unclear."],
        ["Dr. Ana Sousa met Lt. Gov. Kim.", "They talked."],
        ["The U.S. Treasury fined Acme Inc. for fraud."],
        ["It sold its stake in Acme Inc.", "The buyer was not named."],
        ["Talks ended at 4 p.m. Tuesday in Washington, D.C.", "No deal was signed."],
        ["Rates rose 0.25 points to 4.5 percent.", "Bonds fell."],
        ["J. R. Cole and Mary K. Ode sued."],
        ["“We are done.", "We will not return,” the chair said.", "Then he left."],
        ['"We are done," he said. '.strip(), '"Go home."', "She nodded."],
        ["The vote failed (it needed 60 votes.)", "Leaders adjourned."],
        ["Turnout was low ... and falling.", "Nobody cared."],
        ["He asked “Who pays?” and sat down.", "Silence followed."],
        ["Figures were revised.[12]", "A second survey followed."],
        ["She spoke to No. 10 officials.", "The answer was no.", "He agreed."],
        ["“It is over.”", "“Not yet.”"],
        ["The board met Sept. 4 and again on Oct. 9.", "It voted once."],
        ["1. Cut red tape now.", "Then hire."],
        ["Prices rose.", "iPhone sales did not."],
        ["They left early .", "`` It rained , '' Mr. Ito said .", "`` We ran . ''", "Nobody spoke ."],
        ["Mr . Costa left .", "The U . S . Navy stayed ."],
    ],
)
def test_sentences_are_split_where_a_reader_would(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


def test_closing_quote_without_a_blank_ends_a_sentence() -> None:
    assert sentences("“We lost.”The crowd left.") == ["“We lost.”", "The crowd left."]


def test_one_line_break_is_a_blank_and_a_blank_line_is_a_break() -> None:
    assert sentences("The talks\nended. Nobody\nwon") == ["The talks\nended.", "Nobody\nwon"]
    assert sentences("A heading\n\nThe talks ended.") == ["A heading", "The talks ended."]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t", "\u00a0"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text, 0, len(text)) == []


@given(TEXTS, st.integers(0, 60), st.integers(0, 60))
def test_sentences_are_ordered_and_hold_all_that_is_not_blank(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    spans = split_sentences(text, start, end)
    held: set[int] = set()
    last = start
    for span in spans:
        assert last <= span.start < span.end <= end
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        held.update(range(span.start, span.end))
        last = span.end
    assert all(text[at].isspace() for at in range(start, end) if at not in held)


@given(TEXTS)
def test_a_block_is_split_the_same_wherever_it_stands(text: str) -> None:
    before = "Earlier words. "
    moved = split_sentences(f"{before}{text} Later.", len(before), len(before) + len(text))
    assert [(s.start - len(before), s.end - len(before)) for s in moved] == [
        (s.start, s.end) for s in split_sentences(text, 0, len(text))
    ]


def test_words_without_end_are_cut_at_blanks() -> None:
    text = "the ferry sails on and " * 2_000
    sentences = split_sentences(text, 0, len(text))
    assert len(sentences) > 1
    assert all(s.end - s.start <= LONGEST_SENTENCE for s in sentences)
    assert " ".join(text[s.start : s.end] for s in sentences) == text.strip()


def test_one_word_without_end_is_cut_too() -> None:
    text = "a" * (2 * LONGEST_SENTENCE + 1)
    assert [s.end for s in split_sentences(text, 0, len(text))] == [
        LONGEST_SENTENCE,
        2 * LONGEST_SENTENCE,
        2 * LONGEST_SENTENCE + 1,
    ]
