"""Made articles: paragraphs of real ones put together anew, with everything that was found in them.

Names and long words change their letters from one thousand articles to the next, so that a larger corpus has
more names and words, as real ones do. One article in twenty is a cut copy of another.
"""

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from onrecord.annotate import annotate, default_reader
from onrecord.model import Annotated, Article, Block, Span

WORLD = 1000
"""Articles after which names and long words change their letters."""
COPIES = 20

_CHANGED = re.compile(r"[A-Z][a-z]{3,}|[a-z]{8,}")
_CONSONANTS = "bcdfghjklmnpqrstvwxz"

Made = dict[str, list[Any]]
"""Rows of an article that is being put together, by the names of the fields of ``Annotated``."""
_ROWS = ("blocks", "entities", "mentions", "dates", "claims", "events", "listed", "figures")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph of a real article, with what was found in it."""

    annotated: Annotated
    span: Span


def read_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and text of each line of the JSON lines files of a folder (.jsonl or .jsonl.gz)."""
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield f"{path.name.partition('.')[0]}-{number}", str(json.loads(line)["text"])


def load_base(folder: Path, count: int) -> list[Annotated]:
    """Some articles of a folder, read and assembled."""
    articles = [
        Article(name, text, sha256(text.encode()).hexdigest())
        for name, text in read_texts(folder)
        if 800 < len(text) < 8000
    ]
    chosen = random.Random(5).sample(articles, min(count, len(articles)))
    return list(annotate(chosen, default_reader()))


def cut_pieces(base: Iterable[Annotated]) -> list[Piece]:
    """Paragraphs that no claim or event crosses."""
    return [
        Piece(annotated, Span(block.start, block.end))
        for annotated in base
        for block in annotated.blocks
        if block.kind == "body"
    ]


def change_letters(text: str, turn: int) -> str:
    """The text with the consonants of names and long words moved on; as long as before."""
    if turn == 0:
        return text

    def change(match: re.Match[str]) -> str:
        return "".join(
            _CONSONANTS[(_CONSONANTS.index(letter) + turn) % 20] if letter in _CONSONANTS else letter
            for letter in match.group()
        )

    return _CHANGED.sub(change, text)


def recombine(pieces: list[Piece], number: int, paragraphs: int) -> Annotated:
    """One made article."""
    copied = number % COPIES == COPIES - 1
    chance = random.Random(number - 1 if copied else number)
    drawn = chance.sample(pieces, paragraphs)
    if copied:
        drawn = drawn[: paragraphs // 2 + 1]
    turn = number // WORLD
    text = ""
    made: Made = {name: [] for name in _ROWS}
    for piece in drawn:
        _add_piece(made, piece, len(text))
        text += piece.annotated.article.text[piece.span.start : piece.span.end] + "\n\n"
    text = change_letters(text, turn)
    for place, entity in enumerate(made["entities"]):
        aliases = tuple(change_letters(alias, turn) for alias in entity.aliases)
        made["entities"][place] = replace(entity, name=change_letters(entity.name, turn), aliases=aliases)
    for place, listed in enumerate(made["listed"]):
        made["listed"][place] = replace(listed, label=change_letters(listed.label, turn))
    article = Article(
        f"{number:07}",
        text,
        sha256(text.encode()).hexdigest(),
        publisher=f"Outlet {chance.randrange(200)}",
        published=f"2024-{chance.randrange(12) + 1:02}-{chance.randrange(28) + 1:02}",
        published_from="metadata",
        credit="Associated Press" if number % 9 == 0 else None,
    )
    return Annotated(article, **{name: tuple(rows) for name, rows in made.items()})


class _Moved:
    """The rows that lie wholly in a piece, moved to where it goes, and what their numbers are there."""

    def __init__(self, piece: Piece, offset: int) -> None:
        self.low, self.high, self.shift = piece.span.start, piece.span.end, offset - piece.span.start

    def holds(self, row: Any) -> bool:
        return bool(self.low <= row.start and row.end <= self.high)

    def move(self, row: Any, **more: object) -> Any:
        return replace(row, start=row.start + self.shift, end=row.end + self.shift, **more)

    def move_all(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(self.move(span) for span in spans)


def _number(rows: Iterable[int], before: int) -> dict[int, int]:
    return {row: before + place for place, row in enumerate(sorted(set(rows)))}


def _add_piece(made: Made, piece: Piece, offset: int) -> None:
    annotated, here = piece.annotated, _Moved(piece, offset)
    mentions = [mention for mention in annotated.mentions if here.holds(mention)]
    events = [event for event in annotated.events if here.holds(event)]
    chains = _number((mention.chain for mention in mentions), len(made["entities"]))
    dates = _number((n for n, date in enumerate(annotated.dates) if here.holds(date)), len(made["dates"]))
    told = [
        number
        for number, claim in enumerate(annotated.claims)
        if all(here.holds(span) for span in (*claim.content, *claim.cues, *claim.speakers))
    ]
    claims = _number(told, len(made["claims"]))
    listed = _number((event.local for event in events if event.local is not None), len(made["listed"]))
    made["blocks"].append(Block(offset, offset + piece.span.end - piece.span.start, "body"))
    made["entities"] += [annotated.entities[chain] for chain in chains]
    made["mentions"] += [here.move(mention, chain=chains[mention.chain]) for mention in mentions]
    made["dates"] += [here.move(annotated.dates[place]) for place in dates]
    made["listed"] += [annotated.listed[place] for place in listed]
    made["figures"] += [here.move(figure) for figure in annotated.figures if here.holds(figure)]
    made["claims"] += [
        replace(
            claim,
            content=here.move_all(claim.content),
            cues=here.move_all(claim.cues),
            speakers=here.move_all(claim.speakers),
            speaker_chain=renumber(chains, claim.speaker_chain),
            hops=tuple(
                here.move(hop, chain=renumber(chains, hop.chain)) for hop in claim.hops if here.holds(hop)
            ),
            chains=tuple(chains[chain] for chain in claim.chains if chain in chains),
        )
        for claim in (annotated.claims[number] for number in claims)
    ]
    made["events"] += [
        here.move(
            event,
            date=renumber(dates, event.date),
            claim=renumber(claims, event.claim),
            local=renumber(listed, event.local),
            participants=tuple(
                replace(part, chain=chains[part.chain]) for part in event.participants if part.chain in chains
            ),
            unnamed=tuple(
                replace(part, words=here.move(part.words)) for part in event.unnamed if here.holds(part.words)
            ),
        )
        for event in events
    ]


def renumber(numbers: Mapping[int, int], number: int | None) -> int | None:
    """The number in the made article; null where what it counts did not come with it."""
    return None if number is None else numbers.get(number)
