"""What the model sees of a text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.tagging.features import CONTEXTS, MAX_PIECES_PER_WORD, SHAPES, contexts_of, split_words
from onrecord.tagging.pieces import WordPieces


def small_vocabulary() -> WordPieces:
    """Knows single letters only, so that every word is cut."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,\"'“”"
    vocabulary = {"[UNK]": 0} | {c: i + 1 for i, c in enumerate(letters)}
    return WordPieces(vocabulary | {f"##{c}": len(vocabulary) + i for i, c in enumerate(letters)})


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_words_are_in_order_and_within_the_text(text: str) -> None:
    words = split_words(small_vocabulary(), text)
    at = 0
    for start, end in zip(words.starts, words.ends, strict=True):
        assert at <= start < end <= len(text)
        at = end
    assert all(1 <= len(pieces) <= MAX_PIECES_PER_WORD for pieces in words.pieces)
    assert all(0 < shape < SHAPES for shape in words.shapes)
    assert all(0 <= context < CONTEXTS for context in words.contexts)


def test_offsets_count_in_the_whole_text() -> None:
    text = "Skip this. Mayors met."
    words = split_words(small_vocabulary(), text, 11)
    assert [text[a:b] for a, b in zip(words.starts, words.ends, strict=True)] == ["Mayors", "met", "."]


def test_a_quotation_ends_with_its_line() -> None:
    words = ['"', "We", "left", "He", "said"]
    assert contexts_of(words, [True, False, False, True, False]) == [3, 2, 2, 1, 0]


def test_straight_marks_open_and_close() -> None:
    words = ['"', "Yes", '"', "he", "said", '"', "No", '"']
    assert contexts_of(words, [True] + [False] * 7) == [3, 2, 2, 0, 0, 2, 2, 2]
