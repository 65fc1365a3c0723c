"""What each attribution rule brings: every figure once with all rules and once without each.

    python -m bench.rules CORPORA [WEIGHTS]

CORPORA is a folder with polnear-dev, factappeal and meantime (JSON lines, gzip), WEIGHTS a file for the
trained reader in place of the one that ships. Joining is measured on PolNeAR's gold fragments without their
groups, all else that makes attributions and statements on what the reader finds, certainty on MEANTIME's gold
triggers, voices on FactAppeal's gold sources and on the speakers of a whole reading that meet one. Marks that
MEANTIME's annotators left underspecified are set aside.
"""

import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from train.corpora import Row, read_corpus, to_article

from onrecord.annotate import assemble, find_document
from onrecord.claims import attribute, chain, clauses, edges, joining, quotation, standing, statements, sure
from onrecord.claims.attribute import join_attributions
from onrecord.claims.chain import Siblings, trace_hops
from onrecord.claims.quotation import find_quotations, judge_quote
from onrecord.claims.standing import find_standing, find_standings, judge_standing
from onrecord.claims.sure import judge_event
from onrecord.claims.voice import judge_voice
from onrecord.cleaning import bounds
from onrecord.model import (
    AgentKind,
    Annotated,
    Anonymity,
    Attribution,
    Document,
    Reading,
    Role,
    Span,
    Standing,
)
from onrecord.tagging.reader import TrainedReader

KINDS = {"News_Report": "outlet", "Expert_Document": "document", "Direct_Evidence": "document"}
STANDINGS = {"Official": "official", "Expert": "expert", "Witness": "witness"}
HALF = 0.5
WORD = re.compile(r"\w+")
LEAD = re.compile(r"\W*(?:but|and|or|so|yet|still|however|finally|indeed|then)?\W*", re.IGNORECASE)
WHOLE = {
    "attribute": attribute.RULES,
    "quotation": quotation.RULES,
    "edges": edges.NAME_RULES,
    "statements": statements.RULES,
    "clauses": {name: rule for name, rule in clauses.RULES.items() if name not in edges.RULES},
}
"""The rules that are measured on what the reader finds, by their module."""


def document_of(entry: Row) -> Document:
    """The text with the corpus's own sentences."""
    spans = entry.get("sentences") or [[0, len(entry["text"])]]
    return Document(entry["text"], (), tuple(Span(*s) for s in spans))


def gold_reading(entry: Row) -> Reading:
    found = {(s, e, role) for a in entry["attributions"] for role in a for s, e in a[role]}
    return Reading(roles=tuple(Role(s, e, role, -1, 1.0) for s, e, role in sorted(found)))


def words_in(text: str, spans: Iterable[Span | Sequence[int]]) -> set[int]:
    """Where the words begin that the spans touch."""
    pairs = ((s.start, s.end) if isinstance(s, Span) else s for s in spans)
    found = set()
    for start, end in pairs:
        while start > 0 and WORD.fullmatch(text, start - 1, start + 1):
            start -= 1
        found |= {match.start() for match in WORD.finditer(text, start, end)}
    return found


def f1(hits: int, total: int) -> float:
    """In percent, of what both sides have and how many there are on both sides together."""
    return 200 * hits / max(1, total)


def linked_pairs(entry: Row, joined: Iterable[Attribution]) -> tuple[int, int]:
    """Attributions found, with contents whose words overlap by half and sources that meet, and how many there
    are on both sides together."""
    text = entry["text"]
    mine = [(words_in(text, a.content), words_in(text, a.speakers)) for a in joined if a.quote_type != "none"]
    gold = [a for a in entry["attributions"] if a.get("content")]
    used: set[int] = set()
    for a in gold:
        content, source = words_in(text, a["content"]), words_in(text, a.get("source", []))
        shares = [
            (len(content & theirs) / len(content | theirs), number)
            for number, (theirs, speaker) in enumerate(mine)
            if number not in used and content & theirs and (source & speaker or not (source or speaker))
        ]
        best = max(shares, default=(0.0, -1))
        if best[0] >= HALF:
            used.add(best[1])
    return len(used), len(gold) + len(mine)


def linked(entries: list[Row], readings: list[Reading], disabled: Collection[str]) -> float:
    """F1 in percent of linked attributions, from fragments alone."""
    hits = total = 0
    for entry, reading in zip(entries, readings, strict=True):
        met, size = linked_pairs(entry, join_attributions(document_of(entry), reading, frozenset(disabled)))
        hits, total = hits + met, total + size
    return f1(hits, total)


class Read:
    """Texts of a corpus with what the reader finds in them."""

    def __init__(self, entries: list[Row], reader: TrainedReader) -> None:
        self.entries = entries
        self.documents = [find_document(to_article(entry)) for entry in entries]
        readings = zip(self.documents, reader.read(self.documents), strict=True)
        self.readings = [replace(r, roles=bounds.cut_at_blocks(d, r.roles)) for d, r in readings]

    def join(self, disabled: Collection[str]) -> list[list[Attribution]]:
        """What each text says or has said, as a build would have it."""
        joined = (
            (document, join_attributions(document, reading, frozenset(disabled)))
            for document, reading in zip(self.documents, self.readings, strict=True)
        )
        return [[a for a in found if bounds.claims_something(document, a)] for document, found in joined]

    def assemble(self) -> list[Annotated]:
        found = zip(self.entries, self.documents, self.readings, strict=True)
        return [
            assemble(to_article(entry), document, reading, "reader") for entry, document, reading in found
        ]


def attributed(read: Read, joined: list[list[Attribution]]) -> list[float]:
    """PolNeAR: linked F1, and F1 by exact span, marks and blanks counted, of sources and contents."""
    hits, total = Counter[str](), Counter[str]()
    for number, (entry, every) in enumerate(zip(read.entries, joined, strict=True)):
        found = [a for a in every if a.quote_type != "none"]
        met, size = linked_pairs(entry, found)
        hits["linked"], total["linked"] = hits["linked"] + met, total["linked"] + size
        spans = {
            "source": [s for a in found for s in a.speakers],
            "content": [s for a in found for s in a.content],
        }
        for role, mine in spans.items():
            gold = {(number, s, e) for a in entry["attributions"] for s, e in a.get(role, [])}
            ours = {(number, s.start, s.end) for s in mine}
            hits[role] += len(gold & ours)
            total[role] += len(gold) + len(ours)
    return [f1(hits[key], total[key]) for key in ("linked", "source", "content")]


def own_statements(read: Read, joined: list[list[Attribution]]) -> list[float]:
    """How many statements of its own an article makes, and what share in percent begins with its sentence and
    ends with it, datelines, marks and connectives aside."""
    count = begin = end = 0
    for document, every in zip(read.documents, joined, strict=True):
        for a in every:
            first, last = a.content[0], a.content[-1]
            opening, closing = document.sentence_at(first.start), document.sentence_at(last.end - 1)
            if a.quote_type == "none" and opening and closing:
                count += 1
                behind = edges.skip_dateline(document.text, opening.start)
                begin += LEAD.fullmatch(document.text, behind, first.start) is not None
                end += not WORD.search(document.text, last.end, closing.end)
    return [count, 100 * begin / max(1, count), 100 * end / max(1, count)]


def gold_types(entry: Row) -> dict[int, str]:
    """By the word of a FactAppeal claim, whether it is the article's own, direct or indirect."""
    found = {}
    for start, end, label in entry["spans"]:
        if label.startswith("Fact_"):
            quoted = "direct" if "Direct_Quote" in label and "Indirect" not in label else "indirect"
            kind = "none" if "No_Appeal" in label else quoted
            found.update(dict.fromkeys(words_in(entry["text"], [(start, end)]), kind))
    return found


def claimed(read: Read, joined: list[list[Attribution]]) -> list[float]:
    """FactAppeal: F1 of claims by word; the share of words of both sides' claims with the right quote type,
    where words that stand in several claims count by the share of those that are right."""
    both = total = 0
    right = 0.0
    for entry, every in zip(read.entries, joined, strict=True):
        gold = gold_types(entry)
        mine: dict[int, list[str]] = {}
        for a in every:
            for place in words_in(entry["text"], a.content):
                mine.setdefault(place, []).append("direct" if a.quote_type == "mixed" else a.quote_type)
        met = gold.keys() & mine.keys()
        right += sum(mine[place].count(gold[place]) / len(mine[place]) for place in met)
        both, total = both + len(met), total + len(gold) + len(mine)
    return [f1(both, total), 100 * right / both]


def sureness(
    entries: list[Row], topics: Collection[str], disabled: Collection[str], set_aside: bool = True
) -> list[float]:
    """Accuracy in percent of certainty, polarity and time on gold triggers that are marked for it, those that
    are marked as underspecified set aside or counted as wrong."""
    hits: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for entry in entries:
        document = document_of(entry)
        for mark in entry["marks"].values() if entry["topic"] in topics else ():
            if mark["kind"] != "EVENT_MENTION" or not mark["spans"]:
                continue
            judged = judge_event(document, Span(mark["spans"][0][0], mark["spans"][-1][1]), disabled)
            for name in ("certainty", "polarity", "time"):
                gold = (mark.get(name) or "").lower()
                if gold and not (set_aside and gold == "underspecified"):
                    seen[name] += 1
                    hits[name] += getattr(judged, name) == gold
    return [100 * hits[name] / seen[name] for name in ("certainty", "polarity", "time")]


class Tally:
    """How often what is found of sources is right, for each question asked of them."""

    def __init__(self) -> None:
        self._right: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    def count(self, label: str, anonymity: Anonymity, kind: AgentKind, found: Standing | None) -> None:
        """Count one source by FactAppeal's label "Source:Named:Official"."""
        _, named, gold = label.split(":")
        same = (named == "Named") == (anonymity == "named")
        alike = KINDS.get(gold, "voice") == (kind if kind in KINDS.values() else "voice")
        known = STANDINGS.get(gold) == found
        hits = {
            "named": same,
            "kind": alike,
            "named and kind": same and alike,
            "standing": known,
            "kind and standing": alike and known,
        }
        if found:
            hits["standing where one is given"] = known
        for key, hit in hits.items():
            self._right[key] += hit
            self._seen[key] += 1

    def share(self, key: str) -> float:
        return 100 * self._right[key] / max(1, self._seen[key])

    def __str__(self) -> str:
        shares = ", ".join(f"{key} {self.share(key):.1f}" for key in self._seen)
        return f"{shares} (of {self._seen['named']} sources)"


def gold_sources(entries: Iterable[Row]) -> Iterable[tuple[Row, int, int, str]]:
    for entry in entries:
        for start, end, label in entry["spans"]:
            if label.startswith("Source:"):
                yield entry, start, end, label


def judge_sources(entries: Iterable[Row], disabled: Collection[str] = ()) -> Tally:
    """Gold sources judged by their words and what stands beside them."""
    tally = Tally()
    for entry, start, end, label in gold_sources(entries):
        voice = judge_voice(entry["text"][start:end])
        found = judge_standing(entry["text"], start, end, voice.kind, disabled)
        tally.count(label, voice.anonymity, voice.kind, found)
    return tally


def matched_sources(read: Read) -> Tally:
    """Gold sources that the first hop of a claim meets, judged as in a package."""
    tally = Tally()
    for entry, made in zip(read.entries, read.assemble(), strict=True):
        standings = find_standings(entry["text"], made.mentions)
        hops = [claim.hops[0] for claim in made.claims if claim.hops and claim.hops[0].agent]
        for _, start, end, label in gold_sources([entry]):
            hop = next((hop for hop in hops if hop.start < end and start < hop.end), None)
            if hop:
                tally.count(label, hop.anonymity, hop.kind, find_standing(entry["text"], hop, standings))
    return tally


def quote_types(entries: Iterable[Row], disabled: Collection[str] = ()) -> float:
    """Share in percent of FactAppeal's claims with an appeal whose gold span gets the right type."""
    hits = seen = 0
    for entry in entries:
        text = entry["text"]
        quotations = find_quotations(text, disabled)
        for start, end, label in entry["spans"]:
            if label.startswith("Fact_Appeal"):
                kind = judge_quote(text, [Span(start, end)], quotations, disabled)
                seen += 1
                hits += ("Indirect" in label) == (kind == "indirect")
    return 100 * hits / seen


def hops(
    entries: list[Row], joined: list[tuple[Attribution, ...]], disabled: Collection[str]
) -> tuple[int, int, int, int]:
    """Sources and recipients that a hop meets, and all; further hops that meet one, and all."""
    met = wanted = right = further = 0
    for entry, attributions in zip(entries, joined, strict=True):
        document = document_of(entry)
        gold = [s for s in entry["spans"] if s[2].startswith("Source:") or s[2] == "Recipient"]
        siblings = Siblings(attributions)
        chains = [trace_hops(document, a, siblings, disabled=disabled) for a in attributions]
        met += sum(any(h.start < e and s < h.end for c in chains for h in c) for s, e, _ in gold)
        wanted += len(gold)
        later = [h for c in chains for h in c[1:]]
        right += sum(any(h.start < e and s < h.end for s, e, _ in gold) for h in later)
        further += len(later)
    return met, wanted, right, further


def show_joining(entries: list[Row]) -> None:
    readings = [gold_reading(entry) for entry in entries]
    whole = linked(entries, readings, ())
    print(f"polnear-dev, gold fragments, linked F1 {whole:.1f}; what is lost without each rule of joining")
    for name in sorted({name for rules in joining.RULES.values() for name in rules}):
        print(f"  {name:20} {whole - linked(entries, readings, {name}):5.1f}")


def show_whole(polnear: Read, appeals: Read) -> None:
    """What the rules beside joining bring to what the reader finds."""

    def figures(disabled: Collection[str]) -> list[float]:
        joined = polnear.join(disabled)
        return [
            *attributed(polnear, joined),
            *own_statements(polnear, joined),
            *claimed(appeals, appeals.join(disabled)),
        ]

    whole = figures(())
    print("what the reader finds, polnear-dev: linked F1, source and content exact F1 with marks counted;")
    print("its own statements: how many, share that begins and that ends with the sentence;")
    print("factappeal val: claims by word, quote type of words; then what is lost without each rule")
    print(f"  {'all rules':20}", *(f"{value:7.1f}" for value in whole))
    for module, rules in WHOLE.items():
        print(f"  {module}")
        for name in rules:
            lost = (a - b for a, b in zip(whole, figures({name}), strict=True))
            print(f"    {name:18}", *(f"{value:7.1f}" for value in lost))


def show_sureness(entries: list[Row]) -> None:
    for topics in (["airbus"], ["apple", "gm"]):
        base = sureness(entries, topics, ())
        print(f"meantime {'+'.join(topics)}, certainty, polarity, time", *(f"{v:.1f}" for v in base))
        wrong = sureness(entries, topics, (), set_aside=False)
        print("  underspecified marks counted as wrong", *(f"{v:.1f}" for v in wrong))
        for name in sure.RULES:
            less = sureness(entries, topics, (name,))
            print(f"  {name:20}", *(f"{a - b:5.1f}" for a, b in zip(base, less, strict=True)))


def show_sources(entries: list[Row], split: str) -> None:
    whole, types = judge_sources(entries), quote_types(entries)
    print(f"factappeal {split}, gold spans: quote type {types:.1f}, {whole}")
    for name in quotation.RULES:
        print(f"  quote type without {name:20} {types - quote_types(entries, {name}):5.1f}")
    for name in standing.RULES:
        less = judge_sources(entries, {name})
        print(f"  standing without {name:20} {whole.share('standing') - less.share('standing'):5.1f}")


def show_hops(entries: list[Row], reader: TrainedReader) -> None:
    """What each rule for hops finds among FactAppeal's sources and recipients, with what the reader finds."""
    documents = [document_of(entry) for entry in entries]
    joined = [join_attributions(d, r) for d, r in zip(documents, reader.read(documents), strict=True)]
    met, wanted, right, further = hops(entries, joined, ())
    print(f"factappeal, hops: {met} of {wanted} sources and recipients met; ", end="")
    print(f"{right} of {further} further hops meet one; met and further hops lost without each rule")
    for name in chain.RULES:
        less = hops(entries, joined, {name})
        print(f"  {name:20} {met - less[0]:5} {right - less[2]:5} of {further - less[3]}")


def main(folder: Path, weights: Path | None) -> None:
    reader = TrainedReader(weights, None) if weights else TrainedReader()
    polnear, facts = read_corpus(folder, "polnear-dev"), read_corpus(folder, "factappeal")
    parts = {split: [entry for entry in facts if entry["split"] == split] for split in ("train", "val")}
    show_joining(polnear)
    appeals = {split: Read(part, reader) for split, part in parts.items()}
    show_whole(Read(polnear, reader), appeals["val"])
    show_sureness(read_corpus(folder, "meantime"))
    for split, part in parts.items():
        show_sources(part, split)
        print(f"factappeal {split}, sources that a first hop meets: {matched_sources(appeals[split])}")
    show_hops(facts, reader)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
