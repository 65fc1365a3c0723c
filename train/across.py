"""Fit what makes events of two articles one: writes same_events.csv.

    python -m train.across CORPORA            fit, write the table
    python -m train.across CORPORA --check    fit with topics left out, say what it reaches

``CORPORA`` holds ecbplus and meantime as JSON lines; of ECB+ the split train is used. Events are those that a
build lists, not the corpora's own; two are one where most of the corpus's mentions that they meet are of one
cluster. An event that meets none is left aside. Needs scipy. The same bytes every run.
"""

import argparse
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from train.corpora import TOPICS, Row, read_corpus
from train.mentions import gold_mentions, gold_of_meantime, to_dated_article

from onrecord.annotate import annotate, default_reader
from onrecord.gather import Scores, gather
from onrecord.model import Annotated, Span
from onrecord.overlap import Overlaps
from onrecord.resolving import entities, events
from onrecord.resolving.event_pairs import unite
from onrecord.resolving.same_events import NEVER, RULES, Pair, Side, compare_units, propose
from onrecord.resolving.stories import Near, near_articles, outline

DATA = Path("build/onrecord/data")
FOLDS = 5
SHARE = 3.0
"""How much more a pair of MEANTIME counts than one of ECB+, of which there are more."""
RIDGE = 1.0
EXPECTED: Mapping[str, float] = {
    "other_date": -4.0,
    "other_year": -6.0,
    "other_agent": -1.0,
    "other_patient": -1.0,
    "other_place": -1.5,
    "other_status": -1.0,
    "time_between": -4.0,
    "same_date": 0.5,
}
"""What is expected before the corpus is seen. In ECB+ all articles on a topic tell one happening, so it
cannot teach that a second meeting, of others or on another day, is another meeting."""
FIRMNESS = 30.0
"""How many pairs of the corpus weigh as much as what is expected."""
AGAINST = frozenset(
    {
        "low_contrast", "side_by_side", "says", "other_agent", "other_patient", "other_place",
        "other_date", "other_year", "other_figures", "other_status", "other_kind",
        "other_type", "time_between",
    }
)  # fmt: skip
"""Rules that may only speak against, all others but ``always`` only for: weights stay readable."""

Gold = Callable[[Row], Iterator[tuple[int, int, str]]]


@dataclass(frozen=True)
class Corpus:
    """The events of each article, the cluster that each tells or null, and which articles are near."""

    sides: Sequence[Side]
    gold: Sequence[Sequence[str | None]]
    topics: Sequence[str]
    near: Near


def build_corpus(rows: Sequence[Row], found: Sequence[Annotated], read_gold: Gold) -> Corpus:
    """``found`` are the articles as a build annotates them, in the order of ``rows``."""
    ids, _ = entities.link_entities(found)
    sides, gold = [], []
    for row, annotated, own in zip(rows, found, ids, strict=True):
        told = events.tell(annotated, own, [None] * len(annotated.claims))
        lists: dict[int, list[int]] = {}
        for place, mention in enumerate(told):
            lists.setdefault(-1 - place if mention.local is None else mention.local, []).append(place)
        clusters = list(read_gold(row))
        over = Overlaps([Span(start, end) for start, end, _ in clusters])
        met = []
        for places in lists.values():
            names = Counter(
                clusters[number][2]
                for place in places
                for number in over.over(annotated.events[place].start, annotated.events[place].end)
            )
            met.append(min(names, key=lambda name: (-names[name], name)) if names else None)
        sides.append(Side([unite([told[place] for place in places]) for places in lists.values()]))
        gold.append(met)
    near = near_articles([outline(article.article.text) for article in found])
    return Corpus(sides, gold, [str(row["topic"]) for row in rows], near)


@dataclass(frozen=True)
class Known:
    """Two events, each by its article and place in it, of which a corpus says whether they are one."""

    corpus: int
    topic: str
    one: tuple[int, int]
    other: tuple[int, int]
    pair: Pair
    same: bool


def pairs_of(corpus: Corpus, number: int) -> Iterator[Known]:
    """The pairs of events of near articles that both tell what the corpus follows."""
    for (here, there), nearness in corpus.near.items():
        for i, j, pair in propose(corpus.sides[here], corpus.sides[there], nearness, -math.inf):
            one, other = corpus.gold[here][i], corpus.gold[there][j]
            if one is not None and other is not None:
                yield Known(number, corpus.topics[here], (here, i), (there, j), pair, one == other)


def fit(rows: np.ndarray, same: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Weights of the rules, with signs that make sense, drawn to what is expected; ``share`` is by pair."""
    expected = np.array([EXPECTED.get(name, 0.0) for name in RULES])
    firm = np.array([FIRMNESS if name in EXPECTED else RIDGE for name in RULES])
    firm[0] = 0.0
    bounds = [
        (None, None) if name == "always" else (None, 0) if name in AGAINST else (0, None) for name in RULES
    ]
    sign = np.where(same, 1.0, -1.0)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (rows @ weights)
        pull = weights - expected
        slope = -(share * sign / (1 + np.exp(np.clip(margin, -500, 500)))) @ rows + firm * pull
        return float((share * np.logaddexp(0, -margin)).sum() + (firm * pull) @ pull / 2), slope

    return np.asarray(minimize(loss, np.zeros(len(RULES)), jac=True, method="L-BFGS-B", bounds=bounds).x)


def check(
    corpora: Sequence[Corpus], found: Sequence[Known], rows: np.ndarray, same: np.ndarray, share: np.ndarray
) -> None:
    """Pairs found on topics left out, a fifth of those of ECB+ in turn, each of MEANTIME; by threshold."""
    topics = sorted({known.topic for known in found if not known.corpus})
    fold = np.array(
        [FOLDS + TOPICS.index(k.topic) if k.corpus else topics.index(k.topic) % FOLDS for k in found]
    )
    scores = np.zeros(len(found))
    for number in sorted(set(fold)):
        rest = fold != number
        scores[~rest] = rows[~rest] @ fit(rows[rest], same[rest], share[rest])
    for number, corpus in enumerate(corpora):
        mine = [place for place, known in enumerate(found) if known.corpus == number]
        for unlike, least in (
            (-0.5, -0.25),
            (-0.5, 0.0),
            (-1.0, 0.0),
            (-0.5, 0.25),
            (-1.0, 0.5),
            (-1.5, 0.5),
        ):
            reached = judge(corpus, [found[p] for p in mine], scores[mine], unlike, least)
            print(("ECB+", "MEANTIME")[number], unlike, least, reached)


def judge(corpus: Corpus, found: Sequence[Known], scores: np.ndarray, unlike: float, least: float) -> str:
    """Precision, recall and F1 of the pairs of two articles after gathering."""
    starts = np.cumsum([0, *(len(side.units) for side in corpus.sides)])
    apart = np.repeat(np.arange(len(corpus.sides)), np.diff(starts))
    kept = Scores()
    places = [[int(starts[a] + i) for a, i in (known.one, known.other)] for known in found]
    for known, (one, other), score in zip(found, places, scores.tolist(), strict=True):
        value = NEVER if compare_units(known.pair) == NEVER else round(score, 3)
        if value > unlike or value == NEVER:
            kept.add(one, other, value)
    roots = gather(kept, len(apart), unlike, least, apart=apart)
    joined = np.array([roots[one] == roots[other] for one, other in places])
    same = np.array([known.same for known in found])
    hit = (joined & same).sum()
    return (
        f"p {100 * hit / max(1, joined.sum()):.1f} r {100 * hit / same.sum():.1f} "
        f"f {200 * hit / (joined.sum() + same.sum()):.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    corpora = []
    for name, read_gold in (("ecbplus", gold_mentions), ("meantime", gold_of_meantime)):
        rows = [row for row in read_corpus(given.corpora, name) if row.get("split") != "dev"]
        read = list(annotate(list(map(to_dated_article, rows)), default_reader()))
        corpora.append(build_corpus(rows, read, read_gold))
    found = [known for number, corpus in enumerate(corpora) for known in pairs_of(corpus, number)]
    features = np.array([[rule(known.pair) for rule in RULES.values()] for known in found])
    same = np.array([known.same for known in found])
    share = np.array([SHARE if known.corpus else 1.0 for known in found])
    print(f"{len(found)} pairs, {same.sum()} of them one event")
    if given.check:
        check(corpora, found, features, same, share)
        return
    weights = fit(features, same, share)
    lines = [f"{name},{weight:.2f}\n" for name, weight in zip(RULES, weights, strict=True)]
    head = (
        "# Weights of the rules in resolving/same_events.py, fitted to ECB+ (training part) and MEANTIME by\n"
        "# train/across.py.\n"
    )
    (DATA / "same_events.csv").write_text(head + "rule,weight\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
