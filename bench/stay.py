"""Which ids stay when a corpus grows by a tenth: three builds of ECB+, as a user would run them.

    python -m bench.stay CORPORA [--seed N]

``CORPORA`` holds ecbplus as JSON lines. Ten of eleven articles, drawn by chance, are built; then all, once
without and once with the earlier package as ``--previous``. Of the earlier ids of events, entities and groups
of claims it is told how many are still there: in all, and of those alone that have the same members, by
article and place; and of those that are gone, how many ``merged_ids`` points on from.
"""

import argparse
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
from train.corpora import Row, read_corpus

import onrecord

MEMBERS = {
    "events": ("event_mentions", "event_id", ("source_id", "start", "end")),
    "entities": ("entity_mentions", "entity_id", ("source_id", "start", "end")),
    "claim_groups": ("claims", "group_id", ("claim_id",)),
}
"""Where the members of each kind of thing stand: table, column of the id, what a member is told apart by."""

Member = tuple[object, ...]


def read_members(package: Path, kind: str) -> Mapping[str, frozenset[Member]]:
    """The members of each thing of a kind, by its id."""
    table, name, keys = MEMBERS[kind]
    rows = pq.read_table(package / "datapackage" / f"{table}.parquet", columns=[name, *keys]).to_pylist()
    found: dict[str, set[Member]] = defaultdict(set)
    for row in rows:
        if row[name] is not None:
            found[row[name]].add(tuple(row[key] for key in keys))
    return {key: frozenset(members) for key, members in found.items()}


def write_articles(rows: list[Row], path: Path) -> Path:
    """The texts as articles, a line each."""
    lines = (json.dumps({"id": str(row["id"]), "text": row["text"]}) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def compare(kind: str, before: Path, after: Path) -> str:
    """How many of the earlier ids of a kind stay."""
    old, new = read_members(before, kind), read_members(after, kind)
    owner = {member: key for key, members in new.items() for member in members}
    same = [key for key, members in old.items() if new[owner[min(members, key=str)]] == members]
    gone = old.keys() - new.keys()
    led = set(pq.read_table(after / "datapackage" / "merged_ids.parquet").column("former_id").to_pylist())
    there, unchanged = len(old) - len(gone), sum(key in new for key in same)
    return (
        f"{kind:<13} there {there}/{len(old)} ({there / len(old):.2%}), unchanged {unchanged}/{len(same)}, "
        f"gone with a pointer {len(gone & led)}/{len(gone)}"
    )


def main(corpora: Path, seed: int) -> None:
    rows = read_corpus(corpora, "ecbplus")
    order = random.Random(seed).sample(range(len(rows)), round(len(rows) / 1.1))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        few = write_articles([rows[number] for number in sorted(order)], folder / "few.jsonl")
        all_of_them = write_articles(rows, folder / "all.jsonl")
        before, after, kept = (folder / name for name in ("before", "after", "kept"))
        onrecord.build([few], before)
        onrecord.build([all_of_them], after)
        onrecord.build([all_of_them], kept, previous=before)
        for name, package in (("without --previous", after), ("with --previous", kept)):
            print(name)
            for kind in MEMBERS:
                print("  " + compare(kind, before, package))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    main(options.corpora, options.seed)
