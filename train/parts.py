"""Fit the weights of the rules for participants to MEANTIME and write ``build/onrecord/data/parts.csv``.

    python -m train.parts CORPORA            fit on all topics, write the table
    python -m train.parts CORPORA --check    fit with each topic left out in turn, say what that makes of it

A multinomial log-linear model with a pull to zero: of the roles and "no part", the right one is to have the
highest sum. Triggers and mentions are MEANTIME's own, in the title and the sentences whose events it marks;
its Arg0 is the agent, Arg1 the patient, Arg2 the recipient, Argm-LOC the place. Needs scipy. The same bytes
on every run.
"""

import argparse
import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from onrecord.happening.pairs import RULES, Pair
from onrecord.happening.parts import FITTED, list_pairs
from onrecord.model import Mention, Span

TABLE = Path(__file__).parent.parent / "build" / "onrecord" / "data" / "parts.csv"
HEAD = "# Weights of the rules for participants, fitted by train/parts.py to MEANTIME; not to be edited.\n"
ANNOTATED = 6
ROLES = {"Arg0": "agent", "Arg1": "patient", "Arg2": "recipient", "Argm-LOC": "place"}
KINDS = {"PER": "person", "LOC": "place", "ORG": "organization", "PRO": "product"}
NAMED = ("NAM", "PRE.NAM", "PRO")
SIDES = ("before", "after")
TOPICS = ("airbus", "apple", "gm")
PRIOR = 1.0  # strength of the pull to zero; 4 finds fewer, no better
SMALLEST = 0.05  # lighter weights are left out
Examples = dict[str, list[tuple[Pair, int]]]
COLUMNS = [(rule, side) for rule in RULES for side in SIDES]


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def examples(row: dict[str, Any], named: bool) -> list[tuple[Pair, int]]:
    """Pairs of one article with the number of their role in ``FITTED``; the number after the last is none.

    ``named``: only names and pronouns, as a build would give, not other noun phrases.
    """
    marks = {key: mark for key, mark in row["marks"].items() if mark["spans"]}
    cover = {key: Span(mark["spans"][0][0], mark["spans"][-1][1]) for key, mark in marks.items()}
    bearer = {r["source"]: r["target"] for r in row["relations"] if r["kind"] == "REFERS_TO"}
    triggers = sorted(
        {cover[k] for k, m in marks.items() if m["kind"] == "EVENT_MENTION"}, key=lambda s: (s.start, s.end)
    )
    kept = {}
    for key, mark in marks.items():
        if mark["kind"] == "ENTITY_MENTION":
            told = row["marks"].get(bearer.get(key, ""), {}).get("ent_type")
            span = cover[key]
            kept[key] = Mention(span.start, span.end, "name", KINDS.get(told, "other"), len(kept), 1.0, key)
    wanted: dict[tuple[Span, int], str | None] = {}
    for relation in row["relations"]:
        if (
            relation["kind"] == "HAS_PARTICIPANT"
            and relation["source"] in marks
            and relation["target"] in kept
        ):
            told = kept[relation["target"]]
            for (
                key,
                mention,
            ) in kept.items():  # "Noel Forgeard" in "chief executive Noel Forgeard" is the same one
                same = bearer.get(key, key) == bearer.get(told.method, told.method)
                listed = marks[told.method].get("syntactic_type") == "CONJ"
                if (same or listed) and mention.start < told.end and told.start < mention.end:
                    wanted[cover[relation["source"]], mention.chain] = ROLES.get(relation["sem_role"])
    found = []
    sentences = [Span(*s) for s in row["sentences"][:ANNOTATED]]
    for sentence in (sentences[0], *sentences[2:]):
        near = [m for m in kept.values() if sentence.start <= m.start < sentence.end]
        near = [m for m in near if not named or marks[m.method].get("syntactic_type") in NAMED]
        near.sort(key=lambda m: (m.start, m.end))
        for trigger in triggers:
            if sentence.start <= trigger.start < sentence.end:
                for pair in list_pairs(row["text"], sentence, trigger, near, triggers):
                    role = wanted.get((trigger, pair.mention.chain))
                    found.append((pair, FITTED.index(role) if role in FITTED else len(FITTED)))
    return found


def describe(pair: Pair) -> np.ndarray:
    row = np.zeros(len(COLUMNS))
    for place, (rule, side) in enumerate(COLUMNS):
        if side == pair.side:
            row[place] = RULES[rule](pair)
    return row


def stack(found: list[tuple[Pair, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([describe(pair) for pair, _ in found]), np.array([role for _, role in found])


def fit(rows: np.ndarray, roles: np.ndarray, prior: float) -> np.ndarray:
    """Weights [column, role]; "no part" is held at zero."""
    shape = rows.shape[1], len(FITTED)
    wanted = np.eye(len(FITTED) + 1)[roles]

    def cost(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        sums = np.concatenate([rows @ weights, np.zeros((len(rows), 1))], axis=1)
        top = sums.max(axis=1, keepdims=True)
        raised = np.exp(sums - top)
        total = raised.sum(axis=1, keepdims=True)
        loss = -((sums - top - np.log(total)) * wanted).sum() + prior * (weights**2).sum() / 2
        return loss, (rows.T @ (raised / total - wanted)[:, :-1] + prior * weights).ravel()

    return minimize(cost, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B").x.reshape(shape)


def write(weights: np.ndarray) -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.write(HEAD)
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["rule", "side", *FITTED])
        for (rule, side), row in zip(COLUMNS, weights, strict=True):
            if np.abs(row).max() >= SMALLEST:
                table.writerow([rule, side, *(f"{weight:.2f}" for weight in row)])


def check(by_topic: Examples, tried: Examples, prior: float) -> None:
    """Precision and recall of each role with each topic held out, for several thresholds."""
    chances, roles = [], []
    for held in TOPICS:
        weights = fit(*stack([e for topic in TOPICS if topic != held for e in by_topic[topic]]), prior)
        rows, wanted = stack(tried[held])
        raised = np.exp(rows @ weights)
        chances.append(raised / (1 + raised.sum(axis=1, keepdims=True)))
        roles.append(wanted)
    likely, wanted = np.concatenate(chances), np.concatenate(roles)
    best = likely.argmax(axis=1)
    for least in (0.4, 0.5, 0.6, 0.7):
        taken = likely.max(axis=1) >= least
        told = []
        for number, role in enumerate(FITTED):
            found, gold = taken & (best == number), wanted == number
            right = (found & gold).sum()
            told.append(f"{role} {100 * right / max(1, found.sum()):.1f} / {100 * right / gold.sum():.1f}")
        print(f"at least {least}: precision / recall of " + ", ".join(told))


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    rows = read(options.corpora / "meantime.jsonl.gz")

    def gather(named: bool) -> Examples:
        return {t: [e for row in rows if row["topic"] == t for e in examples(row, named)] for t in TOPICS}

    by_topic = gather(named=False)
    if options.check:
        check(by_topic, gather(named=True), PRIOR)
    else:
        write(fit(*stack([e for topic in TOPICS for e in by_topic[topic]]), PRIOR))


if __name__ == "__main__":
    main()
