"""Which held articles are near-copies of one another, however cut, retitled or added to.

Runs of words are hashed and a fixed sample of the hashes, the same for every article, is looked up (Manber
1994; FracMinHash, Irber et al. 2022). Unlike a MinHash signature of fixed length, the sample grows with the
text, so that a short cut of a long article is proposed as surely as a whole copy, and pairs that have little
in common are not proposed however many articles there are.
"""

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from onrecord.clusters import Clusters
from onrecord.kept import FORGETFUL, Memory
from onrecord.model import Annotated
from onrecord.resolving.blocking import Postings
from onrecord.spool import RawFile
from onrecord.world import SourceRelation

Hashes = npt.NDArray[np.uint64]

SHINGLE = 5
"""Words in a row that are compared; five are rarely the same by chance (Broder 1997)."""
REPRINT = 0.5
"""Least share of the shorter text's shingles that stand in the other. Among 1,900 texts of PolNeAR, ECB+,
MEANTIME and GUM, the pairs above it that were read all had whole paragraphs in common."""
FEWEST = 20
"""Shingles in common below which a share proves nothing: two briefs may quote one sentence."""
SAMPLE = 8
"""One in so many shingles is looked up. On the same texts, with ``SHARED``, this proposes all 101 pairs above
``REPRINT``, and 8 pairs for each of them."""
SHARED = 2
"""Sampled shingles in common that propose a pair."""
_WORD = re.compile(r"\w+")
_MULTIPLIER = 0x9E3779B97F4A7C15


@lru_cache(maxsize=100_000)
def _hash_word(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def shingle(annotated: Annotated) -> Hashes:
    """The hashes of all runs of ``SHINGLE`` words of an article, without furniture, case and punctuation;
    sorted, each once."""
    text = annotated.article.text
    words = np.array(
        [
            _hash_word(word.casefold())
            for block in annotated.blocks
            if block.kind not in ("correction", "furniture")
            for word in _WORD.findall(text[block.start : block.end])
        ],
        dtype=np.uint64,
    )
    size = len(words) - SHINGLE + 1
    if size < 1:
        return np.empty(0, np.uint64)
    mixed = np.zeros(size, np.uint64)
    for place in range(SHINGLE):
        mixed = mixed * np.uint64(_MULTIPLIER) + words[place : place + size]
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


class _Shingles:
    """The shingles and ids of articles, in their order, on disk."""

    def __init__(self, articles: Iterable[Annotated], scratch: Path | None, memory: Memory) -> None:
        self._file = RawFile(scratch)
        self._ends = array("Q", [0])
        self.source_ids: list[str] = []
        for number, annotated in enumerate(articles):
            self._file.add(memory.of_article(number, "shingles", partial(_shingle, annotated)))
            self._ends.append(len(self._file))
            self.source_ids.append(annotated.article.source_id)

    def __len__(self) -> int:
        return len(self.source_ids)

    def __getitem__(self, number: int) -> Hashes:
        return np.frombuffer(self._file.read(self._ends[number], self._ends[number + 1]), np.uint64)


def _shingle(annotated: Annotated) -> bytes:
    return shingle(annotated).tobytes()


def _propose_pairs(shingles: _Shingles, scratch: Path | None) -> Iterator[tuple[int, int]]:
    """Pairs of numbers that may be near-copies: articles that share ``SHARED`` sampled shingles, the later
    one first, all its pairs together."""
    postings = Postings(scratch)
    for number in range(len(shingles)):
        found = shingles[number]
        sampled = found[found % np.uint64(SAMPLE) == 0]
        postings.add(sampled, np.full(len(sampled), number, np.uint64))
    for rows in postings.pairs(SHARED):
        yield from ((later, earlier) for later, earlier in rows.tolist())


def find_reprints(
    articles: Iterable[Annotated], scratch: Path | None = None, memory: Memory = FORGETFUL
) -> tuple[SourceRelation, ...]:
    """Near-copies among the articles; sorted by ids.

    ``similarity`` is the share of the shorter text's shingles that stand in the other, so that a cut copy is
    as near as a whole one. Only articles that share sampled shingles are compared; ``scratch`` is where the
    shingles are put by.
    """
    shingles = _Shingles(articles, scratch, memory)
    rows: list[SourceRelation] = []
    for later, pairs in groupby(_propose_pairs(shingles, scratch), key=lambda pair: pair[0]):
        here = shingles.source_ids[later], shingles[later]
        for _, earlier in pairs:
            rows += _compare(here, (shingles.source_ids[earlier], shingles[earlier]))
    return tuple(sorted(rows, key=lambda row: (row.source_id, row.other_source_id)))


def _compare(one: tuple[str, Hashes], other: tuple[str, Hashes]) -> Iterator[SourceRelation]:
    (first, here), (second, there) = sorted((one, other), key=lambda known: known[0])
    common = len(np.intersect1d(here, there, assume_unique=True))
    shorter = min(len(here), len(there))
    if common >= FEWEST and common >= REPRINT * shorter:
        basis = f"{common} of {shorter} runs of {SHINGLE} words"
        yield SourceRelation(first, second, "reprint", round(common / shorter, 2), basis)


def copies(relations: Iterable[SourceRelation]) -> dict[str, str]:
    """For each article that has near-copies, a name for all that hang together: the smallest of their ids."""
    clusters, members = Clusters[str](), set()
    for row in relations:
        if row.relation == "reprint":
            clusters.join(row.source_id, row.other_source_id)
            members |= {row.source_id, row.other_source_id}
    return {source_id: min(held) for held in clusters.sets(sorted(members)).values() for source_id in held}
