"""Events as a build finds them, against MEANTIME's annotated part and ECB+'s development part.

    python -m bench.happen CORPORA WEIGHTS [--show trigger|role]

MEANTIME annotates events in the title and the four sentences after the date line of each article: an article
is cut there, and what is found in the date line is not counted. ``{topic}`` in WEIGHTS stands for airbus,
apple and gm, so that each topic is read with weights that have not seen it (``train/README.md``); without it,
all are read with one file. ECB+ is read with the weights that ship; only fully annotated sentences of topics
that were not trained on are counted.

A trigger is right where it overlaps a gold one, one to one. Roles are measured over entities that MEANTIME
names in the article: its Arg0 is the agent, Arg1 the patient, Arg2 the recipient, Argm-LOC the place. "with
gold": MEANTIME's triggers and mentions are given. The weights of the rules for roles have seen MEANTIME;
``train/parts.py --check`` holds topics out. Marks that annotators left underspecified are set aside.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from train.corpora import (
    MEANTIME_ROLES,
    MEANTIME_SENTENCES,
    TOPICS,
    Row,
    cover,
    ecbplus_events,
    read_corpus,
    to_article,
)

from onrecord.annotate import annotate, find_document, judge_trigger
from onrecord.happening import happen
from onrecord.model import Annotated, Article, Mention, Span, Trigger
from onrecord.tagging.reader import TrainedReader

Place = tuple[int, int]

NAMED = ("NAM", "PRE.NAM", "PRO")


@dataclass(frozen=True, slots=True)
class Gold:
    """The triggers of one text by their characters, with who takes part, and where they were looked for."""

    article: Article
    triggers: dict[tuple[int, int], dict[str, str]]
    scope: tuple[Span, ...]
    mentions: tuple[Span, ...] = ()
    parts: frozenset[tuple[tuple[int, int], int, str]] = frozenset()
    """Trigger, number of the participant's entity, role."""
    entities: tuple[int, ...] = ()
    """The entity of each mention."""


def gold_of_meantime(row: Row) -> Gold:
    sentences = [Span(*s) for s in row["sentences"][:MEANTIME_SENTENCES]]
    marks = {key: mark for key, mark in row["marks"].items() if mark["spans"]}
    triggers = {cover(m["spans"]): m for m in marks.values() if m["kind"] == "EVENT_MENTION"}
    bearer = {r["source"]: r["target"] for r in row["relations"] if r["kind"] == "REFERS_TO"}
    numbers: dict[str, int] = {}
    mentions = []
    for key, mark in marks.items():
        if mark["kind"] == "ENTITY_MENTION" and mark.get("syntactic_type") in NAMED:
            mentions.append((cover(mark["spans"]), numbers.setdefault(bearer.get(key, key), len(numbers))))
    parts = {
        (cover(marks[r["source"]]["spans"]), numbers[entity], MEANTIME_ROLES.get(r["sem_role"], "other"))
        for r in row["relations"]
        if r["kind"] == "HAS_PARTICIPANT" and r["source"] in marks
        for entity in (bearer.get(r["target"], r["target"]),)
        if entity in numbers
    }
    mentions.sort()
    return Gold(
        Article(row["id"], row["text"][: sentences[-1].end], row["id"]),
        triggers,
        (sentences[0], *sentences[2:]),
        tuple(Span(*span) for span, _ in mentions),
        frozenset(parts),
        tuple(number for _, number in mentions),
    )


def gold_of_ecbplus(row: Row) -> Gold:
    scope = tuple(Span(*row["sentences"][place]) for place in row["scored"])
    triggers = {cover(mention["spans"]): mention for mention in ecbplus_events(row)}
    return Gold(to_article(row), triggers, scope)


def within(start: int, scope: Iterable[Span]) -> bool:
    return any(span.start <= start < span.end for span in scope)


def align(
    found: Iterable[tuple[int, int]], gold: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], tuple[int, int]]:
    """The gold trigger that each found one overlaps, one to one, in the order of the text."""
    left = sorted(gold)
    pairs = {}
    for start, end in sorted(found):
        hit = next((g for g in left if g[0] < end and start < g[1]), None)
        if hit is not None:
            left.remove(hit)
            pairs[start, end] = hit
    return pairs


def rate(right: int, found: int, wanted: int) -> str:
    precision, recall = right / found if found else 0.0, right / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    counts = f"({right}/{found}, {wanted} wanted)"
    return f"P {100 * precision:5.1f}  R {100 * recall:5.1f}  F1 {100 * f1:5.1f}  {counts}"


def show(texts: list[tuple[Gold, Annotated]], name: str, listing: bool) -> None:
    """Triggers, and the marks of those that are right."""
    right = found = wanted = 0
    same, marked = Counter[str](), Counter[str]()
    for gold, annotated in texts:
        events = {(e.start, e.end): e for e in annotated.events if within(e.start, gold.scope)}
        pairs = align(events, gold.triggers)
        right, found, wanted = right + len(pairs), found + len(events), wanted + len(gold.triggers)
        for mine, theirs in pairs.items():
            for what in ("certainty", "polarity", "time"):
                told = (gold.triggers[theirs].get(what) or "").lower()
                if told and told != "underspecified":
                    marked[what] += 1
                    same[what] += told == getattr(events[mine], what)
        if listing:
            list_faults(gold, set(events) - set(pairs), set(gold.triggers) - set(pairs.values()))
    print(f"{name:28} triggers {rate(right, found, wanted)}")
    if marked:
        print(f"{name:28} " + ", ".join(f"{w} {100 * same[w] / marked[w]:.1f}" for w in marked))


def list_faults(gold: Gold, false: set[tuple[int, int]], missed: set[tuple[int, int]]) -> None:
    text = gold.article.text
    for kind, spans in (("false", false), ("missed", missed)):
        for start, end in sorted(spans):
            around = f"{text[max(0, start - 50) : start]}[{text[start:end]}]{text[end : end + 40]}"
            print(f"  {kind:6} {' '.join(around.split())}")


def given(gold: Gold, annotated: Annotated) -> Annotated:
    """The article with MEANTIME's triggers and mentions in place of those found."""
    document = find_document(gold.article)
    triggers = [
        judge_trigger(document, Trigger(*span, "certain", "pos", "unknown", 1.0))
        for span in sorted(gold.triggers)
    ]
    kinds = {(m.start, m.end): m.type for m in annotated.mentions}
    mentions = tuple(
        Mention(s.start, s.end, "name", kinds.get((s.start, s.end), "organization"), entity, 1.0, "corpus")
        for s, entity in zip(gold.mentions, gold.entities, strict=True)
    )
    told = happen.assemble_events(document, triggers, mentions, annotated.dates, (), "corpus")
    return replace(annotated, mentions=mentions, events=told)


def roles(gold: Gold, annotated: Annotated) -> Iterator[tuple[tuple[int, int], int, str]]:
    """Gold trigger, gold entity and role of each participant found that stands on a gold mention."""
    pairs = align(((e.start, e.end) for e in annotated.events), gold.triggers)
    entity_of: dict[int, int] = {}
    for mention in annotated.mentions:
        for span, entity in zip(gold.mentions, gold.entities, strict=True):
            if mention.start < span.end and span.start < mention.end:
                entity_of.setdefault(mention.chain, entity)
    for event in annotated.events:
        if (event.start, event.end) in pairs:
            for part in event.participants:
                if part.chain in entity_of:
                    yield pairs[event.start, event.end], entity_of[part.chain], part.role


def show_roles(texts: list[tuple[Gold, Annotated]], name: str, listing: bool) -> None:
    found, wanted, right = Counter[str](), Counter[str](), Counter[str]()
    for gold, annotated in texts:
        mine = set(roles(gold, annotated))
        for counts, parts in ((found, mine), (wanted, gold.parts), (right, mine & gold.parts)):
            counts.update(role for _, _, role in parts)
            counts["any"] += len({part[:2] for part in parts})
        right["any"] += len({p[:2] for p in mine} & {p[:2] for p in gold.parts}) - len(
            {p[:2] for p in mine & gold.parts}
        )
        if listing:
            text = gold.article.text
            for kind, parts in (("false", mine - gold.parts), ("missed", set(gold.parts) - mine)):
                for (start, end), entity, role in sorted(parts):
                    spans = [s for s, e in zip(gold.mentions, gold.entities, strict=True) if e == entity]
                    near = min(spans, key=lambda s: abs(s.start - start))
                    low, high = min(start, near.start), max(end, near.end)
                    around = " ".join(text[max(0, low - 30) : high + 30].split())
                    print(f"  {kind:6} {role:9} [{text[start:end]}] {text[near.start : near.end]}: {around}")
    for role in ("agent", "patient", "recipient", "place", "other", "any"):
        print(f"{name:28} {role:9} {rate(right[role], found[role], wanted[role])}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("weights")
    parser.add_argument("--show", choices=("trigger", "role"), help="print what is wrong, too")
    options = parser.parse_args()
    rows = read_corpus(options.corpora, "meantime")
    texts = []
    for topic in TOPICS:
        reader = TrainedReader(Path(options.weights.replace("{topic}", topic)), sha256=None)
        golds = [gold_of_meantime(row) for row in rows if row["topic"] == topic]
        texts += list(zip(golds, annotate([gold.article for gold in golds], reader), strict=True))
    show(texts, "MEANTIME", options.show == "trigger")
    show_roles(texts, "MEANTIME", options.show == "role")
    show_roles([(gold, given(gold, annotated)) for gold, annotated in texts], "MEANTIME, with gold", False)
    reader = TrainedReader()
    golds = [gold_of_ecbplus(row) for row in read_corpus(options.corpora, "ecbplus") if row["split"] == "dev"]
    found = annotate([gold.article for gold in golds], reader)
    show(list(zip(golds, found, strict=True)), "ECB+ dev", options.show == "trigger")


if __name__ == "__main__":
    main()
