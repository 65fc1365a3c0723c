"""The built-in reader: one small neural network, several heads, one pass over an article.

MiniLM's encoder (Wang and others 2020) with embeddings for the shape of each word, trained on PolNeAR,
FactAppeal, MEANTIME, ECB+ and GUM by the scripts in ``train/``; ``docs/model-card.md`` says what it reaches
and where it fails.

An article is read in windows of whole sentences, one at a time. The activations are quantised by the range
they have in a window, so windows are never read together: what a reader finds in an article depends on that
article alone.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import cast

import numpy as np
from tokenizers import Tokenizer

from onrecord.errors import ReaderError
from onrecord.model import (
    Certainty,
    Document,
    EntityType,
    Name,
    Phrase,
    Polarity,
    Reading,
    Role,
    RoleKind,
    Statement,
    Time,
    Trigger,
)
from onrecord.tagging.features import OPENS_LINE, WORD_SHAPES, Words, split_words
from onrecord.tagging.runtime import onnxruntime
from onrecord.tagging.spans import Floats, Ints, Run, best_chains, likely_runs, may_follow, runs_of, softmax

MODEL_SHA256 = "0ddf03cdecfa844aaa8a11c11e6d666681bbe6bb444a195bf03889089ab50e40"
"""The weights this version was made for."""

LONGEST = 128
"""Pieces in a window. Content exact F1 on PolNeAR dev with 96, 128, 192, 256: 67.8, 68.6, 67.7, 67.7."""

NAME_LIKELY, TRIGGER_LIKELY, PHRASE_LIKELY = 0.6, 0.25, 0.6
"""How likely a word must be within a name, a trigger or a date phrase: the best of five values or so on
MEANTIME, each topic held out. Names are settled afterwards by ``people.settle``, where 0.5 to 0.8 make 0.9 F1
of difference on UNER EWT dev at most. Triggers are many, since
``happening.triggers`` asks more of nouns: 87.0 F1 on ECB+ dev with 0.25, 86.7 with 0.35."""

SHORTEST_STATEMENT = 4
"""Words and marks in a statement: the shortest of FactAppeal's training part has four."""

UNGROUPED = -1  # which fragments belong together is for later stages to say
OPENING, CLOSING = 101, 102  # MiniLM's [CLS] and [SEP]


@dataclass(frozen=True, slots=True)
class Window:
    """Words [first, last) of an article."""

    first: int
    last: int


def cut_windows(words: Words, sentences: Sequence[tuple[int, int]], longest: int = LONGEST) -> list[Window]:
    """Windows of whole sentences of about equal size; a sentence longer than a window is cut between words.

    ``sentences`` are word numbers [first, last). Neighbours that do not touch (furniture stands between them)
    do not share a window.
    """
    sizes = [0]
    for pieces in words.pieces:
        sizes.append(sizes[-1] + len(pieces))
    stretches: list[list[tuple[int, int]]] = []
    for first, last in sentences:
        if first >= last:
            continue
        if stretches and stretches[-1][-1][1] == first:
            stretches[-1].append((first, last))
        else:
            stretches.append([(first, last)])
    return [window for stretch in stretches for window in _cut_stretch(sizes, stretch, longest)]


def _cut_stretch(sizes: list[int], stretch: list[tuple[int, int]], longest: int) -> Iterator[Window]:
    total = sizes[stretch[-1][1]] - sizes[stretch[0][0]]
    target = total / -(-total // longest)
    begin = end = stretch[0][0]
    for first, last in stretch:
        size = sizes[end] - sizes[begin]
        added = sizes[last] - sizes[first]
        if size and (size + added > longest or size + added / 2 > target):
            yield Window(begin, end)
            begin = first
        end = last
        while sizes[end] - sizes[begin] > longest:
            cut = max(begin + 1, bisect_right(sizes, sizes[begin] + longest) - 1)
            yield Window(begin, cut)
            begin = cut
    if begin < end:
        yield Window(begin, end)


def word_ranges(words: Words, document: Document) -> list[tuple[int, int]]:
    """The document's sentences as numbers [first, last) of the words that begin in them."""
    return [
        (bisect_left(words.starts, sentence.start), bisect_left(words.starts, sentence.end))
        for sentence in document.sentences
    ]


class TrainedReader:
    """Reads with the network that ships with the package.

    ``path`` is another weights file, ``sha256`` what it must hash to (null: anything). ``threads`` is how
    many a window is computed with; the results do not depend on it.

    Raises ReaderError where the weights are missing or are not the ones this version was made for.
    """

    method = "reader"

    def __init__(self, path: Path | None = None, sha256: str | None = MODEL_SHA256, threads: int = 1):
        self._path = path or Path(str(files("onrecord") / "data" / "reader.onnx"))
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise ReaderError(
                f"the reader's weights cannot be read: {self._path}: {error.strerror}"
            ) from error
        self.model_sha256 = hashlib.sha256(data).hexdigest()
        if sha256 is not None and self.model_sha256 != sha256:
            raise ReaderError(
                f"the reader's weights {self._path} have the SHA-256 {self.model_sha256[:16]}…, "
                f"this version was made for {sha256[:16]}…: install the package anew"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        facts = self._session.get_modelmeta().custom_metadata_map
        self._tokenizer = Tokenizer.from_str(facts["tokenizer"])
        self._tags: dict[str, list[str]] = json.loads(facts["heads"])
        self._role_steps = np.array(json.loads(facts["transitions"]), np.float32)
        self._claim_steps = may_follow(self._tags["claims"])

    @cached_property
    def _columns(self) -> dict[str, slice]:
        columns, at = {}, 0
        for head, tags in self._tags.items():
            columns[head] = slice(at, at + len(tags))
            at += len(tags)
        return columns

    def read(self, documents: Sequence[Document]) -> Iterator[Reading]:
        """One reading for each document, in order."""
        for document in documents:
            yield self._read_one(document)

    def _read_one(self, document: Document) -> Reading:
        words = split_words(self._tokenizer, document.text)
        sentences = word_ranges(words, document)
        windows = cut_windows(words, sentences)
        if not windows:
            return Reading()
        parts = [self._score(words, window) for window in windows]
        scores = np.concatenate(parts)
        # From here on words are numbered as they were read: row i of the scores is word places[i].
        places = np.concatenate([np.arange(window.first, window.last) for window in windows])
        return Reading(
            names=tuple(self._names(words, places, scores)),
            roles=tuple(self._roles(words, places, scores, parts)),
            triggers=tuple(self._triggers(words, places, scores)),
            phrases=tuple(self._phrases(words, places, scores)),
            statements=tuple(self._statements(document, words, places, scores, parts)),
        )

    def _score(self, words: Words, window: Window) -> Floats:
        pieces, shapes, contexts, first = [OPENING], [0], [0], []
        for i in range(window.first, window.last):
            own = words.pieces[i]
            first.append(len(pieces))
            pieces += own
            shapes += [words.shapes[i]] * len(own)
            contexts += [words.contexts[i]] * len(own)
        pieces.append(CLOSING)
        shapes.append(0)
        contexts.append(0)
        feed = {"pieces": pieces, "shapes": shapes, "contexts": contexts, "first": first}
        arrays = {name: np.array(values, np.int64) for name, values in feed.items()}
        return cast(Floats, self._session.run(["scores"], arrays)[0])

    def _head(self, scores: Floats, name: str) -> Floats:
        return scores[:, self._columns[name]]

    def _roles(self, words: Words, places: Ints, scores: Floats, parts: list[Floats]) -> Iterator[Role]:
        chains = best_chains([self._head(part, "roles") for part in parts], self._role_steps)
        chances = softmax(self._head(scores, "roles"))
        for run in runs_of(np.concatenate(chains).tolist(), self._tags["roles"], chances):
            start, end = _bounds(words, places, run)
            yield Role(start, end, cast(RoleKind, run.label), UNGROUPED, round(run.confidence, 2))

    def _likely(
        self, words: Words, places: Ints, scores: Floats, head: str, threshold: float
    ) -> Iterator[Run]:
        opens = np.array(words.contexts, np.int64)[places] & OPENS_LINE > 0
        for run in likely_runs(softmax(self._head(scores, head)), self._tags[head], threshold, opens):
            if any(words.shapes[places[i]] in WORD_SHAPES for i in range(run.first, run.last)):
                yield run

    def _names(self, words: Words, places: Ints, scores: Floats) -> Iterator[Name]:
        for run in self._likely(words, places, scores, "names", NAME_LIKELY):
            start, end = _bounds(words, places, run)
            yield Name(start, end, cast(EntityType, run.label), round(run.confidence, 2))

    def _triggers(self, words: Words, places: Ints, scores: Floats) -> Iterator[Trigger]:
        marks = {name: self._head(scores, name).argmax(axis=1) for name in ("certainty", "polarity", "time")}
        for run in self._likely(words, places, scores, "triggers", TRIGGER_LIKELY):
            start, end = _bounds(words, places, run)
            certainty, polarity, time = (self._tags[name][marks[name][run.first]] for name in marks)
            yield Trigger(
                start,
                end,
                cast(Certainty, certainty),
                cast(Polarity, polarity),
                cast(Time, time),
                round(run.confidence, 2),
            )

    def _phrases(self, words: Words, places: Ints, scores: Floats) -> Iterator[Phrase]:
        for run in self._likely(words, places, scores, "dates", PHRASE_LIKELY):
            start, end = _bounds(words, places, run)
            yield Phrase(start, end, round(run.confidence, 2))

    def _statements(
        self, document: Document, words: Words, places: Ints, scores: Floats, parts: list[Floats]
    ) -> Iterator[Statement]:
        chains = best_chains([self._head(part, "claims") for part in parts], self._claim_steps)
        chances = softmax(self._head(scores, "claims"))
        starts = [sentence.start for sentence in document.sentences]
        for run in runs_of(np.concatenate(chains).tolist(), self._tags["claims"], chances):
            if run.label != "own":
                continue
            rows = range(run.first, run.last)
            for number, group in groupby(rows, lambda row: bisect_right(starts, words.starts[places[row]])):
                part = list(group)
                sentence = document.sentences[number - 1]
                if len(part) < SHORTEST_STATEMENT or asks(document.text[sentence.start : sentence.end]):
                    continue
                start, end = _bounds(words, places, Run(part[0], part[-1] + 1, run.label, run.confidence))
                yield Statement(start, end, round(run.confidence, 2))


def asks(sentence: str) -> bool:
    """Whether a sentence is a question: of those in FactAppeal's training part 25 of 28 claim nothing.

    >>> asks("Who will pay for it?”"), asks("Voters will pay for it.")
    (True, False)
    """
    return sentence.rstrip(" \"'”’)").endswith("?")


def _bounds(words: Words, places: Ints, run: Run) -> tuple[int, int]:
    return words.starts[places[run.first]], words.ends[places[run.last - 1]]
