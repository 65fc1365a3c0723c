"""Fit the weights of ``claims/kinds.py`` and write ``build/onrecord/data/kinds.csv`` and ``cue_words.csv``.

    python -m train.kinds CORPORA            fit, write the tables
    python -m train.kinds CORPORA --check    fit, say what articles left out make of it, write nothing

Two linear models over the same features. Which kind a row is: multinomial, on the rows of ``train/desk``
and, with little weight, on FactAppeal, where what stands in a sentence without an appeal is no statement.
Whether a statement is right as it stands (good, and the right speaker): logistic, on the judged rows. The
figures printed are of articles left out in turn, a fifth at a time. Rows are found again by their content, so
that another reader's borders do not lose them.
"""

import argparse
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from train.corpora import Row, read_corpus, to_article

from onrecord.annotate import default_reader, find_document
from onrecord.claims.attribute import join_attributions
from onrecord.claims.kinds import KINDS, describe, is_of_tree, stem_cue
from onrecord.english.text import Text
from onrecord.model import Attribution, Span
from onrecord.overlap import share

DATA = Path(__file__).parent.parent / "build" / "onrecord" / "data"
ROWS = Path(__file__).parent / "desk" / "claims.csv"
HEAD = "# Weights of the kinds of claims, fitted by train/kinds.py; not to be edited.\n"
USAGE_HEAD = (
    "# How the words of cues are used in PolNeAR's training part: attributions, those whose content opens\n"
    "# with a quotation mark, holds one, opens with that, stands before its cue. By train/kinds.py.\n"
)
CLASSES = (*KINDS, "none")
CLASS_OF = {"good": 0, "borders": 0, "attitude": 1, "question": 2, "none": 3}
SEEN = "polnear-train"
"""The corpus whose attributions the reader was trained on: how sure it is there says less."""
SAME = 0.8
"""Share of their characters that two contents have in common at least to be one row."""
LEAST = 3  # rows that have a feature at least
PRIOR = 1.0  # strength of the pull to zero; 0.5 to 4 give the same figures within half a point
FACTAPPEAL = 0.15  # weight of a row of FactAppeal beside a judged one
BARE = 0.7  # weight of the same row without what the tree tells
FOLDS = 5
LEAST_COUNT = 3  # attributions of a cue word that is counted
SMALLEST = 0.02  # lighter weights are left out
STEPS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)  # of confidence, in the table that is printed

Features = Mapping[str, float]


@dataclass(frozen=True)
class Example:
    """An attribution as features, with what is known of it."""

    article: str
    features: Features
    kind: int
    right: bool
    whole: bool
    weight: float


def count_usage(documents: Iterable[Row]) -> dict[str, list[int]]:
    """By stem of a cue word: attributions, content that opens with a mark, holds one, opens with that, stands
    before the cue."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    for entry in documents:
        text = entry["text"]
        for one in entry["attributions"]:
            if not one.get("cue") or not one.get("content"):
                continue
            start, end = min(one["content"])[0], max(span[1] for span in one["content"])
            own = text[start:end]
            seen = (
                True,
                own[:1] in ('"', "“"),
                re.search(r'["“]|\'\'', own) is not None,
                own[:5].lower() == "that ",
                start < min(one["cue"])[0],
            )
            tokens = {
                stem_cue(word)
                for a, b in one["cue"]
                for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text[a:b])
            }
            for stem in tokens:
                counts[stem] = [count + holds for count, holds in zip(counts[stem], seen, strict=True)]
    return {stem: row for stem, row in sorted(counts.items()) if row[0] >= LEAST_COUNT}


def read_attributions(row: Row) -> tuple[Text, list[Attribution]]:
    """What joining finds in a text before kinds are judged."""
    document = find_document(to_article(row))
    reading = next(iter(default_reader().read([document])))
    found = join_attributions(document, reading, frozenset({"kinds", "own_voice"}))
    return Text(document, reading.tokens), list(found)


def spans_of(cell: str) -> tuple[Span, ...]:
    return tuple(Span(*map(int, piece.split("-"))) for piece in cell.split())


def size_of(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def find_row(row: Mapping[str, str], attributions: Sequence[Attribution]) -> Attribution | None:
    """The attribution that a judged row speaks of: most of the content in common, then of the cue."""
    content, cue = spans_of(row["content"]), spans_of(row["cue"])

    def closeness(one: Attribution) -> tuple[float, float]:
        both = share(content, one.content) * min(size_of(content), size_of(one.content))
        return both / max(size_of(content), size_of(one.content)), share(cue, one.cues) if one.cues else 0.0

    best = max(attributions, key=closeness, default=None)
    return best if best is not None and closeness(best)[0] >= SAME else None


def named(features: dict[str, float], corpus: str) -> Features:
    """The features; the reader's sureness under another name where it was trained on the text."""
    if corpus == SEEN:
        features["reader, seen"] = features.pop("reader")
    return features


def judged_examples(corpora: Path) -> list[Example]:
    with ROWS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    texts = {
        (corpus, str(entry["id"])): entry
        for corpus in sorted({row["corpus"] for row in rows})
        for entry in read_corpus(corpora, corpus)
    }
    by_article: dict[tuple[str, str], list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        by_article[row["corpus"], row["article"]].append(row)
    found, lost = [], 0
    for key, here in by_article.items():
        text, attributions = read_attributions(texts[key])
        for judged in here:
            one = find_row(judged, attributions)
            if one is None:
                lost += 1
                continue
            found.append(
                Example(
                    judged["article"],
                    named(describe(text, one), judged["corpus"]),
                    CLASS_OF[judged["verdict"]],
                    judged["verdict"] == "good" and judged["speaker_right"] != "no",
                    judged["part"] == "whole",
                    1.0,
                )
            )
    print(f"{len(found)} judged rows, {lost} no longer found")
    return found


def factappeal_examples(corpora: Path) -> list[Example]:
    found = []
    for row in read_corpus(corpora, "factappeal"):
        appeals = [Span(a, b) for a, b, label in row["spans"] if label.startswith("Fact_Appeal")]
        text, attributions = read_attributions(row)
        for one in attributions:
            is_appeal = bool(appeals) and share(one.content, appeals) >= 0.5
            if is_appeal or not appeals:
                features = named(describe(text, one), SEEN)
                kind = 0 if is_appeal else 3
                found.append(Example(row["id"], features, kind, is_appeal, False, FACTAPPEAL))
    print(f"{len(found)} rows of FactAppeal")
    return found


def fit(examples: Sequence[Example], target: Sequence[int], classes: int) -> dict[str, Any]:
    """By feature its weight for each class, those that pull least."""
    counts = Counter(name for example in examples for name in example.features)
    names = sorted(name for name, count in counts.items() if count >= LEAST)
    matrix = to_matrix(examples, names)
    right = np.eye(classes)[np.array(target)]
    weight = np.array([example.weight for example in examples])[:, None]
    pull = np.where(np.array(names) == "always", 0.01, PRIOR)[:, None]

    def loss(flat: Any) -> tuple[float, Any]:
        table = flat.reshape(len(names), classes)
        sums = matrix @ table
        sums -= sums.max(axis=1, keepdims=True)
        chances = np.exp(sums)
        chances /= chances.sum(axis=1, keepdims=True)
        value = -(weight * right * np.log(chances + 1e-12)).sum() + 0.5 * (pull * table**2).sum()
        return value, (matrix.T @ (weight * (chances - right)) + pull * table).ravel()

    start = np.zeros(len(names) * classes)
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return dict(zip(names, flat.reshape(-1, classes), strict=True))


def to_matrix(examples: Sequence[Example], names: Sequence[str]) -> Any:
    place = {name: number for number, name in enumerate(names)}
    matrix = np.zeros((len(examples), len(names)))
    for row, example in enumerate(examples):
        for name, value in example.features.items():
            if name in place:
                matrix[row, place[name]] = value
    return matrix


def without_grammar(example: Example) -> Example:
    """The example as a reader without grammar gives it, which counts for less."""
    bare = {name: value for name, value in example.features.items() if not is_of_tree(name)}
    return replace(example, features=bare, weight=BARE * example.weight)


def fit_table(examples: Sequence[Example]) -> dict[str, list[float]]:
    """The table of weights: by feature those of the kinds, of none of them, and of a row that is right."""
    both = [*examples, *map(without_grammar, examples)]
    kinds = fit(both, [example.kind for example in both], len(CLASSES))
    judged = [example for example in examples if example.weight == 1.0]
    whole = [*judged, *map(without_grammar, judged)]
    right = fit(whole, [int(example.right) for example in whole], 2)
    return {
        name: [round(float(w), 2) for w in (*kinds.get(name, np.zeros(len(CLASSES))), *gap)]
        for name in sorted({*kinds, *right})
        for gap in [(right[name][1] - right[name][0],) if name in right else (0.0,)]
    }


def score(table: Mapping[str, Sequence[float]], features: Features) -> tuple[int, float]:
    sums = np.zeros(len(CLASSES) + 1)
    for name, value in features.items():
        if name in table:
            sums += np.array(table[name]) * value
    return int(sums[:-1].argmax()), float(1 / (1 + np.exp(-sums[-1])))


def leave_out(examples: Sequence[Example], beside: Sequence[Example]) -> None:
    """Print what articles judged whole make of weights fitted without them."""
    articles = sorted({example.article for example in examples if example.whole})
    np.random.default_rng(0).shuffle(articles)
    fold = {article: number % FOLDS for number, article in enumerate(articles)}
    told: list[tuple[Example, int, float]] = []
    for out in range(FOLDS):
        table = fit_table([*(e for e in examples if fold.get(e.article) != out), *beside])
        told += [(e, *score(table, e.features)) for e in examples if e.whole and fold[e.article] == out]
    counts = Counter((CLASSES[e.kind], CLASSES[kind]) for e, kind, _ in told)
    for kind in CLASSES:
        print(f"{kind:10}", {other: counts[kind, other] for other in CLASSES})
    kept = [(e.right, sure) for e, kind, sure in told if kind == 0]
    good = sum(e.right for e, _, _ in told)
    print(f"right among statements {share_of(right for right, _ in kept)} of {len(kept)}")
    print(f"of right rows kept {share_of(kind == 0 for e, kind, _ in told if e.right)} of {good}")
    for low, high in pairwise(STEPS):
        above = [right for right, sure in kept if sure >= low]
        step = [(right, sure) for right, sure in kept if low <= sure < high]
        print(
            f"from {low:.2f}: {len(above)} rows, right {share_of(above)}, of all right "
            f"{100 * sum(above) / good:.1f}; to {high:.2f}: {len(step)}, right "
            f"{share_of(right for right, _ in step)}, said {share_of(sure for _, sure in step)}"
        )


def share_of(values: Iterable[float]) -> float:
    held = list(values)
    return round(100 * sum(held) / max(1, len(held)), 1)


def write_table(path: Path, head: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(head)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    if not arguments.check:
        usage = count_usage(read_corpus(arguments.corpora, SEEN))
        columns = ("stem", "attributions", "quotes", "holds_quotes", "that", "behind")
        write_table(DATA / "cue_words.csv", USAGE_HEAD, columns, ((s, *row) for s, row in usage.items()))
    judged, beside = judged_examples(arguments.corpora), factappeal_examples(arguments.corpora)
    leave_out(judged, beside)
    if not arguments.check:
        table = fit_table([*judged, *beside])
        rows = (
            (name, *(f"{w:.2f}" for w in weights))
            for name, weights in table.items()
            if max(map(abs, weights)) >= SMALLEST
        )
        write_table(DATA / "kinds.csv", HEAD, ("feature", *CLASSES, "right"), rows)


if __name__ == "__main__":
    main()
