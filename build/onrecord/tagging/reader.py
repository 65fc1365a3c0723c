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
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import accumulate, groupby
from pathlib import Path
from typing import cast

import numpy as np

from onrecord.errors import ReaderError
from onrecord.model import (
    VECTOR_STEPS,
    Document,
    EntityType,
    EventWord,
    Name,
    Reading,
    Role,
    RoleKind,
    Statement,
    Token,
)
from onrecord.tagging.features import OPENS_LINE, WORD_SHAPES, Words, split_words
from onrecord.tagging.pieces import WordPieces
from onrecord.tagging.runtime import onnxruntime
from onrecord.tagging.spans import (
    FORBIDDEN,
    Bools,
    Floats,
    Ints,
    Run,
    best_chains,
    likely_runs,
    may_follow,
    runs_of,
    softmax,
)
from onrecord.tagging.trees import best_tree, gelu
from onrecord.tagging.windows import Window, cut_windows, inputs_of, lead_of, word_ranges

MODEL_SHA256 = "2abe5f92210556cc48f112822810b793c1a00e913077fbd66a2eef0f75da49b1"
"""The weights this version was made for."""

NAME_LIKELY = 0.4
"""How likely a word must be within a name. Names are settled afterwards by ``people.settle``."""
EVENT_LIKELY = 0.1
"""How likely a word must be to tell an event that an editor lists, to be proposed; ``events`` chooses."""
FARTHEST = 64
"""Words between an event word and what may take part in it."""
REACH, UNLIKE = 256, -3.0
"""Event words before another that it is compared with; log odds below which nothing is told of two."""
LINK_LIKELY = 0.05
"""How likely a word must be to have a part in an event, to be proposed."""

SHORTEST_STATEMENT = 4
"""Words and marks in a statement: the shortest of FactAppeal's training part has four."""

UNGROUPED = -1  # which fragments belong together is for later stages to say


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
        self._vocabulary = WordPieces.from_json(facts["tokenizer"])
        self._tags: dict[str, list[str]] = json.loads(facts["heads"])
        self._role_steps = np.array(json.loads(facts["transitions"]), np.float32)
        self._claim_steps = may_follow(self._tags["claims"])
        self._relations: list[str] = json.loads(facts["relations"])
        self._layers = {
            name: (np.array(layer["weight"], np.float32), np.array(layer["bias"], np.float32))
            for name, layer in json.loads(facts["layers"]).items()
        }
        self._same_bias: float = json.loads(facts["same_bias"])
        self._columns = _slices({head: len(tags) for head, tags in self._tags.items()})
        self._vectors = _slices(json.loads(facts["vectors"]))

    def read(self, documents: Sequence[Document]) -> Iterator[Reading]:
        """One reading for each document, in order."""
        for document in documents:
            yield self._read_one(document)

    def _read_one(self, document: Document) -> Reading:
        words = split_words(self._vocabulary, document.text)
        sentences = word_ranges(words, document)
        windows = cut_windows(words, sentences)
        if not windows:
            return Reading()
        lead = lead_of(words, windows[0].first)
        read = [self._score(words, window, lead) for window in windows]
        parts = [scores for scores, _ in read]
        scores = np.concatenate(parts)
        vectors = np.concatenate([part for _, part in read])
        # From here on words are numbered as they were read: row i of the scores is word places[i].
        places = np.concatenate([np.arange(window.first, window.last) for window in windows])
        tokens = tuple(self._tokens(document, words, places, scores, read))
        return Reading(
            names=join_halves(document.text, list(self._names(words, places, scores)), tokens),
            roles=tuple(self._roles(words, places, scores, parts)),
            statements=tuple(self._statements(document, words, places, scores, parts)),
            tokens=tokens,
            told=tuple(self._event_words(words, places, scores, vectors)),
        )

    def _score(self, words: Words, window: Window, lead: Sequence[int]) -> tuple[Floats, Floats]:
        scores, vectors = self._session.run(["scores", "vectors"], inputs_of(words, window, lead))
        return cast(Floats, scores), cast(Floats, vectors)

    def _vector(self, vectors: Floats, name: str) -> Floats:
        return vectors[:, self._vectors[name]]

    def _over_two(self, layer: str, mixed: Floats) -> Floats:
        weight, bias = self._layers[layer]
        out: Floats = gelu(mixed) @ weight.T + bias
        return out

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

    def _tokens(
        self,
        document: Document,
        words: Words,
        places: Ints,
        scores: Floats,
        read: Sequence[tuple[Floats, Floats]],
    ) -> Iterator[Token]:
        tags = self._head(scores, "tags").argmax(axis=1)
        marks = tags == self._tags["tags"].index("PUNCT")
        forms = self._head(scores, "forms").argmax(axis=1).tolist()
        starts = [sentence.start for sentence in document.sentences]
        sentences = [bisect_right(starts, words.starts[place]) - 1 for place in places]
        first = 0
        for _, vectors in read:
            for begin, end in _runs(sentences[first : first + len(vectors)]):
                here = slice(first + begin, first + end)
                heads, relations = self._tree(vectors[begin:end], marks[here])
                for i, (head, relation) in enumerate(zip(heads, relations, strict=True)):
                    row = first + begin + i
                    yield Token(
                        start=words.starts[places[row]],
                        end=words.ends[places[row]],
                        tag=self._tags["tags"][tags[row]],
                        form=self._tags["forms"][forms[row]],
                        head=first + begin + head if head != i else None,
                        relation=relation,
                        sentence=sentences[row],
                    )
            first += len(vectors)

    def _tree(self, vectors: Floats, marks: Bools) -> tuple[list[int], list[str]]:
        """The heads of a sentence's words, the root's being itself, and their relations; only ``marks`` can
        hang as punctuation does."""
        head = self._vector(vectors, "arc_head")
        scores = self._vector(vectors, "arc_word") @ head[:, :-1].T + head[:, -1]
        np.fill_diagonal(scores, self._vector(vectors, "root")[:, 0])
        heads = best_tree(scores)
        mixed = self._vector(vectors, "label_word") + self._vector(vectors, "label_head")[heads]
        labels = self._over_two("labels", mixed)
        rooted = np.arange(len(heads)) == heads
        labels[~rooted, self._relations.index("root")] = FORBIDDEN
        labels[~marks, self._relations.index("punct")] = FORBIDDEN
        relations = [self._relations[number] for number in labels.argmax(axis=1)]
        return heads.tolist(), ["root" if own else name for own, name in zip(rooted, relations, strict=True)]

    def _event_words(
        self, words: Words, places: Ints, scores: Floats, vectors: Floats
    ) -> Iterator[EventWord]:
        likely = softmax(self._head(scores, "events"))[:, 1]
        worded = np.isin(np.array(words.shapes)[places], WORD_SHAPES)
        rows = np.flatnonzero((likely >= EVENT_LIKELY) & worded)
        status, report, types = (
            softmax(self._head(scores, head)[rows]) for head in ("status", "kinds", "types")
        )
        event, other = self._vector(vectors, "link_event"), self._vector(vectors, "link_other")
        alike = self._vector(vectors, "same")[rows]
        for number, row in enumerate(rows.tolist()):
            low, high = max(0, row - FARTHEST), min(len(places), row + FARTHEST + 1)
            links = softmax(self._over_two("links", event[row] + other[low:high]))
            near = np.flatnonzero(1 - links[:, 0] >= LINK_LIKELY)
            yield EventWord(
                start=words.starts[places[row]],
                end=words.ends[places[row]],
                token=row,
                likely=round(float(likely[row]), 3),
                status=_rounded(status[number]),
                report=round(float(report[number, 1]), 3),
                types=_rounded(types[number]),
                links={int(low + place): _rounded(links[place, 1:]) for place in near},
                same=self._alike_before(alike, number),
                vector=np.clip(np.round(alike[number] * VECTOR_STEPS), -127, 127).astype(np.int8).tobytes(),
            )

    def _alike_before(self, alike: Floats, number: int) -> dict[int, float]:
        """The event words before one that may tell the same event, with their log odds."""
        low = max(0, number - REACH)
        odds = alike[low:number] @ alike[number] / np.sqrt(alike.shape[1]) + self._same_bias
        return {low + int(n): round(float(odds[n]), 3) for n in np.flatnonzero(odds > UNLIKE)}

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


def join_halves(text: str, names: Sequence[Name], tokens: Sequence[Token]) -> tuple[Name, ...]:
    """The names, those in one that a hyphen parts and the tree holds together: "Jean-Claude Trichet", while
    in "the Trump-Putin call" both hang on the call."""
    flat = {token.start for token in tokens if token.relation in ("flat", "part")}
    found: list[Name] = []
    for name in names:
        last = found[-1] if found else None
        if last and last.type == name.type and text[last.end : name.start] == "-" and name.start in flat:
            found[-1] = Name(last.start, name.end, name.type, min(last.confidence, name.confidence))
        else:
            found.append(name)
    return tuple(found)


def _slices(widths: Mapping[str, int]) -> dict[str, slice]:
    """Where each part stands among all of them, one after another.

    >>> _slices({"a": 2, "b": 3})["b"]
    slice(2, 5, None)
    """
    ends = list(accumulate(widths.values()))
    return {name: slice(end - width, end) for (name, width), end in zip(widths.items(), ends, strict=True)}


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where equal neighbours begin and end.

    >>> list(_runs([4, 4, 5]))
    [(0, 2), (2, 3)]
    """
    at = 0
    for _, group in groupby(numbers):
        size = len(list(group))
        yield at, at + size
        at += size


def asks(sentence: str) -> bool:
    """Whether a sentence is a question: of those in FactAppeal's training part 25 of 28 claim nothing.

    >>> asks("Who will pay for it?”"), asks("Voters will pay for it.")
    (True, False)
    """
    return sentence.rstrip(" \"'”’)").endswith("?")


def _bounds(words: Words, places: Ints, run: Run) -> tuple[int, int]:
    return words.starts[places[run.first]], words.ends[places[run.last - 1]]
