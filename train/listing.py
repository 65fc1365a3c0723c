"""Fit the scorers that list events to the desk's lists of articles that the network has not seen.

    python -m train.listing CORPORA > build/onrecord/data/events.csv

Logistic regressions on the features of ``onrecord.events.scene``; each threshold is the one that is best for
its own figure on the same articles. The articles are those that ``train.train`` leaves out
(``is_kept_for_fitting``) and those of the newswire corpus that are kept for measuring names.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from scipy.optimize import minimize
from train.corpora import Row, is_kept_for_fitting, read_corpus, to_article
from train.prepare import NEWSWIRE_HELD, same_days

from onrecord import annotate
from onrecord.events import assemble, scorer
from onrecord.events.likeness import compare
from onrecord.events.scene import (
    ROLES,
    STATUSES,
    Cluster,
    Scene,
    be_when,
    judge,
    summed,
    take_part,
    weigh,
)
from onrecord.model import LocalEntity

STRENGTH, STATUS_STRENGTH, LINK_STRENGTH = 1.0, 20.0, 5.0
"""How strongly weights of scaled features are drawn to 0. A choice, not measured."""
PRECISE = 0.8
"""Weight of recall for events and dates: a wrong one is worse than one that is missing."""
COST = 0.0025
"""Share of right answers that may be given for fewer events wrongly told as facts. A choice: to say that what
is planned, feared or denied has happened is the worse fault."""
FEWEST = 4
"""Events in which a word that governs must stand to have a weight."""
Features = Mapping[str, float]


def scenes_of(rows: Sequence[Row]) -> list[tuple[Scene, Sequence[LocalEntity]]]:
    """What is known of each article when its events are listed."""
    kept: list[tuple[Scene, Sequence[LocalEntity]]] = []

    def keep(scene: Scene, entities: Sequence[LocalEntity], method: str) -> tuple[tuple[()], tuple[()]]:
        kept.append((scene, entities))
        return (), ()

    articles = [replace(to_article(row), published=row.get("published")) for row in rows]
    with patch("onrecord.annotate.list_events", keep):
        for _ in annotate.annotate(articles, annotate.default_reader()):
            pass
    return kept


def fitting_rows(corpora: Path) -> list[Row]:
    """The articles of the desk's list that the network has not seen."""
    news = {str(d["id"]) for n, d in enumerate(read_corpus(corpora, "newswire")) if not n % NEWSWIRE_HELD}
    return [
        d
        for d in read_corpus(corpora, "desk-train")
        if is_kept_for_fitting(str(d["id"])) or str(d["id"]) in news
    ]


def owners_of(scene: Scene, row: Row) -> list[int | None]:
    """For each event word the number of the listed event that it tells."""
    spans = [(a, b, number) for number, event in enumerate(row["events"]) for a, b in event["mentions"]]
    return [next((n for a, b, n in spans if word.start < b and a < word.end), None) for word in scene.told]


def fit(rows: Sequence[Features], wanted: Sequence[float], strength: float = STRENGTH) -> dict[str, float]:
    """The weights of a logistic regression, with its constant as "bias"; ``strength`` draws them to 0."""
    names = sorted({name for row in rows for name in row})
    x = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    mean, scale = x.mean(0), x.std(0) + 1e-6
    x, y = (x - mean) / scale, np.array(wanted, float)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = x @ w[:-1] + w[-1]
        p = 1 / (1 + np.exp(-z))
        value = np.logaddexp(0, z).sum() - y @ z + 0.5 * strength * w[:-1] @ w[:-1]
        gradient = np.append(x.T @ (p - y) + strength * w[:-1], (p - y).sum())
        return float(value), gradient

    found = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B").x
    weights = found[:-1] / scale
    return dict(zip(names, weights.tolist(), strict=True)) | {"bias": float(found[-1] - weights @ mean)}


def chance(weights: Features, features: Features) -> float:
    """What a scorer makes of features."""
    logit = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return float(1 / (1 + np.exp(-logit)))


def best_threshold(values: Iterable[tuple[float, bool]], wanted: int, beta: float = 1.0) -> float:
    """The threshold with the best F (below a ``beta`` of 1 precision counts more); ``wanted`` counts all that
    is to be found."""
    right, best, least = 0, -1.0, 0.5
    ordered = sorted(values, key=lambda v: -v[0])
    for place, (value, gold) in enumerate(ordered, start=1):
        right += gold
        f1 = (1 + beta**2) * right / (place + beta**2 * wanted)
        if f1 > best:
            best, least = f1, value
    return least


def matched(clusters: Sequence[Cluster], owners: Sequence[int | None]) -> dict[int, int]:
    """For each cluster, by its number, the listed event it tells: one to one, the most shared words first."""
    shared: dict[tuple[int, int], int] = {}
    for number, cluster in enumerate(clusters):
        for word in cluster:
            if (owner := owners[word]) is not None:
                shared[number, owner] = shared.get((number, owner), 0) + 1
    found: dict[int, int] = {}
    for (number, owner), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if number not in found and owner not in found.values():
            found[number] = owner
    return found


class Fitting:
    """The articles, and the weights found so far, which the scorers of ``onrecord.events`` are given."""

    def __init__(self, rows: Sequence[Row]):
        self.rows = rows
        self.scenes = [scene for scene, _ in scenes_of(rows)]
        self.owners = [owners_of(scene, row) for scene, row in zip(self.scenes, rows, strict=True)]
        self.weights: dict[str, dict[str, float]] = {}

    def each(self) -> Iterator[tuple[Scene, Row, list[int | None]]]:
        """Each article with its list and the owners of its event words."""
        yield from zip(self.scenes, self.rows, self.owners, strict=True)

    def using(self) -> AbstractContextManager[object]:
        """Lets the scorers read the weights found so far."""
        return patch.object(scorer, "weights_of", lambda model: self.weights[model])

    def fit_same(self) -> None:
        """Whether two words tell one event."""
        rows, wanted = [], []
        for scene, _, owners in self.each():
            for two, word in enumerate(scene.told):
                for one in word.same:
                    if owners[one] is not None and owners[two] is not None:
                        rows.append(dict(compare(scene, one, two)))
                        wanted.append(owners[one] == owners[two])
        self.weights["same"] = fit(frequent(rows), wanted, LINK_STRENGTH) | {"least": 0.5}

    def gathered(self) -> list[list[Cluster]]:
        """The clusters of each article."""
        with self.using():
            return [list(assemble.gather_words(scene)) for scene in self.scenes]

    def fit_listed(self) -> float:
        """Whether an editor lists an event; gives the F1 of events on the articles themselves."""
        rows, wanted = [], []
        for clusters, (scene, _, owners) in zip(self.gathered(), self.each(), strict=True):
            told = matched(clusters, owners)
            for number, cluster in enumerate(clusters):
                rows.append(dict(weigh(scene, cluster)))
                wanted.append(number in told)
        weights = fit(rows, wanted)
        total = sum(len(row["events"]) for row in self.rows)
        values = [(chance(weights, row), gold) for row, gold in zip(rows, wanted, strict=True)]
        least = best_threshold(values, total, PRECISE)
        self.weights["listed"] = weights | {"least": least}
        kept = [gold for value, gold in values if value >= least]
        return 2 * sum(kept) / (len(kept) + total)

    def fit_status(self) -> None:
        """Whether an event has each of the statuses; words that govern few events are left out."""
        rows, wanted = [], []
        for clusters, (scene, row, owners) in zip(self.gathered(), self.each(), strict=True):
            for number, owner in matched(clusters, owners).items():
                rows.append(summed(judge(scene, clusters[number])))
                wanted.append(row["events"][owner]["status"])
        rows = frequent(rows)
        for status in STATUSES:
            self.weights[f"status {status}"] = fit(rows, [w == status for w in wanted], STATUS_STRENGTH)
        chances: list[Features] = [
            {status: chance(self.weights[f"status {status}"], row) for status in STATUSES} for row in rows
        ]
        self.weights["status occurred"]["least"] = least_sure(chances, wanted)

    def fit_rest(self) -> None:
        """Which of an event's words are kept, who takes part, what date is its own."""
        words: list[tuple[float, bool]] = []
        parts: list[tuple[Features, str | None, set[tuple[str, str]]]] = []
        dates: list[tuple[int, Features, bool]] = []
        dates_of: list[str | None] = []
        mentions = people = dated = 0
        for clusters, (scene, row, owners) in zip(self.gathered(), self.each(), strict=True):
            told = matched(clusters, owners)
            with self.using():
                chosen = [
                    n for n, c in enumerate(clusters)
                    if scorer.score("listed", dict(weigh(scene, c))) >= scorer.least_of("listed")
                ]  # fmt: skip
            mentions += sum(len(event["mentions"]) for event in row["events"])
            names = self._names_of(scene, row)
            for number in chosen:
                cluster = clusters[number]
                best = max(cluster, key=lambda n: scene.told[n].likely)
                words += [
                    (1.0 if n == best else scene.told[n].likely, owners[n] is not None) for n in cluster
                ]
                if number not in told:
                    continue
                event = row["events"][told[number]]
                gold = {(name, role) for name, role in event["participants"]}
                people += len(gold)
                for chain, features in take_part(scene, cluster).items():
                    parts.append((features, names.get(chain), gold))
                dated += event["date"] is not None
                for day, features in be_when(scene, cluster).items():
                    value = scene.dates[day].value or ""
                    right = same_days(value.partition("T")[0], event["date"])
                    dates.append((len(dates_of), features, right))
                dates_of.append(event["date"])
        self.weights["mention"] = {"least": best_threshold(words, mentions)}
        self._fit_parts(parts, people)
        self._fit_dates(dates, dated)

    def _fit_parts(
        self, parts: Sequence[tuple[Features, str | None, set[tuple[str, str]]]], people: int
    ) -> None:
        rows = frequent([features for features, _, _ in parts])
        for role in ROLES:
            wanted = [(name, role) in gold for _, name, gold in parts]
            self.weights[role] = fit(rows, wanted, LINK_STRENGTH)
        values = []
        for row, (_, name, gold) in zip(rows, parts, strict=True):
            chances = {role: chance(self.weights[role], row) for role in ROLES}
            role = max(ROLES, key=chances.__getitem__)
            values.append((chances[role], (name, role) in gold))
        self.weights["participant"] = {"least": best_threshold(values, people)}

    def _fit_dates(self, dates: Sequence[tuple[int, Features, bool]], dated: int) -> None:
        rows = frequent([features for _, features, _ in dates])
        weights = fit(rows, [right for _, _, right in dates], LINK_STRENGTH)
        best: dict[int, tuple[float, bool]] = {}
        for row, (event, _, right) in zip(rows, dates, strict=True):
            best[event] = max(best.get(event, (0.0, False)), (chance(weights, row), right))
        self.weights["date"] = weights | {"least": best_threshold(best.values(), dated, PRECISE)}

    @staticmethod
    def _names_of(scene: Scene, row: Row) -> dict[int, str]:
        """The listed entity that an entity of the build is."""
        spans = [(a, b, e["name"]) for e in row["entities"] for a, b in e["mentions"]]
        found: dict[int, dict[str, int]] = {}
        for mention in scene.mentions:
            if mention.form == "name":
                for a, b, name in spans:
                    if mention.start < b and a < mention.end:
                        held = found.setdefault(mention.chain, {})
                        held[name] = held.get(name, 0) + 1
        return {chain: max(names, key=lambda n: (names[n], n)) for chain, names in found.items()}


def least_sure(chances: Sequence[Features], wanted: Sequence[str]) -> float:
    """How likely it must be that an event has occurred for it to be said: as likely as costs few answers."""

    def right(least: float) -> float:
        told = (
            max((s for s in row if s != "occurred" or row[s] >= least), key=row.__getitem__)
            for row in chances
        )
        return sum(one == other for one, other in zip(told, wanted, strict=True)) / len(wanted)

    reached = {least / 20: right(least / 20) for least in range(20)}
    return max(least for least, share in reached.items() if share >= max(reached.values()) - COST)


def frequent(rows: Sequence[Features]) -> list[dict[str, float]]:
    """The features without those that few rows have."""
    often = Counter(name for row in rows for name in row)
    return [{name: value for name, value in row.items() if often[name] >= FEWEST} for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", type=Path)
    options = parser.parse_args()
    fitting = Fitting(fitting_rows(options.corpora))
    fitting.fit_same()
    reached = {}
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        fitting.weights["same"]["least"] = least
        reached[least] = fitting.fit_listed()
    fitting.weights["same"]["least"] = max(reached, key=reached.__getitem__)
    fitting.fit_listed()
    fitting.fit_status()
    fitting.fit_rest()
    print("# Weights of the scorers that list events, by train/listing.py.")
    print("model,feature,weight")
    for model, weights in sorted(fitting.weights.items()):
        for feature, weight in sorted(weights.items()):
            print(f"{model},{feature},{weight:.4g}")


if __name__ == "__main__":
    main()
