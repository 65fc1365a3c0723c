"""How many pairs of claims that are called the same are so, by pairs that were judged by hand.

    python -m bench.claims CORPORA

CORPORA is a folder as ``train/README.md`` describes it; polnear-train, polnear-dev and ecbplus are read.
``same_claims.csv`` holds pairs of differently worded claims drawn at random from those that were called the
same, and what a reader said of them: ``same``, or ``other`` where one says more, less or something else. A
pair is found again where both claims overlap the judged ones by half. Pairs in the same words are not judged:
they are counted beside.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from train.corpora import read_corpus, to_article

from onrecord.annotate import annotate, default_reader
from onrecord.model import Annotated
from onrecord.resolving.entities import link_entities
from onrecord.resolving.groups import group_claims
from onrecord.resolving.stories import find_stories
from onrecord.resolving.wordings import fold

PARTS = ("polnear-train", "polnear-dev", "ecbplus")
Place = tuple[str, int, int]


def read_articles(folder: Path, wanted: set[str]) -> list[Annotated]:
    """The judged articles, read and assembled."""
    rows = (row for part in PARTS for row in read_corpus(folder, part))
    found = sorted((to_article(row) for row in rows if row["id"] in wanted), key=lambda article: article.name)
    return list(annotate(found, default_reader()))


def overlap(one: Place, other: Place) -> bool:
    shared = min(one[2], other[2]) - max(one[1], other[1])
    return one[0] == other[0] and shared * 2 >= max(one[2] - one[1], other[2] - other[1])


def read_judged() -> list[tuple[Place, Place, str]]:
    """The judged pairs: article, start and end of both claims, and the verdict."""
    with (Path(__file__).parent / "same_claims.csv").open(encoding="utf-8", newline="") as file:
        return [
            (
                (row["article"], int(row["start"]), int(row["end"])),
                (row["other_article"], int(row["other_start"]), int(row["other_end"])),
                row["verdict"],
            )
            for row in csv.DictReader(file)
        ]


def is_among(pair: tuple[Place, Place], found: Iterable[tuple[Place, Place]]) -> bool:
    """Whether a pair, either way round, is one of those found."""
    one, other = pair
    return any(
        (overlap(one, first) and overlap(other, second)) or (overlap(one, second) and overlap(other, first))
        for first, second in found
    )


def main(corpora: Path) -> None:
    judged = read_judged()
    held = read_articles(corpora, {place[0] for pair in judged for place in pair[:2]})
    ids, _ = link_entities(held)
    unknown = [tuple(None for _ in article.claims) for article in held]
    _, _, relations = group_claims(held, ids, unknown, find_stories(held))
    places: dict[str, Place] = {}
    words: dict[str, tuple[str, ...]] = {}
    for article in held:
        for index in range(len(article.claims)):
            start, end, text = article.claim_cover(index)
            places[article.claim_id(index)] = article.article.name, start, end
            words[article.claim_id(index)] = fold(text)
    same = [row for row in relations if row.relation == "same"]
    by_articles = defaultdict(list)
    for row in same:
        pair = places[row.claim_id], places[row.other_claim_id]
        by_articles[frozenset(place[0] for place in pair)].append(pair)
    verdicts: Counter[str] = Counter()
    for one, other, verdict in judged:
        verdicts[verdict] += is_among((one, other), by_articles[frozenset((one[0], other[0]))])
    alike = sum(words[row.claim_id] == words[row.other_claim_id] for row in same)
    kinds = Counter(row.relation for row in relations)
    print(f"relations: {dict(kinds)}; same in the same words: {alike}")
    print(f"judged pairs called the same: {verdicts.total()} of {len(judged)}")
    print(f"of these right: {verdicts['same']}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
