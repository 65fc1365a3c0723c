"""How many pairs of claims that are called the same are so, by pairs that were judged by hand.

    python bench/claims.py FOLDER

FOLDER holds polnear-train, polnear-dev and ecbplus as JSON lines (.jsonl.gz). ``same_claims.csv`` holds pairs
of differently worded claims drawn at random from those that were called the same, and what a reader said of
them: ``same``, or ``other`` where one says more, less or something else. A pair is found again where both
claims overlap the judged ones by half. Pairs in the same words are not judged: they are counted beside.
"""

import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path

from onrecord.annotate import annotate, default_reader
from onrecord.model import Annotated, Article
from onrecord.resolving.entities import link_entities
from onrecord.resolving.groups import group_claims
from onrecord.resolving.wordings import fold
from onrecord.shards import batched

Place = tuple[str, int, int]


def read_articles(folder: Path, wanted: set[str]) -> list[Annotated]:
    """The judged articles, read and assembled."""
    found = []
    for part in ("polnear-train", "polnear-dev", "ecbplus"):
        with gzip.open(folder / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["id"] in wanted:
                    digest = sha256(row["text"].encode()).hexdigest()
                    found.append(
                        Article(row["id"], row["text"], digest, row.get("title"), row.get("publisher"))
                    )
    found.sort(key=lambda article: article.name)
    return [made for batch in batched(found, 16) for made in annotate(batch, default_reader())]


def overlap(one: Place, other: Place) -> bool:
    shared = min(one[2], other[2]) - max(one[1], other[1])
    return one[0] == other[0] and shared * 2 >= max(one[2] - one[1], other[2] - other[1])


def main() -> None:
    with (Path(__file__).parent / "same_claims.csv").open(encoding="utf-8", newline="") as file:
        judged = [
            (
                (row["article"], int(row["start"]), int(row["end"])),
                (row["other_article"], int(row["other_start"]), int(row["other_end"])),
                row["verdict"],
            )
            for row in csv.DictReader(file)
        ]
    held = read_articles(Path(sys.argv[1]), {place[0] for pair in judged for place in pair[:2]})
    ids, _ = link_entities(held)
    _, _, relations = group_claims(held, ids, [tuple(None for _ in one.claims) for one in held])
    places: dict[str, Place] = {}
    words: dict[str, tuple[str, ...]] = {}
    for one in held:
        for index in range(len(one.claims)):
            start, end, text = one.claim_cover(index)
            places[one.claim_id(index)] = one.article.name, start, end
            words[one.claim_id(index)] = fold(text)
    by_articles = defaultdict(list)
    for row in relations:
        if row.relation == "same":
            pair = places[row.claim_id], places[row.other_claim_id]
            by_articles[frozenset(place[0] for place in pair)].append(pair)
    verdicts: Counter[str] = Counter()
    for one, other, verdict in judged:
        pairs = by_articles[frozenset((one[0], other[0]))]
        if any(
            (overlap(one, a) and overlap(other, b)) or (overlap(one, b) and overlap(other, a))
            for a, b in pairs
        ):
            verdicts[verdict] += 1
    same = [row for row in relations if row.relation == "same"]
    alike = sum(words[row.claim_id] == words[row.other_claim_id] for row in same)
    kinds = Counter(row.relation for row in relations)
    print(f"relations: {dict(kinds)}; same in the same words: {alike}")
    print(f"judged pairs called the same: {verdicts.total()} of {len(judged)}")
    print(f"of these right: {verdicts['same']}")


if __name__ == "__main__":
    main()
