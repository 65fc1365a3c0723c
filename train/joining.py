"""Fit the weights of the joining rules to PolNeAR and write ``build/onrecord/data/joining.csv``.

    python -m train.joining CORPORA            fit on polnear-train, write the table
    python -m train.joining CORPORA --check    fit, say what polnear-dev makes of it, write nothing

A conditional log-linear model: of the candidates that ``claims.attribute`` would weigh for a fragment, the
right one is to have the highest sum. Fitted twice over, on the gold fragments and on the same with one in ten
taken away, since a reader misses some. Full-batch gradient ascent with momentum; the same bytes on every run.
"""

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from train.corpora import read_corpus

from onrecord.claims.joining import RULES, Fragment, Pair, Step
from onrecord.claims.quotation import find_quotations
from onrecord.claims.scene import (
    Links,
    Scene,
    pairs_for_content,
    pairs_for_cue,
    pairs_for_lone_content,
    set_scene,
)
from onrecord.model import Document, Role, RoleKind, Span

TABLE = Path(__file__).parent.parent / "build" / "onrecord" / "data" / "joining.csv"
HEAD = "# Weights of the joining rules, fitted by train/joining.py to PolNeAR; not to be edited.\n"
ROLES: tuple[RoleKind, ...] = ("source", "cue", "content")
PRIOR = 2.0  # strength of the pull to zero; 0.5 to 8 give the same figures
SMALLEST = 0.05  # lighter weights are left out
STEPS = 600
ONLY_NONE = {"seeming", "bare_participle", "no_verb", "empty_subject"}
"""Rules that speak only of "no partner"."""
ALSO_NONE = {
    "always",
    "behind_content",
    "capital",
    "finished",
    "gerund",
    "passive",
    "phrase",
    "quoted",
    "speech",
}

Row = dict[tuple[str, str], float]
Example = tuple[list[Row], int]


def thin(attributions: list[dict[str, Any]], drop: float, rng: random.Random) -> list[dict[str, list[Any]]]:
    """The attributions without a share of their fragments, the same fragment being gone from all."""
    kept = [{role: [tuple(s) for s in a.get(role, [])] for role in ROLES} for a in attributions]
    all_spans = sorted({(role, span) for a in kept for role in ROLES for span in a[role]})
    gone = {key for key in all_spans if rng.random() < drop}
    return [{role: [s for s in a[role] if (role, s) not in gone] for role in ROLES} for a in kept]


def values_of(step: Step, pair: Pair) -> Row:
    """The rules that hold for a pair, by name and side."""
    names = [
        name
        for name in RULES[step]
        if (name in ONLY_NONE | ALSO_NONE if pair.side == "none" else name not in ONLY_NONE)
    ]
    return {(name, pair.side): value for name in names if (value := RULES[step][name](pair))}


@dataclass
class Gold:
    """The right partner of each fragment of a document, as far as it has one."""

    cue_of: dict[Fragment, Fragment]
    source_of: dict[Fragment, Fragment]
    contents_of: dict[Fragment, list[Fragment]]


def gold_of(attributions: list[dict[str, list[Any]]], scene: Scene) -> Gold:
    """What the annotators joined: a content with its first cue, or, where it has none, with its source; a cue
    with its source."""
    gold = Gold({}, {}, defaultdict(list))
    by_key = {(f.role, (f.start, f.end)): f for f in scene.fragments}
    for attribution in attributions:
        sources, cues, contents = (
            [by_key[role, span] for span in attribution[role] if (role, span) in by_key] for role in ROLES
        )
        for content in contents:
            if cues:
                gold.cue_of.setdefault(content, cues[0])
                gold.contents_of[cues[0]].append(content)
            elif sources:
                gold.source_of[content] = sources[0]
        if cues and sources:
            gold.source_of[cues[0]] = sources[0]
    return gold


def choices(scene: Scene, gold: Gold) -> Iterator[tuple[Step, list[Pair], Fragment | None]]:
    """Every choice that joining makes in a document, after right ones: the step, its candidates, the right
    partner."""
    links = Links(contents_of=gold.contents_of)
    before = None
    for content in scene.contents:
        right = gold.cue_of.get(content)
        yield "cue_of_content", pairs_for_content(scene, links, content, before), right
        if right is not None:
            links.cue_of[content] = right
        before = content
    before = None
    for cue in scene.cues:
        right = gold.source_of.get(cue)
        yield "source_of_cue", pairs_for_cue(scene, links, cue, before), right
        if right is not None:
            links.source_of[cue] = right
            links.speaking.add(right)
        before = cue
    for content in scene.contents:
        if content not in gold.cue_of:
            yield "source_of_content", pairs_for_lone_content(scene, content), gold.source_of.get(content)


def examples(documents: list[dict[str, Any]], drop: float, seed: int) -> dict[Step, list[Example]]:
    """By step the candidates of each choice, as values of rules, and which is right; choices whose right
    partner is no candidate are left out. ``drop`` is the share of fragments taken away."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    found: dict[Step, list[Example]] = defaultdict(list)
    for entry in documents:
        kept = thin(entry["attributions"], drop, rng)
        roles = [Role(start, end, role, -1, 1.0) for a in kept for role in ROLES for start, end in a[role]]
        document = Document(entry["text"], (), tuple(Span(*s) for s in entry["sentences"]))
        scene = set_scene(document, roles, find_quotations(document.text))
        for step, pairs, right in choices(scene, gold_of(kept, scene)):
            place = next((number for number, pair in enumerate(pairs) if pair.other == right), None)
            if place is not None:
                found[step].append(([values_of(step, pair) for pair in pairs], place))
    return found


def fit(data: list[Example]) -> dict[tuple[str, str], float]:
    """The weights under which the right candidates are likeliest."""
    names = sorted({key for rows, _ in data for row in rows for key in row})
    number = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((sum(len(rows) for rows, _ in data), len(names)), np.float32)
    starts, right, at = [], [], 0
    for rows, place in data:
        starts.append(at)
        right.append(at + place)
        for row in rows:
            for key, value in row.items():
                matrix[at, number[key]] = value
            at += 1
    group = np.repeat(np.arange(len(starts)), np.diff([*starts, at]))
    weights, speed, squares = (np.zeros(len(names), np.float32) for _ in range(3))
    for step in range(1, STEPS + 1):
        scores = matrix @ weights
        chances = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        chances /= np.add.reduceat(chances, starts)[group]
        chances[right] -= 1.0
        slope = (matrix.T @ chances + PRIOR * weights) / len(starts)
        speed = 0.9 * speed + 0.1 * slope
        squares = 0.99 * squares + 0.01 * slope**2
        rate = 0.1 if step < STEPS * 2 // 3 else 0.01
        weights -= rate * (speed / (1 - 0.9**step)) / (np.sqrt(squares / (1 - 0.99**step)) + 1e-8)
    return {name: float(weights[i]) for name, i in number.items()}


def right_share(weights: dict[tuple[str, str], float], data: list[Example]) -> float:
    def total(row: Row) -> float:
        return sum(weights.get(key, 0.0) * value for key, value in row.items())

    hits = sum(max(range(len(rows)), key=lambda i: total(rows[i])) == place for rows, place in data)
    return hits / max(1, len(data))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    train = read_corpus(arguments.corpora, "polnear-train")
    whole, thinned = examples(train, 0.0, 0), examples(train, 0.1, 1)
    held_out = examples(read_corpus(arguments.corpora, "polnear-dev"), 0.0, 0)
    lines = []
    for step in RULES:
        weights = fit(whole[step] + thinned[step])
        print(f"{step:18} dev {100 * right_share(weights, held_out[step]):5.1f} % of {len(held_out[step])}")
        lines += [(step, *key, f"{w:.2f}") for key, w in sorted(weights.items()) if abs(w) >= SMALLEST]
    if not arguments.check:
        with TABLE.open("w", encoding="utf-8", newline="") as out:
            out.write(HEAD)
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["step", "rule", "side", "weight"])
            writer.writerows(lines)


if __name__ == "__main__":
    main()
