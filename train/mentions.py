"""The event mentions of ECB+ and MEANTIME as a build compares them, and how well they are clustered."""

import calendar
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from train.corpora import Row, cover, ecbplus_events, to_article

from onrecord.annotate import find_document
from onrecord.claims import sure
from onrecord.model import Annotated, Article, EventMention, Span
from onrecord.overlap import Overlaps
from onrecord.resolving import entities, events
from onrecord.resolving.event_pairs import Told
from onrecord.resolving.stories import Nearness, near_articles, outline


@dataclass(frozen=True)
class Corpus:
    """Mentions of each article, the cluster and topic of each mention, and which articles are near."""

    told: list[tuple[Told, ...]]
    gold: dict[str, str]
    topics: list[str]
    near: Mapping[tuple[int, int], Nearness]


def gold_mentions(row: Row) -> Iterator[tuple[int, int, str]]:
    """Start, end and cluster of the event mentions in fully annotated sentences."""
    for mention in ecbplus_events(row):
        start, end = cover(mention["spans"])
        yield start, end, f"{row['topic']}:{mention['cluster'] or (row['id'], start)}"


def gold_of_meantime(row: Row) -> Iterator[tuple[int, int, str]]:
    """Start, end and cluster of the event mentions that are followed across documents."""
    for mention in row["cross"]:
        if mention["kind"] == "EVENT":
            yield *cover(mention["spans"]), mention["instance"]


def date_line(text: str) -> str | None:
    """The day in the second line of a MEANTIME article: "March 01 , 2008"."""
    found = re.search(r"\b([A-Z][a-z]{2,8}) (\d{1,2}) , (\d{4})", text[:400])
    if found is None or found[1] not in calendar.month_name[1:]:
        return None
    return f"{found[3]}-{list(calendar.month_name).index(found[1]):02}-{int(found[2]):02}"


def with_gold_events(annotated: Annotated, spans: Sequence[tuple[int, int]]) -> Annotated:
    """The article with the corpus's triggers in place of those found."""
    document = find_document(annotated.article)
    over = Overlaps(annotated.events)
    events = []
    for start, end in sorted(set(spans)):
        judged = sure.judge_event(document, Span(start, end))
        known = [annotated.events[n] for n in over.over(start, end)]
        events.append(
            EventMention(
                start=start,
                end=end,
                certainty=judged.certainty,
                polarity=judged.polarity,
                time=judged.time,
                date=known[0].date if known else None,
                claim=None,
                participants=known[0].participants if known else (),
                method="corpus",
                confidence=1.0,
            )
        )
    return replace(annotated, claims=(), events=tuple(events), listed=())


def build_corpus(
    rows: Sequence[Row],
    found: Sequence[Annotated],
    read_gold: Callable[[Row], Iterator[tuple[int, int, str]]] = gold_mentions,
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


def all_pairs(corpus: Corpus) -> Iterator[tuple[str, Told, Told]]:
    """Topic and the two mentions of every pair within an article and between near ones."""
    within = [(number, number) for number in range(len(corpus.told))]
    for here, there in [*within, *sorted(corpus.near)]:
        for one in corpus.told[here]:
            for other in corpus.told[there]:
                if here != there or one.mention_id < other.mention_id:
                    yield corpus.topics[here], one, other


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


def to_dated_article(row: Row) -> Article:
    """A text as a build reads it, with the day it was published where the corpus gives one."""
    published = date_line(row["text"]) if "cross" in row else None
    return replace(to_article(row), published=published)
