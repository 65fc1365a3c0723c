"""Words are cut into the pieces into which the library of the model's makers cuts them."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from onrecord.tagging.pieces import LONGEST, WordPieces

ARTICLES = sorted((Path(__file__).parent.parent / "showcase" / "articles").glob("*.md"))

Words = list[tuple[int, int, list[int]]]
BLOCKS = [
    (0x20, 0x61C),
    (0x1E00, 0x2800),
    (0x3000, 0x3100),
    (0x4E00, 0x4F00),
    (0xAC00, 0xAD00),
    (0xFB00, 0xFB50),
]
SIGNS = st.characters(codec="utf-8", max_codepoint=0x5FF) | st.sampled_from("—“”’…é港ﬁ✓📦\u2028\u200b\ufeff")


@cache
def both() -> tuple[Tokenizer, WordPieces]:
    """The library and our own, with the vocabulary that comes with the reader's weights."""
    path = str(files("onrecord") / "data" / "reader.onnx")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    told = session.get_modelmeta().custom_metadata_map["tokenizer"]
    return Tokenizer.from_str(told), WordPieces.from_json(told)


def by_library(text: str) -> Words:
    encoding = both()[0].encode(text, add_special_tokens=False)
    found: Words = []
    last = None
    for piece, word, (start, end) in zip(encoding.ids, encoding.word_ids, encoding.offsets, strict=True):
        if word != last:
            found.append((start, end, [piece]))
            last = word
        else:
            found[-1] = (found[-1][0], end, [*found[-1][2], piece])
    return found


def ours(text: str) -> Words:
    return list(both()[1].words(text))


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_articles_are_cut_as_by_the_library(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ours(text) == by_library(text) != []


@pytest.mark.parametrize(("first", "last"), BLOCKS)
def test_characters_are_read_as_by_the_library(first: int, last: int) -> None:
    odd = [
        hex(n)
        for n in range(first, last)
        if ours(f"a{chr(n)}b {chr(n)}") != by_library(f"a{chr(n)}b {chr(n)}")
    ]
    assert odd == []


@settings(max_examples=300, deadline=None)
@given(st.text(SIGNS, max_size=60))
def test_any_text_is_cut_as_by_the_library(text: str) -> None:
    if not any(special in text for special in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")):
        assert ours(text) == by_library(text)


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1])
def test_a_word_without_end_is_unknown_as_by_the_library(length: int) -> None:
    assert ours("a" * length) == by_library("a" * length)


def test_marks_of_the_model_in_an_article_are_words_as_others() -> None:
    assert [(start, end) for start, end, _ in ours("a [SEP] b")] == [(0, 1), (2, 3), (3, 6), (6, 7), (8, 9)]
