"""Writes ``seeds/corrections.csv``: the lines that turn what the pipeline reads into the reading by hand.

    python -m bench.seed_corrections 2026-11-22

The day is the one the lines carry. To be run again when the reader changes; what then still differs is told.
"""

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import readme
from bench.seeds import HAND, SEEDS, Story, fit, list_rows, read_alone, read_by_hand, tell

from onrecord import pipeline
from onrecord.correcting import amend_words, corrections
from onrecord.correcting.corrections import Correction
from onrecord.model import Annotated, Claim, EventMention, Mention
from onrecord.world import Placed

NEAR = 0.5
"""Share of two contents' characters that both have, from which one is amended into the other."""


def write_corrections(alone: Sequence[Annotated], by_hand: Story, day: str) -> list[Correction]:
    """Lines that turn the pipeline's rows into those read by hand."""
    story = tell(alone, pipeline.UNCORRECTED)
    lines: list[Correction] = []
    for read, placed, wanted, held in zip(
        story.articles, story.world.placed, by_hand.articles, by_hand.world.placed, strict=True
    ):
        lines += _Difference(read, wanted, _names(story, placed), _names(by_hand, held), day).lines()
    bare = [replace(read, entities=(), mentions=(), dates=(), claims=(), events=()) for read in alone]
    hand = fit(bare, corrections.load_corrections([HAND])).lines
    lines += [line for line in hand if line.table in ("claim_relations", "events", "entities")]
    return lines


def _names(story: Story, placed: Placed) -> list[str]:
    name_of = {row.entity_id: row.name for row in story.world.entities}
    return [name_of[entity_id] for entity_id in placed.entity_ids]


@dataclass(frozen=True, slots=True)
class _Difference:
    """One article as read and as wanted, with the entity name over all articles of each chain."""

    read: Annotated
    wanted: Annotated
    names: list[str]
    wanted_names: list[str]
    day: str

    def lines(self) -> list[Correction]:
        return [*self._mentions(), *self._dates(), *self._claims(), *self._events()]

    def _line(
        self,
        action: str,
        table: str,
        text: str,
        nth: int,
        expects: Mapping[str, str | None],
        value: Mapping[str, str | None],
        why: str,
    ) -> Correction:
        pairs = [tuple((k, v) for k, v in side.items()) for side in (expects, value)]
        return Correction(
            "", self.day, action, table, self.read.article.name, text, nth, pairs[0], pairs[1], why
        )

    def _at(self, start: int, end: int) -> tuple[str, int]:
        text = self.read.article.text
        words = text[start:end]
        nth, place = 0, -1
        while place < start:
            place = text.find(words, place + 1)
            nth += 1
        return words, nth

    def _kept_names(self) -> dict[str, str]:
        """What this article's rows call an entity, by its name over all articles."""
        right = {(m.start, m.end, self.wanted_names[m.chain]) for m in self.wanted.mentions}
        kept: dict[str, str] = {}
        for m in self.read.mentions:
            if (m.start, m.end, self.names[m.chain]) in right:
                kept.setdefault(self.names[m.chain], self.read.entities[m.chain].name)
        return kept

    def _called(self, chain: int) -> str:
        return self._kept_names().get(self.wanted_names[chain], self.wanted.entities[chain].name)

    def _mentions(self) -> Iterable[Correction]:
        old, new = defaultdict(list), defaultdict(list)
        for m in self.read.mentions:
            old[m.start, m.end].append(m)
        for m in self.wanted.mentions:
            new[m.start, m.end].append(m)
        for place in sorted({*old, *new}):
            words, nth = self._at(*place)
            wanted = {self.wanted_names[m.chain]: m for m in new[place]}
            unmatched = []
            for m in old[place]:
                w = wanted.pop(self.names[m.chain], None)
                if w is None:
                    unmatched.append(m)
                    continue
                value = {f: getattr(w, f) for f in ("form", "type") if getattr(w, f) != getattr(m, f)}
                if value:
                    expects = {"entity": self.read.entities[m.chain].name} | {f: getattr(m, f) for f in value}
                    yield self._line(
                        "change", "entity_mentions", words, nth, expects, value, _why_mention(value)
                    )
            for m in unmatched:
                expects = {"entity": self.read.entities[m.chain].name}
                if not wanted:
                    why = self._why_dropped(m)
                    yield self._line("drop", "entity_mentions", words, nth, expects, {}, why)
                    continue
                name = sorted(wanted)[0]
                w = wanted.pop(name)
                value = {"entity": self._called(w.chain)}
                for f in ("form", "type"):
                    if getattr(w, f) != getattr(m, f):
                        expects[f], value[f] = getattr(m, f), getattr(w, f)
                yield self._line("change", "entity_mentions", words, nth, expects, value, f"means {name}")
            for name, w in sorted(wanted.items()):
                value = {"entity": self._called(w.chain), "form": w.form, "type": w.type}
                yield self._line("add", "entity_mentions", words, nth, {}, value, f"means {name}")

    def _why_dropped(self, mention: Mention) -> str:
        text = self.read.article.text
        for w in self.wanted.mentions:
            if w.form == mention.form == "name" and w.start < mention.end and mention.start < w.end:
                return f"the name is {text[w.start : w.end]}"
        return "no name" if mention.form == "name" else "the text does not settle whom it means"

    def _dates(self) -> Iterable[Correction]:
        old = {(d.start, d.end): d for d in self.read.dates}
        new = {(d.start, d.end): d for d in self.wanted.dates}
        for place in sorted({*old, *new}):
            words, nth = self._at(*place)
            d, w = old.get(place), new.get(place)
            if w is None:
                yield self._line("drop", "dates", words, nth, {}, {}, "no date")
                continue
            fields = ("kind", "value", "anchor")
            why = f"counted from {w.anchor}" if w.anchor else "the article gives the whole date"
            if d is None:
                yield self._line("add", "dates", words, nth, {}, {f: getattr(w, f) for f in fields}, why)
                continue
            value = {f: getattr(w, f) for f in fields if getattr(w, f) != getattr(d, f)}
            if value:
                yield self._line("change", "dates", words, nth, {f: getattr(d, f) for f in value}, value, why)

    def _claim(self, claim: Claim) -> dict[str, str | None]:
        return amend_words.write_claim(self.read.article.text, claim)

    def _claims(self) -> Iterable[Correction]:
        pairs, unwanted, missing = _pair_claims(self.read.claims, self.wanted.claims)
        for claim in unwanted:
            yield self._drop_claim(claim)
        for claim, wanted in pairs:
            yield from self._change_claim(claim, wanted)
        for claim in missing:
            yield self._add_claim(claim)

    def _nth(self, claim: Claim) -> int:
        return self._at(claim.content[0].start, claim.content[0].end)[1]

    def _drop_claim(self, claim: Claim) -> Correction:
        cells = self._claim(claim)
        expects = {field: cells[field] for field in ("speaker", "quote_type")}
        why = "states nothing" if claim.quote_type == "none" else "nobody is said to say this"
        return self._line("drop", "claims", cells["content"] or "", self._nth(claim), expects, {}, why)

    def _change_claim(self, claim: Claim, wanted: Claim) -> Iterable[Correction]:
        before, after = self._claim(claim), self._claim(wanted)
        value = {field: cell for field, cell in after.items() if cell != before[field]}
        if not value and not self._voices_differ(claim, wanted):
            return
        value = value or {"hops": after["hops"]}
        expects = {field: before[field] for field in value if field != "content"}
        if [one.content for one in self.read.claims].count(claim.content) > 1:
            expects["speaker"] = before["speaker"]
        why = _why_claim(value, after)
        yield self._line("change", "claims", before["content"] or "", self._nth(claim), expects, value, why)

    def _add_claim(self, claim: Claim) -> Correction:
        cells = self._claim(claim)
        words = cells.pop("content") or ""
        own = claim.quote_type == "none"
        why = "the article's own statement" if own else f"said by {cells['speaker'] or 'somebody'}"
        return self._line("add", "claims", words, self._nth(claim), {}, cells, why)

    def _voices_differ(self, c: Claim, w: Claim) -> bool:
        def named(names: list[str], chain: int | None) -> str | None:
            return None if chain is None else names[chain]

        mine = [named(self.names, chain) for chain in (c.speaker_chain, *(h.chain for h in c.hops))]
        return mine != [
            named(self.wanted_names, chain) for chain in (w.speaker_chain, *(h.chain for h in w.hops))
        ]

    def _events(self) -> Iterable[Correction]:
        old = {(e.start, e.end): e for e in self.read.events}
        new = {(e.start, e.end): e for e in self.wanted.events}
        for place in sorted({*old, *new}):
            words, nth = self._at(*place)
            e, w = old.get(place), new.get(place)
            if w is None:
                yield self._line(
                    "drop", "event_mentions", words, nth, {}, {}, "tells no happening of the story"
                )
                continue
            after = self._event(self.wanted, w, [self._called(p.chain) for p in w.participants])
            if e is None:
                yield self._line("add", "event_mentions", words, nth, {}, after, "tells the event")
                continue
            before = self._event(self.read, e, [self.read.entities[p.chain].name for p in e.participants])
            value = {k: v for k, v in after.items() if v != before[k]}
            if value:
                yield self._line(
                    "change",
                    "event_mentions",
                    words,
                    nth,
                    {k: before[k] for k in value},
                    value,
                    "tells the event",
                )

    def _event(self, read: Annotated, event: EventMention, names: list[str]) -> dict[str, str | None]:
        date = read.dates[event.date] if event.date is not None else None
        return amend_words.write_event(read.article.text, event, date, names)


def _pair_claims(
    read: Iterable[Claim], wanted: Iterable[Claim]
) -> tuple[list[tuple[Claim, Claim]], list[Claim], list[Claim]]:
    """Claims as read with the wanted ones they come nearest to, those of the same content first; what is left
    of the ones read, and of the wanted ones."""
    left, missing = list(read), list(wanted)
    pairs = []
    for exact in (True, False):
        for claim in list(missing):
            near = [
                (_share(one, claim), -number, one)
                for number, one in enumerate(left)
                if exact or (one.quote_type == "none") == (claim.quote_type == "none")
            ]
            share, _, best = max(near, default=(0.0, 0, None), key=lambda entry: entry[:2])
            if best is not None and (best.content == claim.content if exact else share >= NEAR):
                pairs.append((best, claim))
                left.remove(best)
                missing.remove(claim)
    return pairs, left, missing


def _share(one: Claim, other: Claim) -> float:
    a = {place for part in one.content for place in range(part.start, part.end)}
    b = {place for part in other.content for place in range(part.start, part.end)}
    return len(a & b) / len(a | b)


def _why_mention(value: Mapping[str, str]) -> str:
    if "type" not in value:
        return f"a {value['form']}"
    return f"{'an' if value['type'][0] in 'aeiou' else 'a'} {value['type']}"


def _why_claim(value: Mapping[str, object], after: Mapping[str, object]) -> str:
    if "content" in value:
        return "what is said begins or ends elsewhere"
    if {"speaker", "hops"} & set(value):
        return f"said by {after['speaker'] or 'nobody shown'}"
    return "read again: " + ", ".join(sorted(value))


def save(lines: Sequence[Correction], file: Path) -> None:
    """Write lines as a file of corrections."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(corrections.COLUMNS)
        for x in lines:
            pairs = [corrections.write_pairs(side) for side in (x.expects, x.value)]
            rows.writerow([x.date, x.action, x.table, x.source, x.text, x.occurrence, *pairs, x.reason])


def main() -> int:
    """Write the lines and tell what they do not bring about; 1 where something is left."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("day", help="the day that the lines carry, such as 2026-11-22")
    alone, by_hand = read_alone(), read_by_hand()
    lines = write_corrections(alone, by_hand, told.parse_args().day)
    save(lines, SEEDS / corrections.FILE)
    readme.main()
    found, wanted = list_rows(tell(alone, corrections.load_corrections([SEEDS]))), list_rows(by_hand)
    left = 0
    for table in wanted:
        for what, rows in (
            ("not wanted", found[table] - wanted[table]),
            ("missing", wanted[table] - found[table]),
        ):
            for row in rows:
                print(f"{table}: {what}: {row}")
                left += 1
    print(f"{len(lines)} lines, {dict(Counter(line.action for line in lines))}, {left} rows differ")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
