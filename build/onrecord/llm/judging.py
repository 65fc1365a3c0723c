"""A model beside the built-in reader: who proposed a row, and what the model says of what it did not list."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal

from onrecord.llm.admission import METHOD
from onrecord.llm.answer import Verdicts
from onrecord.llm.question import Question, ask_verdicts, cut_pieces
from onrecord.llm.store import Store
from onrecord.model import GAP, Annotated, Claim, Document, Span, innermost
from onrecord.overlap import HasOffsets, Overlaps, same_said

__all__ = ["Judging", "find_rows", "judge", "tell_both"]

BOTH = f"+{METHOD}"
"""Ends the method of a row that both readers propose."""
KEPT = f", kept by {METHOD}"
"""Ends the method of a row that the model did not list and says is to be kept."""
OUT: Mapping[str, str] = {
    "entity": "a name of the built-in reader that the model judged out",
    "event": "an event of the built-in reader that the model judged out",
    "claim": "a claim of the built-in reader that the model judged out",
}
"""What is told of rows that are dropped."""
UNJUDGED = "a row of the built-in reader of which the model does not say one thing"


def tell_both(together: Annotated, alone: Annotated) -> Annotated:
    """Where the model lists what the built-in reader proposes as well, both are named by the row's method.

    ``together`` are the rows of both readers, ``alone`` those of the built-in one where it reads alone.
    """
    named = {(m.start, m.end): m.method for m in alone.mentions if m.form == "name"}
    told, said = Overlaps(alone.events), Overlaps([_cover(claim) for claim in alone.claims])

    def of_event(start: int, end: int) -> str | None:
        found = told.over(start, end)
        return alone.events[found[0]].method if found else None

    def of_claim(claim: Claim) -> str | None:
        near = (alone.claims[place] for place in said.over(*_offsets(claim)))
        return next((other.method for other in near if same_said(claim, other)), None)

    def join(method: str, other: str | None) -> str:
        return f"{other}{BOTH}" if method == METHOD and other is not None else method

    return replace(
        together,
        mentions=tuple(
            replace(m, method=join(m.method, named.get((m.start, m.end)))) for m in together.mentions
        ),
        events=tuple(replace(e, method=join(e.method, of_event(e.start, e.end))) for e in together.events),
        claims=tuple(replace(c, method=join(c.method, of_claim(c))) for c in together.claims),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the built-in reader alone: an entity by its chain, an event by its ``local`` number, a claim
    by its place; and where it is first told."""

    kind: Literal["entity", "event", "claim"]
    number: int
    start: int


def find_rows(annotated: Annotated, method: str) -> tuple[Row, ...]:
    """The rows of an article that the reader of this method proposes and the model does not list."""
    named: dict[int, list[HasOffsets]] = defaultdict(list)
    listed = {m.chain for m in annotated.mentions if _is_listed(m.method)}
    for mention in annotated.mentions:
        if mention.form == "name" and mention.chain not in listed:
            named[mention.chain].append(mention)
    told: dict[int, list[HasOffsets]] = defaultdict(list)
    for event in annotated.events:
        if event.method == method and event.local is not None:
            told[event.local].append(event)
    return (
        *(Row("entity", chain, places[0].start) for chain, places in sorted(named.items())),
        *(Row("event", local, places[0].start) for local, places in sorted(told.items())),
        *(Row("claim", n, c.content[0].start) for n, c in enumerate(annotated.claims) if c.method == method),
    )


@dataclass(frozen=True)
class Judging:
    """The work of having a model judge the rows of an article that it did not list; ``method`` is that of the
    reader who proposed them."""

    document: Document
    annotated: Annotated
    method: str
    deed: ClassVar[str] = "judge all that the built-in reader has in it"

    @property
    def name(self) -> str:
        """The article's."""
        return self.annotated.article.name

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """What is judged."""
        return find_rows(self.annotated, self.method)

    @cached_property
    def questions(self) -> tuple[Question[Verdicts], ...]:
        """One for each piece in which a row is first told."""
        annotated, left = self.annotated, dict(enumerate(self.rows))
        listed = {m.chain for m in annotated.mentions if _is_listed(m.method)}
        names = [annotated.entities[chain].name for chain in sorted(listed)]
        given = {e.local for e in annotated.events if e.local is not None and _is_listed(e.method)}
        labels = [annotated.listed[local].label for local in sorted(given)]
        found = []
        for piece in cut_pieces(self.document):
            here = {
                n: row
                for n, row in left.items()
                if (place := self._sentence(row.start)) and place - 1 in piece
            }
            if here:
                told = {n + 1: self._tell(row) for n, row in here.items()}
                found.append(ask_verdicts(self.document, piece, names, labels, told))
            left = {n: row for n, row in left.items() if n not in here}
        return tuple(found)

    def find_open(self, store: Store) -> tuple[Question[Verdicts], ...]:
        """The questions without an answer."""
        return tuple(question for question in self.questions if store.get(question) is None)

    def read_verdict(self, store: Store) -> bytes:
        """For each row ``k``, to be kept, ``d``, to be dropped, or ``?`` where the answers do not say one."""
        answers = [answer for q in self.questions if (answer := store.get(q)) is not None]
        keep = {number for answer in answers for number in answer.keep}
        drop = {number for answer in answers for number in answer.drop}
        numbers = range(1, len(self.rows) + 1)
        return "".join("?" if (n in keep) == (n in drop) else "kd"[n in drop] for n in numbers).encode()

    def count_dropped(self, store: Store) -> Counter[str]:
        """How many rows are judged out, and of how many nothing is said."""
        verdict = self.read_verdict(store).decode()
        out = Counter(OUT[row.kind] for row, word in zip(self.rows, verdict, strict=True) if word == "d")
        return out + Counter({UNJUDGED: verdict.count("?")})

    def _sentence(self, start: int) -> int:
        """The number of the sentence that holds a character, from 1; 0 where none does."""
        held = self.document.sentence_at(start)
        return 0 if held is None else self.document.sentences.index(held) + 1

    def _tell(self, row: Row) -> dict[str, object]:
        """What a row says, for the model."""
        annotated = self.annotated
        sentence = self._sentence(row.start)
        if row.kind == "entity":
            entity = annotated.entities[row.number]
            return {"entity": entity.name, "type": entity.type, "sentence": sentence}
        if row.kind == "event":
            event = annotated.listed[row.number]
            words = [
                [self._sentence(e.start), self._quote([e])] for e in annotated.events if e.local == row.number
            ]
            return {"event": event.label, "status": event.status, "words": words}
        claim = annotated.claims[row.number]
        told = {"claim": self._quote(claim.content), "kind": claim.kind, "sentence": sentence}
        return told | {"speaker": self._quote(claim.speakers) or None, "cue": self._quote(claim.cues) or None}

    def _quote(self, spans: Iterable[HasOffsets]) -> str:
        text = self.document.text
        return GAP.join(" ".join(text[span.start : span.end].split()) for span in spans)


def judge(annotated: Annotated, verdict: bytes, method: str) -> Annotated:
    """The rows without those judged out; those kept say so in their method. No verdict changes nothing."""
    words: dict[str, dict[int, str]] = {"entity": {}, "event": {}, "claim": {}}
    for row, word in zip(find_rows(annotated, method) if verdict else (), verdict.decode(), strict=True):
        words[row.kind][row.number] = word
    entities, events, claims = words["entity"], words["event"], words["claim"]

    def mark(method: str, word: str | None) -> str:
        return f"{method}{KEPT}" if word == "k" else method

    chains = _number(len(annotated.entities), entities)
    places = _number(len(annotated.claims), claims)

    def follow(claim: Claim) -> Claim:
        return replace(
            claim,
            speaker_chain=_find(chains, claim.speaker_chain),
            hops=tuple(replace(hop, chain=_find(chains, hop.chain)) for hop in claim.hops),
            chains=tuple(chains[chain] for chain in claim.chains if chain in chains),
        )

    said = tuple(
        replace(follow(claim), method=mark(claim.method, claims.get(number)))
        for number, claim in enumerate(annotated.claims)
        if number in places
    )
    told = (event for event in annotated.events if event.local is None or events.get(event.local) != "d")
    return replace(
        annotated,
        entities=tuple(entity for chain, entity in enumerate(annotated.entities) if chain in chains),
        mentions=tuple(
            replace(
                m,
                chain=chains[m.chain],
                method=mark(m.method, entities.get(m.chain)) if m.form == "name" else m.method,
            )
            for m in annotated.mentions
            if m.chain in chains
        ),
        claims=said,
        events=tuple(
            replace(
                event,
                claim=innermost(said, event) if event.claim not in places else places[event.claim],
                participants=tuple(
                    replace(part, chain=chains[part.chain])
                    for part in event.participants
                    if part.chain in chains
                ),
                method=mark(event.method, None if event.local is None else events.get(event.local)),
            )
            for event in told
        ),
    )


def _is_listed(method: str) -> bool:
    return method == METHOD or method.endswith(BOTH)


def _number(count: int, words: Mapping[int, str]) -> dict[int, int]:
    """The new numbers, by the old, of what is not dropped."""
    kept = [number for number in range(count) if words.get(number) != "d"]
    return {number: place for place, number in enumerate(kept)}


def _find(numbers: Mapping[int, int], number: int | None) -> int | None:
    return None if number is None else numbers.get(number)


def _offsets(claim: Claim) -> tuple[int, int]:
    return min(span.start for span in claim.content), max(span.end for span in claim.content)


def _cover(claim: Claim) -> Span:
    return Span(*_offsets(claim))
