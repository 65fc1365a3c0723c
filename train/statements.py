"""Fit when two statements of one story say the same: writes statements.csv.

    python -m train.statements CORPORA            fit, write the table
    python -m train.statements CORPORA --check    fit with topics left out, say what it reaches

``CORPORA`` holds ecbplus and polnear-train as JSON lines. The pairs are those of ``desk/statement_pairs.csv``
and of ``bench/same_claims.csv``, with what a reader said of them: ``same``, or ``other`` where one says more,
less or something else. Names are runs of words in capitals, so that the fit needs no reader. The same bytes
every run.
"""

import argparse
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from train.corpora import read_corpus

from onrecord.model import Annotated, Article, Block, Claim, LocalEntity, Mention, Span
from onrecord.resolving.propositions import Proposition, Propositions
from onrecord.resolving.statements import FEATURES, StatementPair

TABLE = Path("build/onrecord/data/statements.csv")
PAIRS = (Path(__file__).parent / "desk" / "statement_pairs.csv", Path("bench/same_claims.csv"))
PARTS = ("ecbplus", "polnear-train", "polnear-dev")
FOLDS = 5
RIDGE = 1.0
STEPS = 20_000
RATE = 0.01
AGAINST = frozenset(["apart", "light", "no_name", "lengths"])
"""Features that may only speak against; all others but ``always`` and ``figures`` only for."""

_NAME = re.compile(r"\b[A-Z][\w'’.-]*(?: (?:of |the |de )?[A-Z][\w'’.-]*)*")


@dataclass(frozen=True)
class Judged:
    """A judged pair: its features by name, whether it says the same, and its topic."""

    features: Mapping[str, float]
    same: bool
    topic: str


def find_names(text: str) -> Iterator[tuple[int, int]]:
    """Runs of words in capitals, without single ones that the text writes small elsewhere."""
    small = {word.lower() for word in re.findall(r"\b[a-z]\w+", text)}
    for match in _NAME.finditer(text):
        if " " in match.group() or match.group().lower().rstrip(".") not in small:
            yield match.start(), match.start() + len(match.group().rstrip("."))


def make_proposition(text: str, name: str, span: Span) -> Proposition:
    """A statement of an article as it is compared, in the article's own voice."""
    chains: dict[str, int] = {}
    mentions = []
    for start, end in find_names(text):
        written = text[start:end]
        known = (
            chain
            for other, chain in chains.items()
            if written == other or other.split()[-1] == written or written.split()[-1] == other
        )
        chain = next(known, None)
        if chain is None:
            chain = chains.setdefault(written, len(chains))
        mentions.append(Mention(start, end, "name", "person", chain, 1.0, "capitals"))
    claim = Claim((span,), (), (), "none", None, None, "certain", "pos", "non_future", (), (), 1.0, "judged")
    annotated = Annotated(
        Article(name, text, name),
        (Block(0, len(text), "body"),),
        tuple(LocalEntity(one, "person") for one in chains),
        tuple(mentions),
        (),
        (claim,),
        (),
    )
    return Propositions(annotated, [f"ent-{one.split()[-1].lower()}" for one in chains]).make(0)


def read_judged(corpora: Path) -> list[Judged]:
    """The judged pairs that are weighed: those that differ in a figure or a negation never are."""
    texts = {row["id"]: row["text"] for part in PARTS for row in read_corpus(corpora, part)}
    found = []
    for path in PAIRS:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                one, other = (
                    make_proposition(texts[row[name]], row[name], Span(int(row[start]), int(row[end])))
                    for name, start, end in (
                        ("article", "start", "end"),
                        ("other_article", "other_start", "other_end"),
                    )
                )
                if one.numbers == other.numbers and one.negated == other.negated:
                    pair = StatementPair(one, other)
                    features = {name: measure(pair) for name, measure in FEATURES.items()}
                    topic = row["article"].partition("_")[0] if row["corpus"] == "ecbplus" else "polnear"
                    found.append(Judged(features, row["verdict"] == "same", topic))
    return found


def fit(rows: Sequence[Judged], names: Sequence[str]) -> npt.NDArray[np.float64]:
    """Weights of a logistic model with a ridge, each on its side of zero, by projected gradient descent."""
    measured = np.array([[row.features[name] for name in names] for row in rows])
    same = np.array([row.same for row in rows], float)
    ridge = np.array([0.0 if name == "always" else RIDGE for name in names])
    low = np.array([-np.inf if name in AGAINST | {"always", "figures"} else 0.0 for name in names])
    high = np.array([0.0 if name in AGAINST else np.inf for name in names])
    weights = np.zeros(len(names))
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-measured @ weights))
        weights = np.clip(weights - RATE * (measured.T @ (likely - same) + ridge * weights), low, high)
    return weights


def check(rows: Sequence[Judged], names: Sequence[str]) -> None:
    """Say how many of the pairs above some probabilities say the same, with their topics left out."""
    topics = sorted({row.topic for row in rows})
    likely = np.zeros(len(rows))
    for fold in range(FOLDS):
        held = {topic for place, topic in enumerate(topics) if place % FOLDS == fold}
        weights = fit([row for row in rows if row.topic not in held], names)
        for place, row in enumerate(rows):
            if row.topic in held:
                score = sum(weight * row.features[name] for name, weight in zip(names, weights, strict=True))
                likely[place] = 1 / (1 + np.exp(-score))
    same = np.array([row.same for row in rows])
    for least in (0.5, 0.6, 0.7, 0.8, 0.9):
        called = likely >= least
        print(f"{least}: {called.sum()} called the same, {same[called].mean():.3f} are, of {same.sum()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    rows = read_judged(asked.corpora)
    names = list(FEATURES)
    if asked.check:
        check(rows, names)
        return
    lines = [
        "# Log odds that two statements of one story say the same, by train/statements.py.",
        "feature,weight",
        *(f"{name},{weight:.2f}" for name, weight in zip(names, fit(rows, names), strict=True) if weight),
    ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
