"""Writes into README.md and showcase/README.md how much is right, from the files that say so.

    python -m bench.readme

README.md: the lines of corrections of the seed package and what a build gives alone there, measured against
the reading by hand (``tests/data/seeds/gate.json``). showcase/README.md: the verdicts in ``judged.csv``.
"""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent
SHOWN = ("claims", "attributions", "entities", "entity_mentions", "event_mentions", "dates")


def tell_seeds() -> str:
    """The seed package: corrected by how many lines, and how much is right without them."""
    with (ROOT / "seeds" / "corrections.csv").open(encoding="utf-8", newline="") as stream:
        lines = sum(1 for _ in csv.DictReader(stream))
    gate = json.loads((ROOT / "tests" / "data" / "seeds" / "gate.json").read_text(encoding="utf-8"))
    rows = [
        f"| `{table}` | {gate[table]['precision']:.0f} % of {gate[table]['found']} "
        f"| {gate[table]['recall']:.0f} % of {gate[table]['wanted']} |"
        for table in SHOWN
    ]
    return "\n".join(
        [
            f"The package in `datapackage/` was **corrected by hand**, by {lines} lines of",
            "[corrections](seeds/corrections.csv). What the build gave alone, against that reading:",
            "",
            "| | right, of the rows found | found, of the rows there are |",
            "|---|---|---|",
            *rows,
        ]
    )


def tell_judged() -> str:
    """The showcase: how many rows of each table were read, of how many, and how many of them are wrong."""
    read: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    with (ROOT / "showcase" / "judged.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            read[row["table"]] += 1
            wrong[row["table"]] += row["right"] == "no"
    rows = [
        f"| `{table}` | {_tell_read(table, read[table])} | {wrong[table]} "
        f"| {100 * wrong[table] / read[table]:.0f} % |"
        for table in read
    ]
    return "\n".join(["| table | rows read | wrong | |", "|---|---|---|---|", *rows])


def _tell_read(table: str, read: int) -> str:
    there = pq.read_metadata(ROOT / "showcase" / "datapackage" / f"{table}.parquet").num_rows
    return f"all {read}" if read == there else f"{read} of {there}"


def write(text: str, mark: str, told: str) -> str:
    """The text with what stands between two marks replaced."""
    found = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.DOTALL)
    return found.sub(lambda match: f"{match[1]}{told}\n{match[2]}", text)


BLOCKS = (("README.md", "alone", tell_seeds), ("showcase/README.md", "judged", tell_judged))


def main() -> None:
    """Bring both documents up to what the files say."""
    for name, mark, tell in BLOCKS:
        path = ROOT / name
        path.write_text(write(path.read_text(encoding="utf-8"), mark, tell()), encoding="utf-8")


if __name__ == "__main__":
    main()
