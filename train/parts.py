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
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from train.corpora import (
    MEANTIME_KINDS,
    MEANTIME_ROLES,
    MEANTIME_SENTENCES,
    TOPICS,
    Row,
    cover,
    kinds_of_meantime,
    read_corpus,
)

from onrecord.happening.pairs import RULES, Pair
from onrecord.happening.parts import FITTED, list_pairs
from onrecord.model import Mention, ParticipantRole, Span

TABLE = Path(__file__).parent.parent / "build" / "onrecord" / "data" / "parts.csv"
HEAD = "# Weights of the rules for participants, fitted by train/parts.py to MEANTIME; not to be edited.\n"
NAMED = ("NAM", "PRE.NAM", "PRO")
SIDES = ("before", "after")
PRIOR = 1.0  # strength of the pull to zero; 4 finds fewer, no better
SMALLEST = 0.05  # lighter weights are left out
Examples = dict[str, list[tuple[Pair, int]]]
COLUMNS = [(rule, side) for rule in RULES for side in SIDES]


def cover_of(mark: Row) -> Span:
    """All that a mark of MEANTIME covers."""
    return Span(*cover(mark["spans"]))


def list_mentions(row: Row) -> dict[str, Mention]:
    """MEANTIME's mentions by key, each an entity of its own."""
    kinds = kinds_of_meantime(row)
    mentions: dict[str, Mention] = {}
    for key, mark in row["marks"].items():
        if mark["kind"] == "ENTITY_MENTION" and mark["spans"]:
            span, kind = cover_of(mark), MEANTIME_KINDS.get(kinds.get(key) or "", "other")
            mentions[key] = Mention(span.start, span.end, "name", kind, len(mentions), 1.0, "corpus")
    return mentions


def list_roles(row: Row, mentions: Mapping[str, Mention]) -> dict[tuple[Span, int], ParticipantRole | None]:
    """The role of a mention's entity in the event of a trigger; null where it is another than those fitted.

    What takes part does so in every mention of it that overlaps the marked one: "Noel Forgeard" in "chief
    executive Noel Forgeard" is the same man.
    """
    marks = row["marks"]
    bearer = {r["source"]: r["target"] for r in row["relations"] if r["kind"] == "REFERS_TO"}
    events = {key: cover_of(mark) for key, mark in marks.items() if mark["spans"]}
    roles: dict[tuple[Span, int], ParticipantRole | None] = {}
    for relation in row["relations"]:
        event, target = relation["source"], relation["target"]
        if relation["kind"] != "HAS_PARTICIPANT" or event not in events or target not in mentions:
            continue
        told = mentions[target]
        listed = marks[target].get("syntactic_type") == "CONJ"
        for key, mention in mentions.items():
            same = bearer.get(key, key) == bearer.get(target, target)
            if (same or listed) and mention.start < told.end and told.start < mention.end:
                role = MEANTIME_ROLES.get(relation["sem_role"])
                roles[events[event], mention.chain] = role
    return roles


def examples(row: Row, named: bool) -> list[tuple[Pair, int]]:
    """Pairs of one article with the number of their role in ``FITTED``; the number after the last is none.

    ``named``: only names and pronouns, as a build would give, not other noun phrases.
    """
    marks = row["marks"]
    mentions = list_mentions(row)
    roles = list_roles(row, mentions)
    told = {cover_of(m) for m in marks.values() if m["kind"] == "EVENT_MENTION" and m["spans"]}
    triggers = sorted(told, key=lambda span: (span.start, span.end))
    asked = [m for key, m in mentions.items() if not named or marks[key].get("syntactic_type") in NAMED]
    found = []
    sentences = [Span(*span) for span in row["sentences"][:MEANTIME_SENTENCES]]
    for sentence in (sentences[0], *sentences[2:]):
        near = [mention for mention in asked if sentence.start <= mention.start < sentence.end]
        near.sort(key=lambda mention: (mention.start, mention.end))
        for trigger in triggers:
            if sentence.start <= trigger.start < sentence.end:
                for pair in list_pairs(row["text"], sentence, trigger, near, triggers):
                    role = roles.get((trigger, pair.mention.chain))
                    found.append((pair, FITTED.index(role) if role in FITTED else len(FITTED)))
    return found


def describe(pair: Pair) -> np.ndarray:
    """The value of each rule, by rule and side: [len(COLUMNS)]."""
    row = np.zeros(len(COLUMNS))
    for place, (rule, side) in enumerate(COLUMNS):
        if side == pair.side:
            row[place] = RULES[rule](pair)
    return row


def stack(found: list[tuple[Pair, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Values of the rules [pairs, len(COLUMNS)] and numbers of the roles [pairs]."""
    return np.array([describe(pair) for pair, _ in found]), np.array([role for _, role in found])


def fit(rows: np.ndarray, roles: np.ndarray, prior: float) -> np.ndarray:
    """Weights [column, role] from rows [pairs, column] and roles [pairs]; "no part" is held at zero."""
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

    fitted = minimize(cost, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B").x
    return np.asarray(fitted).reshape(shape)


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
    rows = read_corpus(options.corpora, "meantime")

    def gather(named: bool) -> Examples:
        return {t: [e for row in rows if row["topic"] == t for e in examples(row, named)] for t in TOPICS}

    by_topic = gather(named=False)
    if options.check:
        check(by_topic, gather(named=True), PRIOR)
    else:
        write(fit(*stack([e for topic in TOPICS for e in by_topic[topic]]), PRIOR))


if __name__ == "__main__":
    main()
