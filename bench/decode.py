"""What constants of decoding the attribution roles would do best: run it for new weights.

    python -m bench.decode CORPORA [WEIGHTS]

CORPORA is a folder with polnear-dev (JSON lines, gzip), WEIGHTS a file for the trained reader. Prints F1 on
PolNeAR's development part for source, cue and content, by word and exact, and for linked attributions:
first by how much is added to the score of "no role" before the best chain is sought, then by the least
confidence of attributions that name nobody (``cleaning.bounds.VOICELESS``). Where a bias other than 0 is
clearly better, add it to the column "O" of the transitions in ``train/export.py``.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.rules import linked_pairs, words_in
from train.corpora import Row, bare, read_corpus, to_article

from onrecord.annotate import find_document
from onrecord.claims.attribute import join_attributions
from onrecord.cleaning import bounds
from onrecord.model import Attribution, Document, Reading, Span
from onrecord.tagging.features import Words
from onrecord.tagging.reader import TrainedReader
from onrecord.tagging.spans import Floats
from onrecord.tagging.windows import Window

BIASES = (-1.0, -0.6, -0.3, 0.0, 0.3, 0.6, 1.0)
LEAST = (0.0, 0.3, 0.4, 0.45, 0.5, 0.6)
ROLES = ("source", "cue", "content")


class Rereader(TrainedReader):
    """A reader that computes each window once and decodes it with any bias."""

    def __init__(self, weights: Path | None) -> None:
        super().__init__(weights, None)
        self._plain = self._role_steps.copy()
        self._seen: dict[tuple[int, ...], tuple[Floats, Floats]] = {}

    def lean(self, bias: float) -> None:
        """Add to the score of "no role"."""
        self._role_steps = self._plain.copy()
        self._role_steps[:, self._tags["roles"].index("O")] += bias

    def _score(self, words: Words, window: Window, lead: Sequence[int]) -> tuple[Floats, Floats]:
        seen = (*lead, *range(window.first, window.last))
        key = tuple(piece for i in seen for piece in (-1, *words.pieces[i]))
        if key not in self._seen:
            self._seen[key] = super()._score(words, window, lead)
        return self._seen[key]


def attribute(document: Document, reading: Reading, least: float) -> list[Attribution]:
    """The attributions of a document, those without a speaker from a confidence on."""
    reading = replace(reading, roles=bounds.cut_at_blocks(document, reading.roles))
    found = join_attributions(document, reading)
    return [a for a in found if a.quote_type != "none" and (a.speakers or a.confidence >= least)]


def spans_of(one: Attribution | Row, role: str) -> list[tuple[int, int]]:
    if isinstance(one, dict):
        return [(start, end) for start, end in one.get(role, [])]
    found: Sequence[Span] = {"source": one.speakers, "cue": one.cues, "content": one.content}[role]
    return [(span.start, span.end) for span in found]


def f1(gold: set[Any], found: set[Any]) -> float:
    return 200 * len(gold & found) / max(1, len(gold) + len(found))


def figures(entries: list[Row], found: list[list[Attribution]]) -> str:
    """By word and exact for each role, and linked."""
    cells = []
    for role in ROLES:
        words: list[set[Any]] = [set(), set()]
        exact: list[set[Any]] = [set(), set()]
        for number, (entry, mine) in enumerate(zip(entries, found, strict=True)):
            sides: list[Iterable[Any]] = [entry["attributions"], mine]
            for side, ones in enumerate(sides):
                spans = [span for one in ones for span in spans_of(one, role)]
                exact[side] |= {(number, *bare(entry["text"], *span)) for span in spans}
                words[side] |= {(number, place) for place in words_in(entry["text"], spans)}
        cells.append(f"{f1(*words):5.1f} /{f1(*exact):5.1f}")
    hits, total = 0, 0
    for entry, mine in zip(entries, found, strict=True):
        met, size = linked_pairs(entry, mine)
        hits, total = hits + met, total + size
    return "   ".join([*cells, f"{200 * hits / total:5.1f}"])


def main(folder: Path, weights: Path | None) -> None:
    entries = read_corpus(folder, "polnear-dev")
    documents = [find_document(to_article(entry)) for entry in entries]
    reader = Rereader(weights)

    def show(bias: float, least: float) -> None:
        reader.lean(bias)
        found = [attribute(d, r, least) for d, r in zip(documents, reader.read(documents), strict=True)]
        print(f"{bias:5.1f} {least:6.2f}   {figures(entries, found)}")

    print(" bias  least   source        cue           content       linked")
    for bias in BIASES:
        show(bias, bounds.VOICELESS)
    for least in LEAST:
        show(0.0, least)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
