"""Events across articles, side by side with clusters of equal words: ECB+ (development part).

    python -m bench.events CORPORA

``CORPORA`` holds ecbplus as JSON lines. The same mentions are clustered three times: as a build does, by the
stem of the trigger over all articles, and by the stem within the stories as the corpus cuts them, which a
build is not told. CoNLL F1 is the mean of MUC, B³ and CEAFe (Pradhan and others 2012). Needs scipy. For
MEANTIME, and topics of ECB+ left out, see ``python -m train.across --check``.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment
from train.corpora import read_corpus
from train.mentions import b_cubed, gold_mentions, to_dated_article

from onrecord.annotate import annotate, default_reader
from onrecord.model import Annotated
from onrecord.resolving.entities import link_entities
from onrecord.resolving.events import link_events, stem_of
from onrecord.resolving.stories import find_stories

Key = tuple[str, int, int]
Clusters = Mapping[Key, object]


def _links(clusters: Clusters, other: Clusters) -> float:
    """The part of the links within ``clusters`` that ``other`` has as well (Vilain and others 1995)."""
    parts: dict[object, list[object]] = defaultdict(list)
    for key, cluster in clusters.items():
        parts[cluster].append(other[key])
    kept = sum(len(part) - len(set(part)) for part in parts.values())
    return kept / max(1, sum(len(part) - 1 for part in parts.values()))


def _aligned(gold: Clusters, found: Clusters) -> float:
    """CEAFe: clusters matched one to one by the F1 of their members (Luo 2005)."""
    mine, theirs = Counter(gold.values()), Counter(found.values())
    rows, columns = ({name: place for place, name in enumerate(side)} for side in (mine, theirs))
    likeness = np.zeros((len(mine), len(theirs)))
    for (one, other), count in Counter((gold[key], found[key]) for key in gold).items():
        likeness[rows[one], columns[other]] = 2 * count / (mine[one] + theirs[other])
    best = likeness[linear_sum_assignment(-likeness)].sum()
    return 200 * float(best) / (len(mine) + len(theirs))


def conll(gold: Clusters, found: Clusters) -> float:
    """CoNLL F1 in percent over the same mentions on both sides."""
    recall, precision = _links(gold, found), _links(found, gold)
    muc = 200 * recall * precision / max(1e-9, recall + precision)
    b3 = b_cubed(*({str(key): str(name) for key, name in side.items()} for side in (gold, found)))
    return round((muc + b3 + _aligned(gold, found)) / 3, 1)


def cluster(articles: Sequence[Annotated]) -> dict[Key, str]:
    """The event of each mention, as a build would say."""
    ids, known = link_entities(articles)
    placed, _, _ = link_events(
        articles,
        ids,
        [(None,) * len(article.claims) for article in articles],
        list(known),
        find_stories(articles),
    )
    return {
        (article.article.name, event.start, event.end): name
        for article, row in zip(articles, placed, strict=True)
        for event, name in zip(article.events, row, strict=True)
    }


def match(gold: Clusters, keys: Sequence[Key]) -> dict[Key, Key]:
    """For each gold mention the found one that overlaps it, one to one."""
    at: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(gold):
        at[key[0]].append(key)
    matched: dict[Key, Key] = {}
    for key in sorted(keys):
        over = (g for g in at[key[0]] if g[1] < key[2] and key[1] < g[2] and g not in matched)
        if (first := next(over, None)) is not None:
            matched[first] = key
    return matched


def report(kind: str, rows: Sequence[dict[str, Any]], articles: Sequence[Annotated]) -> None:
    gold: dict[Key, str] = {}
    for row in rows:
        gold |= {(str(row["id"]), start, end): name for start, end, name in gold_mentions(row)}
    texts = {str(row["id"]): row["text"] for row in rows}
    story = {str(row["id"]): (row["topic"], row["subtopic"]) for row in rows}
    found = cluster(articles)
    matched = match(gold, list(found))
    gold = {key: gold[key] for key in matched}
    stems = {key: stem_of(texts[key[0]][other[1] : other[2]]) for key, other in matched.items()}
    told = {key: (story[key[0]], stem) for key, stem in stems.items()}
    ours = {key: found[other] for key, other in matched.items()}
    figures = f"{conll(gold, ours)} | {conll(gold, stems)} | {conll(gold, told)}"
    print(f"| {kind} | {len(gold)} | {figures} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    given = parser.parse_args()
    rows = [row for row in read_corpus(given.corpora, "ecbplus") if row["split"] == "dev"]
    found = list(annotate(list(map(to_dated_article, rows)), default_reader()))
    print("| triggers | mentions | onrecord | same stem | same stem, stories told |")
    print("|---|---|---|---|---|")
    report("found by the reader", rows, found)


if __name__ == "__main__":
    main()
