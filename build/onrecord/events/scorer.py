"""Small scorers fitted to the desk's lists: logistic regressions, weights in ``data/events.csv`` and
``data/labels.csv``."""

import math
from collections.abc import Mapping
from functools import cache

from onrecord import words


@cache
def weights_of(model: str) -> Mapping[str, float]:
    """The weights of a scorer by feature; "bias" is its constant, "least" the threshold that goes with it."""
    rows = (*words.table("events"), *words.table("labels"))
    return {row["feature"]: float(row["weight"]) for row in rows if row["model"] == model}


def score(model: str, features: Mapping[str, float]) -> float:
    """How likely what the scorer asks is, 0 to 1, by the features of one thing or pair."""
    weights = weights_of(model)
    logit = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def least_of(model: str) -> float:
    """The probability from which on a scorer's answer is yes."""
    return weights_of(model)["least"]


def logit(chance: float) -> float:
    """The log odds of a probability, bounded.

    >>> round(logit(0.5), 3), round(logit(1.0), 2)
    (0.0, 6.91)
    """
    chance = min(max(chance, 0.001), 0.999)
    return math.log(chance / (1 - chance))
