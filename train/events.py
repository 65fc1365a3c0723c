"""Fit what makes two mentions one happening: writes word_counts.csv, alike.csv and sameness.csv.

    python -m train.events CORPORA MINILM            fit, write the tables
    python -m train.events CORPORA MINILM --check    fit with topics left out in turn, say what it reaches

``CORPORA`` holds ecbplus, meantime, polnear-train and gum as JSON lines, ``MINILM`` all-MiniLM-L6-v2. Of ECB+
only the split train is used. Mentions are the corpus's own; names, dates and participants are found as in a
build. Needs scipy. The same bytes every run.
"""

import argparse
import calendar
import gzip
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from train.meanings import Meanings

from onrecord import words
from onrecord.annotate import annotate, default_reader, find_document
from onrecord.claims import sure
from onrecord.happening import happen
from onrecord.model import Annotated, Article, Span, Trigger
from onrecord.resolving import entities, events
from onrecord.resolving.gather import Scores, gather
from onrecord.resolving.sameness import RULES, Pair, Told
from onrecord.resolving.stories import WITHIN, Nearness, near_articles, outline, stem_word, telling_words

DATA = Path("build/onrecord/data")
FEWEST = 5
"""Articles that must hold a stem for it to be counted."""
NEAREST = 0.5
"""Least cosine of two words that may mean the same."""
FOLDS = 5
SHARE = 5.0
"""How much more a pair of MEANTIME counts than one of ECB+, of which there are four times as many."""
TOPICS = ("airbus", "apple", "gm")
RIDGE = 1.0

EXPECTED: Mapping[str, float] = {
    "other_date": -4.0,
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
        "other_figures",
        "other_status",
        "time_between",
    }
)
"""Rules that may only speak against, all others but ``always`` only for: weights stay readable."""


@dataclass(frozen=True)
class Corpus:
    """Mentions of each article, the cluster and topic of each mention, and which articles are near."""

    told: list[tuple[Told, ...]]
    gold: dict[str, str]
    topics: list[str]
    near: dict[tuple[int, int], Nearness]


def read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def gold_mentions(row: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Start, end and cluster of the event mentions in fully annotated sentences."""
    scored = [row["sentences"][place] for place in row["scored"]]
    for mention in row["mentions"]:
        start, end = mention["spans"][0][0], mention["spans"][-1][1]
        if mention["tag"].startswith(("ACTION", "NEG_ACTION")) and any(a <= start < b for a, b in scored):
            yield start, end, f"{row['topic']}:{mention['cluster'] or (row['id'], start)}"


def gold_of_meantime(row: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Start, end and cluster of the event mentions that are followed across documents."""
    for mention in row["cross"]:
        if mention["kind"] == "EVENT":
            yield mention["spans"][0][0], mention["spans"][-1][1], mention["instance"]


def date_line(text: str) -> str | None:
    """The day in the second line of a MEANTIME article: "March 01 , 2008"."""
    found = re.search(r"\b([A-Z][a-z]{2,8}) (\d{1,2}) , (\d{4})", text[:400])
    if found is None or found[1] not in calendar.month_name[1:]:
        return None
    return f"{found[3]}-{list(calendar.month_name).index(found[1]):02}-{int(found[2]):02}"


def with_gold_events(annotated: Annotated, spans: Sequence[tuple[int, int]]) -> Annotated:
    """The article with the corpus's triggers in place of those found."""
    document = find_document(annotated.article)
    triggers = []
    for start, end in sorted(set(spans)):
        judged = sure.judge_event(document, Span(start, end))
        triggers.append(Trigger(start, end, judged.certainty, judged.polarity, judged.time, 1.0))
    told = happen.assemble_events(document, triggers, annotated.mentions, annotated.dates, (), "corpus")
    return replace(annotated, claims=(), events=told)


def build_corpus(
    rows: Sequence[dict[str, Any]],
    found: Sequence[Annotated],
    read_gold: Callable[[dict[str, Any]], Iterator[tuple[int, int, str]]] = gold_mentions,
) -> Corpus:
    """``found`` are the articles as a build annotates them, in the order of ``rows``."""
    gold: dict[str, str] = {}
    articles = []
    for row, annotated in zip(rows, found, strict=True):
        clusters = {(start, end): cluster for start, end, cluster in read_gold(row)}
        article = with_gold_events(annotated, list(clusters))
        for index, event in enumerate(article.events):
            gold[article.event_mention_id(index)] = clusters[event.start, event.end]
        articles.append(article)
    ids, _ = entities.link_entities(articles)
    told = [events.tell(article, row_ids, ()) for article, row_ids in zip(articles, ids, strict=True)]
    near = near_articles([outline(article.article.text) for article in articles])
    return Corpus(told, gold, [str(row["topic"]) for row in rows], near)


def all_pairs(corpus: Corpus) -> Iterator[tuple[str, Told, Told, Nearness]]:
    """Topic and the two mentions of every pair within an article and between near ones."""
    within = [((number, number), WITHIN) for number in range(len(corpus.told))]
    for (here, there), nearness in [*within, *sorted(corpus.near.items(), key=lambda item: item[0])]:
        for one in corpus.told[here]:
            for other in corpus.told[there]:
                if here != there or one.mention_id < other.mention_id:
                    yield corpus.topics[here], one, other, nearness


Counts = Mapping[tuple[str, str], Mapping[str, Sequence[int]]]


def count_together(corpus: Corpus) -> Counts:
    """By pair of stems and topic, how many pairs of mentions are and are not one happening."""
    counts: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for topic, one, other, _ in all_pairs(corpus):
        if one.stem != other.stem:
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
    corpus: Corpus, tables: Mapping[str | None, Mapping[tuple[str, str], float]], meanings: Meanings
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str, str]]]:
    """Rules by pair, whether the pair is one happening, and the pair; ``tables`` are by the topic left
    out."""
    rows, same, pairs = [], [], []
    for topic, one, other, nearness in all_pairs(corpus):
        often, near = 0.0, 0.0
        if one.stem != other.stem:
            first, second = sorted((one.stem, other.stem))
            table = tables.get(topic, tables[None])
            often, near = table.get((first, second), 0.0), meanings.compare(first, second, NEAREST)
            if not often and not near:
                continue
        pair = Pair(one, other, nearness)
        given = {"together": often, "meaning": near}
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
        if one in gold and score > events.UNLIKE
    )
    found = gather(kept, len(numbers), events.UNLIKE, events.LEAST)
    return {mention: str(found[number]) for mention, number in numbers.items()}


def b_cubed(gold: Mapping[str, str], found: Mapping[str, str]) -> float:
    """B³ in percent (Bagga and Baldwin 1998)."""
    both, mine, theirs = (
        Counter(zip(gold.values(), (found[m] for m in gold), strict=True)),
        Counter(found.values()),
        Counter(gold.values()),
    )
    precision = sum(n * n / mine[pair[1]] for pair, n in both.items()) / len(gold)
    recall = sum(n * n / theirs[pair[0]] for pair, n in both.items()) / len(gold)
    return round(200 * precision * recall / (precision + recall), 1)


def check(corpora: Sequence[Corpus], counts: Counts, meanings: Meanings) -> None:
    """B³ on topics left out, beside equal stems: a fifth of those of ECB+ in turn, each of MEANTIME."""
    ecb, meantime = corpora
    topics = sorted(set(ecb.topics))
    tables = {topic: together(counts, topic) for topic in topics}
    rows, same, pairs = gather_features(corpora, tables | {None: together(counts)}, meanings)
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
    meanings: Meanings,
) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str, str]]]:
    """The features of several corpora, one below the other."""
    parts = [features(corpus, tables, meanings) for corpus in corpora]
    return (
        np.vstack([rows for rows, _, _ in parts]),
        np.concatenate([same for _, same, _ in parts]),
        [pair for _, _, pairs in parts for pair in pairs],
    )


def count_words(corpora: Path) -> str:
    """The table of how many articles hold a stem."""
    counts: Counter[str] = Counter()
    for name in ("polnear-train", "ecbplus", "gum"):
        for row in read(corpora / f"{name}.jsonl.gz"):
            if row.get("split") != "dev":
                counts.update({"*", *(stem for stem, _ in telling_words(row["text"]))})
    kept = sorted((stem, n) for stem, n in counts.items() if n >= FEWEST and stem.isascii() and stem != "*")
    head = (
        "# In how many articles of PolNeAR, ECB+ and GUM (training parts) a word stands, by its stem;\n"
        "# * counts the articles. Counted by train/events.py; words of fewer than five are left out.\n"
        "stem,articles\n"
    )
    return head + f"*,{counts['*']}\n" + "".join(f"{stem},{n}\n" for stem, n in kept)


def alike_table(counts: Counts, meanings: Meanings, stems: Sequence[str]) -> str:
    """The table of stems that may tell one happening."""
    often = together(counts)
    near = {(a, b): score for a, b, score in meanings.near(stems, NEAREST)}
    head = (
        "# Stems that may tell one happening, by train/events.py: how often they do in ECB+ (training part,\n"
        "# CC BY 3.0; log odds moved to be positive), and how near all-MiniLM-L6-v2 (Apache-2.0) puts them\n"
        "# (cosine); 0 where unknown.\n"
        "stem,other,together,meaning\n"
    )
    lines = [
        f"{a},{b},{often.get((a, b), 0):g},{near.get((a, b), 0):g}\n"
        for a, b in sorted(often.keys() | near.keys())
        if a.isascii() and b.isascii()
    ]
    return head + "".join(lines)


def to_article(row: dict[str, Any]) -> Article:
    """A corpus row as an article, with the day it was published where the corpus gives one."""
    text = row["text"]
    published = date_line(text) if "cross" in row else None
    return Article(row["id"], text, sha256(text.encode()).hexdigest(), published=published)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("minilm", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    ecb_rows = [row for row in read(given.corpora / "ecbplus.jsonl.gz") if row["split"] == "train"]
    meantime_rows = list(read(given.corpora / "meantime.jsonl.gz"))
    corpus = build_corpus(ecb_rows, list(annotate(list(map(to_article, ecb_rows)), default_reader())))
    meantime = build_corpus(
        meantime_rows,
        list(annotate(list(map(to_article, meantime_rows)), default_reader())),
        gold_of_meantime,
    )
    counts = count_together(corpus)
    stems = sorted(
        {told.stem for articles in (corpus.told, meantime.told) for row in articles for told in row}
        | {stem_word(row["word"].lstrip("=")) for row in words.table("plover")}
        | {events.stem_of(cue) for cue in words.load("cue_verbs") if " " not in cue}
    )
    meanings = Meanings(given.minilm, stems)
    if given.check:
        check((corpus, meantime), counts, meanings)
        return
    (DATA / "word_counts.csv").write_text(count_words(given.corpora), encoding="utf-8")
    (DATA / "alike.csv").write_text(alike_table(counts, meanings, stems), encoding="utf-8")
    tables = {topic: together(counts, topic) for topic in set(corpus.topics)}
    fitted, same, pairs = gather_features((corpus, meantime), tables | {None: together(counts)}, meanings)
    weights = fit(fitted, same, np.array([1.0 if topic in tables else SHARE for *_, topic in pairs]))
    lines = [f"{name},{weight:.2f}\n" for name, weight in zip(RULES, weights, strict=True)]
    head = "# Weights of the rules in sameness.py, fitted to ECB+ (training part) and MEANTIME.\n"
    (DATA / "sameness.csv").write_text(head + "rule,weight\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
