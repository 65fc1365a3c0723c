"""What each attribution rule brings: every figure once with all rules and once without each.

    python bench/rules.py CORPORA [WEIGHTS]

CORPORA is a folder with polnear-dev, factappeal and meantime (JSON lines, gzip). PolNeAR is joined from its
gold fragments without their groups, or, with WEIGHTS (a file for the trained reader), from what that finds;
hops are traced from what the reader finds.
Marks that MEANTIME's annotators left underspecified are set aside.
"""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from onrecord.claims.attribute import join_attributions
from onrecord.claims.chain import RULES as HOP_RULES
from onrecord.claims.chain import Siblings, trace_hops
from onrecord.claims.joining import RULES as JOINING
from onrecord.claims.quotation import find_quotations, judge_quote
from onrecord.claims.standing import judge_standing
from onrecord.claims.sure import RULES as SURE
from onrecord.claims.sure import judge_event
from onrecord.claims.voice import judge_voice
from onrecord.model import Attribution, Document, Reading, Role, Span
from onrecord.tagging.reader import TrainedReader

KINDS = {"News_Report": "outlet", "Expert_Document": "document", "Direct_Evidence": "document"}
STANDINGS = {"Official": "official", "Expert": "expert", "Witness": "witness"}
HALF = 0.5
WORD = re.compile(r"\w+")


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def document_of(entry: dict[str, Any]) -> Document:
    spans = entry.get("sentences") or [[0, len(entry["text"])]]
    return Document(entry["text"], (), tuple(Span(*s) for s in spans))


def gold_reading(entry: dict[str, Any]) -> Reading:
    found = {(s, e, role) for a in entry["attributions"] for role in a for s, e in a[role]}
    return Reading(roles=tuple(Role(s, e, role, -1, 1.0) for s, e, role in sorted(found)))


def words_in(text: str, spans: Iterable[Any]) -> set[int]:
    """Where the words begin that the spans touch."""
    pairs = ((s.start, s.end) if isinstance(s, Span) else s for s in spans)
    found = set()
    for start, end in pairs:
        while start > 0 and WORD.fullmatch(text, start - 1, start + 1):
            start -= 1
        found |= {match.start() for match in WORD.finditer(text, start, end)}
    return found


def linked_pairs(entry: dict[str, Any], joined: Iterable[Attribution]) -> tuple[int, int]:
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


def linked(entries: list[dict[str, Any]], readings: list[Reading], disabled: Collection[str]) -> float:
    """F1 in percent of linked attributions."""
    hits = total = 0
    for entry, reading in zip(entries, readings, strict=True):
        met, size = linked_pairs(entry, join_attributions(document_of(entry), reading, frozenset(disabled)))
        hits, total = hits + met, total + size
    return 200 * hits / total


def sureness(
    entries: list[dict[str, Any]], topics: Collection[str], disabled: Collection[str]
) -> list[float]:
    """Accuracy in percent of certainty, polarity and time on gold triggers."""
    hits: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for entry in entries:
        document = document_of(entry)
        for mark in entry["marks"].values() if entry["topic"] in topics else ():
            if mark["kind"] != "EVENT_MENTION" or not mark["spans"]:
                continue
            judged = judge_event(document, Span(mark["spans"][0][0], mark["spans"][-1][1]), disabled)
            for name in ("certainty", "polarity", "time"):
                gold = (mark.get(name) or "underspecified").lower()
                if gold != "underspecified":
                    seen[name] += 1
                    hits[name] += getattr(judged, name) == gold
    return [100 * hits[name] / seen[name] for name in ("certainty", "polarity", "time")]


def factappeal(entries: list[dict[str, Any]], split: str) -> dict[str, float]:
    """Accuracy in percent on gold spans: quote type of claims; named or not; report, document or voice;
    official, expert, witness or none of these."""
    hits: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for entry in entries:
        text = entry["text"]
        quotations = find_quotations(text) if entry["split"] == split else ()
        for start, end, label in entry["spans"] if entry["split"] == split else ():
            if label.startswith("Fact_Appeal"):
                kind = judge_quote(text, [Span(start, end)], quotations)
                seen["quote type"] += 1
                hits["quote type"] += ("Indirect" in label) == (kind == "indirect")
            elif label.startswith("Source:"):
                _, named, kind = label.split(":")
                voice = judge_voice(text[start:end])
                same = (named == "Named") == (voice.anonymity == "named")
                standing = judge_standing(text, start, end, voice.kind)
                alike = KINDS.get(kind, "voice") == (voice.kind if voice.kind in KINDS.values() else "voice")
                known = STANDINGS.get(kind) == standing
                for key, hit in (
                    ("named", same),
                    ("kind", alike),
                    ("named and kind", same and alike),
                    ("standing", known),
                    ("kind and standing", alike and known),
                ):
                    seen[key] += 1
                    hits[key] += hit
    return {key: 100 * hits[key] / seen[key] for key in seen}


def hops(
    entries: list[dict[str, Any]], joined: list[tuple[Attribution, ...]], disabled: Collection[str]
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


def show_hops(entries: list[dict[str, Any]], reader: TrainedReader) -> None:
    """What each rule for hops finds among FactAppeal's sources and recipients, with what the reader finds."""
    documents = [document_of(entry) for entry in entries]
    readings = reader.read(documents)
    joined = [join_attributions(d, r) for d, r in zip(documents, readings, strict=True)]
    met, wanted, right, further = hops(entries, joined, ())
    print(f"factappeal, hops: {met} of {wanted} sources and recipients met; ", end="")
    print(f"{right} of {further} further hops meet one; met and further hops lost without each rule")
    for name in HOP_RULES:
        less = hops(entries, joined, {name})
        print(f"  {name:20} {met - less[0]:5} {right - less[2]:5} of {further - less[3]}")


def main(folder: Path, weights: Path | None) -> None:
    entries = read(folder, "polnear-dev")
    if weights is None:
        readings = [gold_reading(entry) for entry in entries]
    else:
        readings = list(TrainedReader(weights, None).read([document_of(entry) for entry in entries]))
    whole = linked(entries, readings, ())
    print(f"polnear-dev, linked F1 {whole:.1f}; what is lost without each rule")
    names = {name for rules in JOINING.values() for name in rules}
    for name in [*sorted(names), "joint_speakers", "continued_quotation", "bare", "asides"]:
        print(f"  {name:20} {whole - linked(entries, readings, {name}):5.1f}")
    meantime = read(folder, "meantime")
    for topics in (["airbus"], ["apple", "gm"]):
        base = sureness(meantime, topics, ())
        print(f"meantime {'+'.join(topics)}, certainty, polarity, time", *(f"{v:.1f}" for v in base))
        for name in SURE:
            less = sureness(meantime, topics, (name,))
            print(f"  {name:20}", *(f"{a - b:5.1f}" for a, b in zip(base, less, strict=True)))
    for split in ("train", "val"):
        figures = factappeal(read(folder, "factappeal"), split)
        print(f"factappeal {split}:", ", ".join(f"{key} {value:.1f}" for key, value in figures.items()))
    show_hops(read(folder, "factappeal"), TrainedReader(weights, None))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
