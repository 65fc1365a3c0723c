"""Processor time and memory of the stages across articles as a corpus grows.

    python -m bench.scale FOLDER [--sizes 1000 10000 100000] [--base 400] [--paragraphs 8]

FOLDER holds JSON lines files (.jsonl or .jsonl.gz) with a ``text`` in each line. ``--base`` of them are read
once; articles are then made of their paragraphs (``bench.made``). Each size runs in a process of its own; the
peak is that of the process up to the end of the stage.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TypeVar

import msgspec
from bench.made import Piece, cut_pieces, load_base, recombine

from onrecord import pipeline, tables
from onrecord.checking import check
from onrecord.intake import BATCH, Annotations
from onrecord.kept import Kept
from onrecord.model import Annotated
from onrecord.packaging import package, schema
from onrecord.resolving import entities, events, groups, origins, reprints, stories
from onrecord.world import World

COUNTED = ("claims", "claim_groups", "claim_relations", "entities", "events", "source_relations")

Result = TypeVar("Result")


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
    tables.add_articles(store, held, world.placed)
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
