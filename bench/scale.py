"""Processor time and memory of the stages across articles as a corpus grows.

    python -m bench.scale FOLDER [--sizes 1000 10000 100000] [--base 400] [--paragraphs 8]

FOLDER holds JSON lines files (.jsonl or .jsonl.gz) with a ``text`` in each line. ``--base`` of them are read
once; articles are then made by recombining their paragraphs, with everything that was found in them, and by
changing the letters of names and long words from one thousand articles to the next, so that a larger corpus
has more names and words, as real ones do. One article in twenty is a cut copy of another. Each size runs in a
process of its own; the peak is that of the process up to the end of the stage.
"""

import argparse
import gzip
import json
import math
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from onrecord import pipeline, tables
from onrecord.annotate import annotate, default_reader
from onrecord.checking import check
from onrecord.intake import BATCH, Annotations
from onrecord.kept import Kept
from onrecord.model import Annotated, Article, Block, Span
from onrecord.overlap import HasOffsets
from onrecord.packaging import package, schema
from onrecord.resolving import entities, events, groups, origins, reprints, stories
from onrecord.world import World

WORLD = 1000
"""Articles after which names and long words change their letters."""
COPIES = 20
COUNTED = ("claims", "claim_groups", "claim_relations", "entities", "events", "source_relations")

_CHANGED = re.compile(r"[A-Z][a-z]{3,}|[a-z]{8,}")
_CONSONANTS = "bcdfghjklmnpqrstvwxz"

Result = TypeVar("Result")
Made = dict[str, list[Any]]
"""Rows of an article that is being put together, by the names of the fields of ``Annotated``."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph of a real article, with what was found in it."""

    annotated: Annotated
    span: Span


def load_base(folder: Path, count: int) -> list[Annotated]:
    """The first articles of all files of a folder, read and assembled."""
    articles: list[Article] = []
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as lines
        ):
            for line in lines:
                text = json.loads(line)["text"]
                if 800 < len(text) < 8000:
                    name = f"{path.stem}-{len(articles)}"
                    articles.append(Article(name, text, sha256(text.encode()).hexdigest()))
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
    made: Made = {name: [] for name in ("blocks", "entities", "mentions", "dates", "claims", "events")}
    for piece in drawn:
        _add_piece(made, piece, len(text))
        text += piece.annotated.article.text[piece.span.start : piece.span.end] + "\n\n"
    text = change_letters(text, turn)
    for place, entity in enumerate(made["entities"]):
        aliases = tuple(change_letters(alias, turn) for alias in entity.aliases)
        made["entities"][place] = replace(entity, name=change_letters(entity.name, turn), aliases=aliases)
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


def _add_piece(made: Made, piece: Piece, offset: int) -> None:
    """The rows that lie wholly in a piece, moved to where it goes."""
    annotated, low, high = piece.annotated, piece.span.start, piece.span.end
    shift = offset - low

    def inside(row: HasOffsets) -> bool:
        return low <= row.start and row.end <= high

    def moved(row: Any, **more: object) -> Any:
        return replace(row, start=row.start + shift, end=row.end + shift, **more)

    def move_all(spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(moved(span) for span in spans)

    mentions = [mention for mention in annotated.mentions if inside(mention)]
    used = sorted({mention.chain for mention in mentions})
    chains = {chain: len(made["entities"]) + n for n, chain in enumerate(used)}
    dated = [place for place, date in enumerate(annotated.dates) if inside(date)]
    dates = {place: len(made["dates"]) + n for n, place in enumerate(dated)}
    made["blocks"].append(Block(offset, offset + high - low, "body"))
    made["entities"] += [annotated.entities[chain] for chain in used]
    made["mentions"] += [moved(mention, chain=chains[mention.chain]) for mention in mentions]
    made["dates"] += [moved(annotated.dates[place]) for place in dated]
    made["claims"] += [
        replace(
            claim,
            content=move_all(claim.content),
            cues=move_all(claim.cues),
            speakers=move_all(claim.speakers),
            speaker_chain=renumber(chains, claim.speaker_chain),
            hops=tuple(moved(hop, chain=renumber(chains, hop.chain)) for hop in claim.hops if inside(hop)),
            chains=tuple(chains[chain] for chain in claim.chains if chain in chains),
        )
        for claim in annotated.claims
        if all(inside(span) for span in (*claim.content, *claim.cues, *claim.speakers))
    ]
    made["events"] += [
        moved(
            event,
            date=renumber(dates, event.date),
            claim=None,
            participants=tuple(
                replace(p, chain=chains[p.chain]) for p in event.participants if p.chain in chains
            ),
        )
        for event in annotated.events
        if inside(event)
    ]


def renumber(numbers: Mapping[int, int], number: int | None) -> int | None:
    """The number in the made article; null where what it counts did not come with it."""
    return None if number is None else numbers.get(number)


def keep_made(pieces: list[Piece], size: int, paragraphs: int, kept: Kept) -> Annotations:
    """Made articles, kept as if they had been read."""
    rows = array("q")
    made = ((n, msgspec.msgpack.encode(recombine(pieces, n, paragraphs))) for n in range(size))
    while batch := [(f"made-{number}".encode(), data) for number, data in islice(made, BATCH)]:
        rows.extend(kept.add(batch))
    return Annotations(kept, rows)


def run(size: int, pieces: list[Piece], paragraphs: int) -> dict[str, tuple[float, int]]:
    """Seconds and peak megabytes by stage."""
    told: dict[str, tuple[float, int]] = {}

    def timed(stage: str, work: Callable[[], Result]) -> Result:
        began = time.process_time()
        result = work()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        told[stage] = (round(time.process_time() - began, 2), peak)
        print(f"{size:>7} {stage:<10} {told[stage][0]:>9.2f} s {peak:>6} MB", flush=True)
        return result

    with (
        tempfile.TemporaryDirectory() as place,
        pipeline.collect_seldom(),
        Kept(Path(place)) as kept,
    ):
        held = timed("make", lambda: keep_made(pieces, size, paragraphs, kept))
        timed("decode", lambda: sum(1 for _ in held))
        scratch = Path(place)
        ids, rows = timed("entities", lambda: entities.link_entities(held))
        told_by = timed("stories", lambda: stories.find_stories(held, scratch))
        copied = timed("reprints", lambda: reprints.find_reprints(held, scratch))
        named = reprints.copies(copied)
        by_claim, own, origin_rows = timed(
            "origins", lambda: origins.trace_origins(held, ids, rows, named, told_by.publishers)
        )
        group_ids, group_rows, relations = timed(
            "groups", lambda: groups.group_claims(held, ids, by_claim, told_by, copies=named, scratch=scratch)
        )
        related = timed(
            "sources", lambda: origins.relate_sources(held, own, by_claim, origin_rows, group_ids, scratch)
        )
        related.extend(copied)
        event_ids, event_rows, parts = timed(
            "events", lambda: events.link_events(held, ids, by_claim, rows, told_by, scratch)
        )
        placed = pipeline.Placing(held, (own, ids, event_ids, group_ids, by_claim))
        world = World(placed, rows, event_rows, parts, group_rows, relations, origin_rows, related)
        with closing(tables.RowStore(scratch)) as store:
            timed("tables", lambda: fill_tables(store, held, world))
            out = scratch / "package"
            out.mkdir()
            timed("write", lambda: write_package(store, held, out))
            files = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        found = timed("check", lambda: check.validate(out, (row.article for row in held), scratch))
        for problem in found.problems[:5]:
            print(f"{size:>7} {problem.code} {problem.table} {problem.row}: {problem.message}", flush=True)
        rows_of = {table: found.tables[table] for table in COUNTED}
        rows_of |= {"rows": sum(found.tables.values()), "MB of tables": files >> 20}
        print(f"{size:>7} " + ", ".join(f"{count} {name}" for name, count in rows_of.items()), flush=True)
    return told


def fill_tables(store: tables.RowStore, held: Annotations, world: World) -> None:
    """All rows stored."""
    for annotated, placed in zip(held, world.placed, strict=True):
        tables.add_article(store, annotated, placed)
    tables.add_world(store, world)
    store.close()


def write_package(store: tables.RowStore, held: Annotations, out: Path) -> package.Package:
    """The rows read back in order and written as CSV and Parquet, with the descriptor."""
    rows = {table: store.sorted_batches(table) for table in schema.load()}
    return package.write_package(out, rows, schema.load(), pipeline.describe(held))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--base", type=int, default=400)
    parser.add_argument("--paragraphs", type=int, default=8, help="Of an article.")
    parser.add_argument("--base-file", type=Path, help="made by an earlier process of this script")
    given = parser.parse_args()
    if given.base_file is not None:
        base = msgspec.msgpack.decode(given.base_file.read_bytes(), type=list[Annotated])
        print(json.dumps(run(given.sizes[0], cut_pieces(base), given.paragraphs)))
        return
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "pieces"
        path.write_bytes(msgspec.msgpack.encode(load_base(given.folder, given.base)))
        told = dict(measure(given.sizes, path, given))
    report(told)


def measure(
    sizes: Iterable[int], base: Path, given: argparse.Namespace
) -> Iterator[tuple[int, dict[str, list[float]]]]:
    """Each size with its seconds and megabytes by stage, as a process of its own told them."""
    for size in sizes:
        command = [sys.executable, "-m", "bench.scale", str(given.folder), "--sizes", str(size)]
        command += ["--base-file", str(base), "--paragraphs", str(given.paragraphs)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
        print(done.stdout.rsplit("\n", 2)[0], flush=True)
        yield size, json.loads(done.stdout.splitlines()[-1])


def report(told: dict[int, dict[str, list[float]]]) -> None:
    """A table of seconds, peaks and the exponent of growth between the smallest and the largest size."""
    sizes = sorted(told)
    print("| stage | " + " | ".join(f"{size:,} articles" for size in sizes) + " | exponent |")
    print("|---" * (len(sizes) + 2) + "|")
    for stage in told[sizes[0]]:
        cells = [f"{told[size][stage][0]:.1f} s, {told[size][stage][1]:.0f} MB" for size in sizes]
        first, last = (max(told[size][stage][0], 0.01) for size in (sizes[0], sizes[-1]))
        power = math.log(last / first) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 else 1
        print(f"| {stage} | " + " | ".join(cells) + f" | {power:.2f} |")


if __name__ == "__main__":
    main()
