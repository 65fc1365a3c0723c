"""Fit what makes two mentions one happening: writes word_counts.csv, alike.csv and sameness.csv.

    python -m train.events CORPORA MINILM WORDNET            fit, write the tables
    python -m train.events CORPORA MINILM WORDNET --check    fit with topics left out, say what it reaches

``CORPORA`` holds ecbplus, meantime, polnear-train and gum as JSON lines, ``MINILM`` all-MiniLM-L6-v2,
``WORDNET`` the database files of WordNet 3.0 (Debian's wordnet-base has them in /usr/share/wordnet). Of ECB+
only the split train is used. Mentions are the corpus's own; names, dates and participants are found as in a
build. Needs scipy. The same bytes every run.
"""

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from train.alike import Likeness, alike_table, is_number
from train.corpora import TOPICS, read_corpus
from train.mentions import Corpus, all_pairs, b_cubed, build_corpus, gold_of_meantime, to_dated_article

from onrecord import words
from onrecord.annotate import annotate, default_reader
from onrecord.gather import Scores, gather
from onrecord.resolving import events
from onrecord.resolving.event_pairs import UNLIKE
from onrecord.resolving.sameness import RULES, Pair
from onrecord.resolving.stories import stem_word, telling_words

DATA = Path("build/onrecord/data")
FEWEST = 5
"""Articles that must hold a stem for it to be counted."""
FOLDS = 5
SHARE = 5.0
"""How much more a pair of MEANTIME counts than one of ECB+, of which there are four times as many."""
RIDGE = 1.0

EXPECTED: Mapping[str, float] = {
    "other_date": -4.0,
    "other_year": -6.0,
    "other_agent": -1.5,
    "other_patient": -1.0,
    "other_place": -1.5,
    "other_status": -1.0,
    "same_agent": 0.5,
    "same_patient": 0.5,
    "same_date": 0.5,
}
"""What is expected before the corpus is seen. In ECB+ all articles on a topic tell one happening, so it
cannot teach that a second meeting, of others or on another day, is another meeting."""
FIRMNESS = 100.0
"""How many pairs of the corpus weigh as much as what is expected."""
AGAINST = frozenset(
    {
        "low_contrast",
        "side_by_side",
        "sentence_apart",
        "repeats",
        "says",
        "other_agent",
        "other_patient",
        "other_place",
        "other_date",
        "other_year",
        "other_figures",
        "other_status",
        "time_between",
    }
)
"""Rules that may only speak against, all others but ``always`` only for: weights stay readable."""


Counts = Mapping[tuple[str, str], Mapping[str, Sequence[int]]]


def count_together(corpus: Corpus) -> Counts:
    """By pair of stems and topic, how many pairs of mentions are and are not one happening."""
    counts: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for topic, one, other, _ in all_pairs(corpus):
        if one.stem != other.stem and not (is_number(one.stem) or is_number(other.stem)):
            first, second = sorted((one.stem, other.stem))
            same = corpus.gold[one.mention_id] == corpus.gold[other.mention_id]
            counts[first, second][topic][not same] += 1
    return counts


def together(counts: Counts, without: str | None = None) -> dict[tuple[str, str], float]:
    """Log odds, moved to be positive, of stems that tell one happening outside the topic ``without``."""
    found = {}
    for stems, topics in counts.items():
        same = sum(pair[0] for topic, pair in topics.items() if topic != without)
        apart = sum(pair[1] for topic, pair in topics.items() if topic != without)
        if same:
            found[stems] = round(max(0.1, math.log((same + 0.5) / (apart + 1.5)) + 2.0), 2)
    return found


def features(
    corpus: Corpus, tables: Mapping[str | None, Mapping[tuple[str, str], float]], likeness: Likeness
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str, str]]]:
    """Rules by pair, whether the pair is one happening, and the pair; ``tables`` are by the topic left
    out."""
    rows, same, pairs = [], [], []
    for topic, one, other, nearness in all_pairs(corpus):
        often, near, shared = 0.0, 0.0, 0.0
        if one.stem != other.stem:
            first, second = sorted((one.stem, other.stem))
            often = tables.get(topic, tables[None]).get((first, second), 0.0)
            near, shared = likeness.compare(first, second)
            if not often and not near and not shared:
                continue
        pair = Pair(one, other, nearness)
        given = {"together": often, "meaning": near, "sense": shared}
        rows.append([given[name] if name in given else rule(pair) for name, rule in RULES.items()])
        same.append(corpus.gold[one.mention_id] == corpus.gold[other.mention_id])
        pairs.append((one.mention_id, other.mention_id, topic))
    return np.array(rows), np.array(same), pairs


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


def cluster(
    pairs: Sequence[tuple[str, str, str]], scores: np.ndarray, gold: Mapping[str, str]
) -> dict[str, str]:
    numbers = {mention: number for number, mention in enumerate(sorted(gold))}
    kept = Scores(
        (numbers[one], numbers[other], round(float(score), 3))
        for (one, other, _), score in zip(pairs, scores, strict=True)
        if one in gold and score > UNLIKE
    )
    found = gather(kept, len(numbers), UNLIKE, events.LEAST)
    return {mention: str(found[number]) for mention, number in numbers.items()}


def check(corpora: Sequence[Corpus], counts: Counts, likeness: Likeness) -> None:
    """B³ on topics left out, beside equal stems: a fifth of those of ECB+ in turn, each of MEANTIME."""
    ecb, meantime = corpora
    topics = sorted(set(ecb.topics))
    tables = {topic: together(counts, topic) for topic in topics}
    rows, same, pairs = gather_features(corpora, tables | {None: together(counts)}, likeness)
    share = np.array([1.0 if topic in tables else SHARE for *_, topic in pairs])
    parts = [
        topics.index(topic) % FOLDS if topic in tables else FOLDS + TOPICS.index(topic) for *_, topic in pairs
    ]
    fold, scores = np.array(parts), np.zeros(len(pairs))
    for number in set(parts):
        rest = fold != number
        scores[~rest] = rows[~rest] @ fit(rows[rest], same[rest], share[rest])
    for name, corpus in (("ECB+", ecb), ("MEANTIME", meantime)):
        stems = {told.mention_id: told.stem for row in corpus.told for told in row}
        print(f"{name}: same stem {b_cubed(corpus.gold, stems)}", end=", ")
        print(f"rules {b_cubed(corpus.gold, cluster(pairs, scores, corpus.gold))}")


def gather_features(
    corpora: Sequence[Corpus],
    tables: Mapping[str | None, Mapping[tuple[str, str], float]],
    likeness: Likeness,
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str, str]]]:
    """The features of several corpora, one below the other."""
    parts = [features(corpus, tables, likeness) for corpus in corpora]
    return (
        np.vstack([rows for rows, _, _ in parts]),
        np.concatenate([same for _, same, _ in parts]),
        [pair for _, _, pairs in parts for pair in pairs],
    )


def read_texts(corpora: Path, names: Sequence[str]) -> Iterator[str]:
    """The texts of several corpora, but for those to develop with."""
    for name in names:
        yield from (row["text"] for row in read_corpus(corpora, name) if row.get("split") != "dev")


def count_words(texts: Iterable[str]) -> str:
    """The table of how many articles hold a stem."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({"*", *(stem for stem, _ in telling_words(text))})
    kept = sorted((stem, n) for stem, n in counts.items() if n >= FEWEST and stem.isascii() and stem != "*")
    head = (
        "# In how many articles of PolNeAR, ECB+ and GUM (training parts) a word stands, by its stem;\n"
        "# * counts the articles. Counted by train/events.py; words of fewer than five are left out.\n"
        "stem,articles\n"
    )
    return head + f"*,{counts['*']}\n" + "".join(f"{stem},{n}\n" for stem, n in kept)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("minilm", type=Path)
    parser.add_argument("wordnet", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    ecb_rows = [row for row in read_corpus(given.corpora, "ecbplus") if row["split"] == "train"]
    meantime_rows = read_corpus(given.corpora, "meantime")
    corpus = build_corpus(ecb_rows, list(annotate(list(map(to_dated_article, ecb_rows)), default_reader())))
    meantime = build_corpus(
        meantime_rows,
        list(annotate(list(map(to_dated_article, meantime_rows)), default_reader())),
        gold_of_meantime,
    )
    counts = count_together(corpus)
    besides = (
        {told.stem for articles in (corpus.told, meantime.told) for row in articles for told in row}
        | {stem_word(row["word"].lstrip("=")) for row in words.table("plover")}
        | {events.stem_of(cue) for cue in words.load("cue_verbs") if " " not in cue}
    )
    texts = read_texts(given.corpora, ("polnear-train", "ecbplus", "gum", "meantime"))
    likeness = Likeness(texts, besides, given.minilm, given.wordnet)
    if given.check:
        check((corpus, meantime), counts, likeness)
        return
    texts = read_texts(given.corpora, ("polnear-train", "ecbplus", "gum"))
    (DATA / "word_counts.csv").write_text(count_words(texts), encoding="utf-8")
    (DATA / "alike.csv").write_text(alike_table(together(counts), likeness), encoding="utf-8")
    tables = {topic: together(counts, topic) for topic in set(corpus.topics)}
    fitted, same, pairs = gather_features((corpus, meantime), tables | {None: together(counts)}, likeness)
    weights = fit(fitted, same, np.array([1.0 if topic in tables else SHARE for *_, topic in pairs]))
    lines = [f"{name},{weight:.2f}\n" for name, weight in zip(RULES, weights, strict=True)]
    head = "# Weights of the rules in sameness.py, fitted to ECB+ (training part) and MEANTIME.\n"
    (DATA / "sameness.csv").write_text(head + "rule,weight\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
