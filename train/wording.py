"""Fit what labels of events keep, and which of several is best, to labels of the desk's lists.

    python -m train.wording CORPORA > build/onrecord/data/labels.csv

Two logistic regressions. "label piece": whether a reader's label has the word that leads a piece of the
sentence, asked of all pieces that hang on what is kept. "label": how much of a reader's label a label says,
as F1 of the words that carry content. Both are fitted to every article of the lists: the network that gives
the trees was not taught labels.
"""

import argparse
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

from train.corpora import Row, read_corpus
from train.listing import Features, fit, frequent, matched, owners_of, scenes_of

from onrecord.english.inflection import base_of
from onrecord.events import assemble, scorer
from onrecord.events.labels import write_labels
from onrecord.events.likeness import stem_alike
from onrecord.events.scene import Scene
from onrecord.events.wording import Wording
from onrecord.model import LocalEntity
from onrecord.words import load

STRENGTH = 5.0
"""How strongly weights of scaled features are drawn to 0. A choice, not measured."""
Scenes = Sequence[tuple[Scene, Sequence[LocalEntity]]]


def content_of(label: str) -> list[str]:
    """The words of a label that carry content, in small letters.

    >>> content_of("Ana Ruiz's firm sues the Port of Halden.")
    ['ana', 'ruiz', 'firm', 'sues', 'port', 'halden']
    """
    plain = label.casefold().replace("’", "'").replace("'s", "").replace("-", " ")
    found = [word.strip(".,;:!?\"'“”()") for word in plain.split()]
    return [word for word in found if word and word not in load("function_words")]


def is_one(one: str, two: str) -> bool:
    """Whether two words are forms of one.

    >>> is_one("arrested", "arrests"), is_one("decision", "decides"), is_one("port", "firm")
    (True, True, False)
    """
    if one == two or stem_alike(one, two):
        return True
    return any(base_of(one, part) == base_of(two, part) for part in ("verb", "noun"))


def agreement(label: str, wanted: str) -> float:
    """F1 of the words of content of two labels."""
    mine, theirs = content_of(label), content_of(wanted)
    left, shared = list(theirs), 0
    for word in mine:
        found = next((other for other in left if is_one(word, other)), None)
        if found is not None:
            left.remove(found)
            shared += 1
    return 2 * shared / max(1, len(mine) + len(theirs))


def is_in(wording: Wording, word: int, label: Sequence[str]) -> bool:
    """Whether a label has a word of the text, or the name of whom it means."""
    named = wording.named.get(word)
    told = content_of(named.name) if named is not None else [wording.text.lower(word)]
    return any(is_one(one, other) for one in told for other in label)


class Asked:
    """Stands for the scorer of pieces: keeps those that a reader's label has, and notes what was asked."""

    def __init__(self, wording: Wording, label: str) -> None:
        self.wording, self.label = wording, content_of(label)
        self.pieces: dict[int, tuple[Features, bool]] = {}

    def judge(self, piece: int, features: Features) -> float:
        """Whether the label has the word that leads a piece."""
        kept = is_in(self.wording, piece, self.label)
        self.pieces[piece] = features, kept
        return float(kept)


def fit_pieces(rows: Sequence[Row], scenes: Scenes) -> dict[str, float]:
    """Whether a piece is kept, asked of all mentions that a reader of a list gave."""
    asked: list[tuple[Features, bool]] = []
    for row, (scene, entities) in zip(rows, scenes, strict=True):
        wording = assemble.word_article(scene, entities)
        for event in row["events"]:
            for start, end in event["mentions"]:
                word = scene.text.head_of(start, end)
                if word is not None:
                    reader = Asked(wording, event["label"])
                    wording.judge = reader.judge
                    list(write_labels(wording, word))
                    asked += reader.pieces.values()
    return fit(frequent([features for features, _ in asked]), [kept for _, kept in asked], STRENGTH)


def fit_worth(rows: Sequence[Row], scenes: Scenes) -> dict[str, float]:
    """How good a label is, asked of all that the mentions of a listed event give."""
    asked: list[Features] = []
    wanted: list[float] = []
    for row, (scene, entities) in zip(rows, scenes, strict=True):
        wording = assemble.word_article(scene, entities)
        clusters = assemble.gather_words(scene)
        for number, owner in matched(clusters, owners_of(scene, row)).items():
            event = row["events"][owner]
            cluster = assemble.trim(scene, clusters[number])
            for label in assemble.write_all(scene, cluster, wording, event["status"]):
                asked.append(label.features)
                wanted.append(agreement(label.text, event["label"]))
    return fit(frequent(asked), wanted, STRENGTH)


def using(weights: dict[str, dict[str, float]]) -> AbstractContextManager[object]:
    """Lets labels be written by weights that are not stored yet."""
    stored = scorer.weights_of
    return patch.object(scorer, "weights_of", lambda model: weights.get(model) or stored(model))


def fit_labels(rows: Sequence[Row], scenes: Scenes) -> dict[str, dict[str, float]]:
    """The weights of both scorers."""
    weights = {"label piece": fit_pieces(rows, scenes)}
    with using(weights):
        weights["label"] = fit_worth(rows, scenes)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    rows = read_corpus(parser.parse_args().corpora, "desk-train")
    print("# Weights of the scorers that word labels of events, by train/wording.py.")
    print("model,feature,weight")
    for model, weights in sorted(fit_labels(rows, scenes_of(rows)).items()):
        for feature, weight in sorted(weights.items()):
            print(f"{model},{feature},{weight:.4g}")


if __name__ == "__main__":
    main()
