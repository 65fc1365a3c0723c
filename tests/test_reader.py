"""The built-in reader: a gate on what it finds, and what must hold for any text."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.cleaning.text import split_sentences
from onrecord.errors import ReaderError
from onrecord.model import Block, Document, Reading, Span
from onrecord.overlap import HasOffsets
from onrecord.tagging.features import Words
from onrecord.tagging.reader import MODEL_SHA256, TrainedReader
from onrecord.tagging.windows import cut_windows

GATE = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "reader_gate.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
EDGES = '"“”.,'
ARTICLE = (
    "Mayor Ana Ruiz said on Tuesday that the bridge would reopen in May. “We are ready,” she added.\n\n"
    "According to the Transport Office, 400 workers repaired it. "
    "The old bridge collapsed in 2021, killing two.\n\n"
) * 6


@pytest.fixture(scope="module")
def reader() -> TrainedReader:
    return TrainedReader()


def document_of(text: str) -> Document:
    return Document(text, (Block(0, len(text), "body"),), tuple(split_sentences(text, 0, len(text))))


def read(reader: TrainedReader, text: str) -> Reading:
    (reading,) = reader.read([document_of(text)])
    return reading


def found(text: str, reading: Reading) -> dict[str, list[object]]:
    def words(span: HasOffsets) -> str:
        return text[span.start : span.end].strip(EDGES)

    return {
        "roles": [[r.role, words(r)] for r in reading.roles],
        "names": [[n.type, words(n)] for n in reading.names],
        "told": [words(t) for t in reading.told if t.likely >= 0.5],
        "statements": [words(s) for s in reading.statements],
    }


def wanted(value: object) -> object:
    if isinstance(value, list):
        return [wanted(item) for item in value]
    return value.strip(EDGES) if isinstance(value, str) else value


def gate_cases() -> Iterator[object]:
    for case in GATE:
        fails = pytest.mark.xfail(strict=True, reason=case.get("why", ""))
        yield pytest.param(case, id=case["id"], marks=[fails] if case["kind"] == "known_failure" else [])


@pytest.mark.parametrize("case", list(gate_cases()))
def test_gate(reader: TrainedReader, case: dict[str, Any]) -> None:
    """Roles, names, phrases and statements are all there are; triggers are some of those there are."""
    text = str(case["text"])
    mine = found(text, read(reader, text))
    for layer in ("roles", "names", "phrases", "statements"):
        if layer in case:
            assert mine[layer] == wanted(case[layer]), layer
    for trigger in case.get("triggers", []):
        assert wanted(trigger) in mine["triggers"]


def test_the_gate_holds_every_kind_of_case() -> None:
    assert {case["kind"] for case in GATE} == {"positive", "negative", "known_failure"}


def test_the_weights_are_the_pinned_ones(reader: TrainedReader) -> None:
    assert reader.model_sha256 == MODEL_SHA256


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    altered = tmp_path / "reader.onnx"
    altered.write_bytes(b"no network")
    with pytest.raises(ReaderError, match="install the package anew"):
        TrainedReader(altered)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"nowhere\.onnx"):
        TrainedReader(tmp_path / "nowhere.onnx")


def test_a_reading_does_not_depend_on_its_neighbours_or_threads(reader: TrainedReader) -> None:
    texts = [ARTICLE, "Short.", "The minister resigned on Monday, officials said.", ARTICLE[:300]]
    documents = [document_of(text) for text in texts]
    together = list(reader.read(documents))
    assert together == [read(reader, text) for text in texts]
    assert together == list(reversed(list(reader.read(documents[::-1]))))
    assert together == list(TrainedReader(threads=2).read(documents))


def test_furniture_is_not_read(reader: TrainedReader) -> None:
    text = "Ana Ruiz resigned.\nShare this with Bob Stone\nThe mayor left."
    sentences = (Span(0, 18), Span(45, 60))
    (reading,) = reader.read([Document(text, (Block(19, 44, "furniture"),), sentences)])
    spans: tuple[HasOffsets, ...] = (
        *reading.names,
        *reading.roles,
        *reading.statements,
        *reading.tokens,
        *reading.told,
    )
    assert spans
    assert all(span.end <= 19 or span.start >= 44 for span in spans)


def test_an_empty_document_has_an_empty_reading(reader: TrainedReader) -> None:
    assert read(reader, "") == Reading()
    assert read(reader, "\n \n") == Reading()


def test_a_content_that_runs_over_sentences_is_one(reader: TrainedReader) -> None:
    text = "“The water is clean. We tested it twice,” Lena Brandt said."
    contents = [text[r.start : r.end] for r in read(reader, text).roles if r.role == "content"]
    assert [content.strip(EDGES) for content in contents] == ["The water is clean. We tested it twice"]


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=120))
def test_spans_are_sorted_and_within_any_text(reader: TrainedReader, text: str) -> None:
    reading = read(reader, text)
    heads = [token.head for token in reading.tokens]
    assert all(head is None or head != number for number, head in enumerate(heads))
    assert all(0 < event.likely <= 1 for event in reading.told)
    for spans in (reading.names, reading.roles, reading.statements):
        at = 0
        for span in spans:
            assert at <= span.start < span.end <= len(text)
            assert 0 <= span.confidence <= 1
            at = span.end


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(1, 8), min_size=1, max_size=60), max_size=12), st.integers(8, 64))
def test_windows_cover_every_word_once_in_order(sentences: list[list[int]], longest: int) -> None:
    sizes = [size for sentence in sentences for size in sentence]
    blank = [0] * len(sizes)
    words = Words(blank, blank, [[1] * size for size in sizes], blank, blank)
    ranges, at = [], 0
    for sentence in sentences:
        ranges.append((at, at + len(sentence)))
        at += len(sentence)
    windows = cut_windows(words, ranges, longest)
    assert [i for window in windows for i in range(window.first, window.last)] == list(range(len(sizes)))
    assert all(sum(sizes[w.first : w.last]) <= longest for w in windows)
