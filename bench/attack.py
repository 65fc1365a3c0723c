"""Attacks on whole builds, with fixed seeds, and one report: what was tried, what did not hold.

    python -m bench.attack [--inputs 10000] [--kills 200] [--disks 30] [--tampered 300] [--descriptors 250]
        [--doubled 4000]

``make attack`` runs it in full; ``tests/test_attack.py`` a few hundred inputs of it. Texts are made up here.
"""

import argparse
import csv
import datetime
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import onrecord
from onrecord.annotate import annotate, default_reader
from onrecord.packaging import schema
from onrecord.packaging.tablefile import write_table

NEWS = (
    "Mayor Ines Prado said on Tuesday that the ferry would return in June.",
    "“We will not go back,” union leader Ana Ruiz told The Ledger.",
    "The harbour reopened on 3 March 2031 after the storm, according to the port.",
    "Two officials who asked not to be named denied that the bridge was unsafe.",
    "She may resign next week, her lawyer said in a statement to Halden Post.",
    "Sources close to the talks said Tellmark would sue the Ministry of Works.",
    "It was not clear who had ordered the closure, NordWire reported on Friday.",
)
ODD = (
    "\0", "\x1b[2J", "\u202e", "\ufeff", "\u2028", "\x85", "𝔸", "e\u0301", "👩‍🚀", "“" * 9, "((" * 40,
    "." * 60, "- " * 40, "\n" * 30, "\r", "\t", "<b>", "&#x110000;", "]]>", "\\ud800", "---\n", "{", "٣", "Ⅷ",
)  # fmt: skip
FORMATS = ("txt", "md", "html", "jsonl")
SEED = 20261129
SHOWCASE = Path(__file__).parent.parent / "showcase" / "articles"
DISK = 64 * 2**20
"""Bytes of the small disk."""
MOST = 3.0
"""How many times longer a text of twice the length may take; the square takes four times."""
TEXTS: dict[str, Callable[[int], str]] = {
    "stops": lambda size: "." * size,
    "stops apart": lambda size: ". " * (size // 2),
    "marks": lambda size: "!?" * (size // 2),
    "dashes": lambda size: "-" * size,
    "brackets": lambda size: "([" * (size // 2),
    "short lines": lambda size: "\nx" * (size // 2),
    "pronouns": lambda size: "she " * (size // 4),
    "no end": lambda size: "the man went to town and " * (size // 25),
    "news": lambda size: " ".join(NEWS * (1 + size // 500))[:size],
}
FORGED = {"cell": "cells changed", "gone": "rows taken out", "swap": "rows swapped"}


@dataclass(slots=True)
class Report:
    """Lines of a table: what was tried, how often, and how often it did not hold."""

    rows: list[tuple[str, int, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, tried: str, times: int, held: str) -> None:
        """Take one line."""
        self.rows.append((tried, times, held))

    def render(self) -> str:
        """The table as Markdown, and each fault below."""
        lines = ["| tried | times | what happened |", "|---|---:|---|"]
        lines += [f"| {tried} | {times:,} | {held} |" for tried, times, held in self.rows]
        lines += [line for note in self.notes for line in ("", note)]
        return "\n".join([*lines, "", f"{len(self.faults)} faults", *(f"- {fault}" for fault in self.faults)])


def make_input(chance: random.Random) -> tuple[str, bytes]:
    """The ending and bytes of one input: news in one of the formats, damaged in up to six ways."""
    text = "\n\n".join(
        " ".join(chance.choices(NEWS, k=chance.randint(1, 4))) for _ in range(chance.randint(1, 5))
    )
    text += f"\n\nIssue {chance.random()} of the paper."
    for _ in range(chance.randint(0, 3)):
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice(ODD) + text[at:]
    ending = chance.choice(FORMATS)
    if ending == "md":
        text = f"---\ntitle: {chance.choice(ODD)}{chance.choice(NEWS)}\n---\n{text}"
    elif ending == "html":
        body = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
        text = f"<html><head><title>Ferry</title></head><body><article>{body}</article></body></html>"
    elif ending == "jsonl":
        text = "".join(
            json.dumps(
                {"id": f"{chance.random()}", "text": text, chance.choice(("title", "author", "date")): odd}
            )
            + chance.choice(("\n", "\r\n", "\n\n"))
            for odd in chance.choices((*NEWS, *ODD, None, 3), k=2)
        )
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice((0, 0, 0, 1, 3))):
        at = chance.randrange(len(data))
        data[at : at + chance.randint(0, 5)] = chance.randbytes(chance.randint(0, 5))
    if chance.random() < 0.05:
        data = bytearray(chance.randbytes(chance.randint(0, 500)))
    elif chance.random() < 0.05:
        del data[chance.randrange(len(data)) :]
    return ending, bytes(data)


def run_build(folder: Path, out: Path, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """A build as a person starts it."""
    command = [sys.executable, "-m", "onrecord", "build", str(folder), "--out", str(out), *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=1200, **more)


def attack_inputs(report: Report, place: Path, count: int, batch: int = 500) -> None:
    """Damaged inputs: each must end in ``sources`` or ``rejects``, and every span in its article."""
    chance = random.Random(SEED)
    spans = used = rejected = 0
    for first in range(0, count, batch):
        folder, out = place / f"inputs-{first}", place / f"built-{first}"
        folder.mkdir()
        for number in range(first, min(first + batch, count)):
            ending, data = make_input(chance)
            (folder / f"{number:06}.{ending}").write_bytes(data)
        done = run_build(folder, out)
        if done.returncode or "Traceback" in done.stderr:
            report.faults.append(f"inputs from {first} on end with {done.returncode}: {done.stderr[-300:]}")
            continue
        sources, rejects = (read_names(out, table) for table in ("sources", "rejects"))
        told = {name.partition(":")[0] for name in rejects} | {name for name in sources if "." in name}
        lost = {path.name for path in folder.iterdir() if path.name not in told and path.suffix != ".jsonl"}
        report.faults += [f"{name} is neither in sources nor in rejects" for name in sorted(lost)]
        checked = onrecord.validate(out, onrecord.load_articles([folder]))
        report.faults += [f"inputs from {first} on: {problem.message}" for problem in checked.problems[:3]]
        spans, used, rejected = spans + (checked.spans or 0), used + len(sources), rejected + len(rejects)
    report.add(
        "damaged inputs", count, f"{used:,} articles, {rejected:,} rejects, {spans:,} spans, each found"
    )


def read_names(out: Path, table: str) -> list[str]:
    """The column ``name`` of a table."""
    with (out / "datapackage" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return [row["name"] for row in csv.DictReader(stream)]


def write_articles(folder: Path, seed: int, count: int = 3) -> Path:
    """A folder of whole articles."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    for number in range(count):
        text = "\n\n".join(" ".join(chance.choices(NEWS, k=3)) for _ in range(3))
        (folder / f"{number}.txt").write_text(f"{text}\n\nIssue {seed} of the paper.\n", encoding="utf-8")
    return folder


def attack_kills(report: Report, place: Path, count: int) -> None:
    """Builds over a package, killed at random moments: a whole package, old or new, must be there."""
    chance, out = random.Random(SEED), place / "killed"
    began = time.monotonic()
    run_build(write_articles(place / "kill-0", 0), out)
    lasts, killed = time.monotonic() - began, 0
    for number in range(1, count + 1):
        folder = write_articles(place / f"kill-{number}", number)
        command = [
            sys.executable,
            "-m",
            "onrecord",
            "build",
            str(folder),
            "--out",
            str(out),
            "--workers",
            "2",
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as building:
            try:
                building.wait(chance.uniform(0.3, 1.0) * lasts)
            except subprocess.TimeoutExpired:
                building.kill()
                killed += 1
        checked = onrecord.validate(out)
        report.faults += [f"kill {number}: {problem.message}" for problem in checked.problems[:1]]
    report.add("kills of a build over a package", killed, "a whole package each time")


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A disk of its own at a new folder, of ``DISK`` bytes; false where this system lets nobody mount one."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(place)]
    unmount = ["umount", str(place)]
    try:
        mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(unmount, check=True)


def attack_disks(report: Report, place: Path, count: int) -> None:
    """Builds over a package on a disk that runs full: the old or the new package must be there, whole, and no
    traceback. Where no disk can be mounted, no file may grow beyond a size instead."""
    chance = random.Random(SEED)
    with small_disk(place / "disk") as mounted:
        disk, failed = place / "disk", 0
        told = {**os.environ, "ONRECORD_CACHE": str(disk / "cache")}
        run_build(write_articles(place / "disk-0", 0), disk / "out", env=told)
        for number in range(1, count + 1):
            folder, room = write_articles(place / f"disk-{number}", number), chance.randrange(1_000_000)
            more: dict[str, Any] = {"env": told}
            if mounted:
                free = shutil.disk_usage(disk).free
                (disk / "filler").write_bytes(bytes(max(0, free - room)))
            else:
                more["preexec_fn"] = partial(bound_files, room)
            done = run_build(folder, disk / "out", "--replace", **more)
            (disk / "filler").unlink(missing_ok=True)
            failed += done.returncode != 0
            if "Traceback" in done.stderr:
                report.faults.append(f"full disk {number}: {done.stderr[-300:]}")
            checked = onrecord.validate(disk / "out")
            report.faults += [f"full disk {number}: {problem.message}" for problem in checked.problems[:1]]
    what = "builds on a full disk" if mounted else "builds that may write no larger files (no disk to fill)"
    report.add(what, count, f"{failed:,} failed with a message, a whole package each time")


def bound_files(size: int) -> None:
    """Let this process write no file beyond a size."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def attack_lengths(report: Report, length: int) -> None:
    """Texts of marks and of words, read whole at one length and at twice that: at most ``MOST`` times the
    time."""
    steepest = 0.0
    for name, make in TEXTS.items():
        seconds = []
        for size in (length, 2 * length):
            text = NEWS[0] + " " + make(size) + " " + NEWS[2]
            article = onrecord.Article("a.txt", text, hashlib.sha256(text.encode()).hexdigest())
            began = time.process_time()
            list(annotate([article], default_reader()))
            seconds.append(time.process_time() - began)
        grows = seconds[1] / max(seconds[0], 0.05)
        steepest = max(steepest, grows)
        if grows > MOST:
            report.faults.append(f"{name}: {length:,} take {seconds[0]:.1f} s, twice that {seconds[1]:.1f} s")
    report.add("texts doubled", len(TEXTS), f"at most {steepest:.1f} times the time")


@dataclass(frozen=True, slots=True)
class Forgery:
    """A change of one table that its files, hashes and descriptor all show alike: ``kind`` is cell, gone (a
    row taken out) or swap (a row and the next)."""

    table: str
    kind: str
    column: str = ""


def list_forgeries(package: Path, chance: random.Random, count: int) -> Iterator[Forgery]:
    """So many changes: of every column of every table with rows, and of rows of each, in turn."""
    filled = {
        name: table.names
        for name, table in schema.load().items()
        if pq.read_metadata(package / f"datapackage/{name}.parquet").num_rows
    }
    every = [Forgery(name, "cell", column) for name, names in filled.items() for column in names]
    every += [Forgery(name, kind) for name in filled for kind in ("gone", "gone", "swap", "swap")]
    held: list[Forgery] = []
    while len(held) < count:
        held += chance.sample(every, len(every))
    yield from held[:count]


def change_table(held: pa.Table, forgery: Forgery, chance: random.Random) -> pa.Table | None:
    """The table as changed at a row that chance chooses; null where that changes nothing."""
    row, size = chance.randrange(held.num_rows), held.num_rows
    if forgery.kind == "gone":
        return pa.concat_tables([held.slice(0, row), held.slice(row + 1)])
    if forgery.kind == "swap":
        order = list(range(size))
        order[row], order[(row + 1) % size] = order[(row + 1) % size], order[row]
        return held.take(order) if size > 1 else None
    field = held.schema.field(forgery.column)
    values = held[forgery.column].to_pylist()
    others = [value for value in dict.fromkeys(values) if value != values[row] and value is not None]
    if not others:
        others = [_other(values[row], field.type)]
    if values[row] is not None and field.nullable:
        others.append(None)
    values[row] = chance.choice(others)
    return held.set_column(held.schema.get_field_index(field.name), field, pa.array(values, field.type))


def _other(value: Any, kind: pa.DataType) -> Any:
    """A value that a column has not, where all its rows have one."""
    if pa.types.is_boolean(kind):
        return not value
    if pa.types.is_date(kind):
        return datetime.date(2031, 3, 4)
    return f"{value or 'Other'} again" if pa.types.is_string(kind) else (value or 0) + 1


def forge(package: Path, forgery: Forgery, chance: random.Random, place: Path) -> bool:
    """Change one table of a package in place, with its hashes; whether that could be done. ``place`` is a new
    folder for the files."""
    name = forgery.table
    changed = change_table(pq.read_table(package / f"datapackage/{name}.parquet"), forgery, chance)
    if changed is None:
        return False
    (place / "datapackage").mkdir(parents=True)
    written = write_table(name, [changed], schema.load()[name].arrow, place)
    descriptor = json.loads((package / "datapackage.json").read_bytes())
    for file in (written.csv, written.parquet):
        (package / file.path).write_bytes((place / file.path).read_bytes())
        (told,) = [part for part in descriptor["resources"] if part["path"] == file.path]
        told |= {"bytes": file.bytes, "hash": f"sha256:{file.sha256}"}
    (package / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n")
    return True


def copy_package(package: Path, target: Path) -> Path:
    """A copy whose files may be changed."""
    (target / "datapackage").mkdir(parents=True)
    for path in [package / "datapackage.json", *(package / "datapackage").iterdir()]:
        (target / path.relative_to(package)).write_bytes(path.read_bytes())
    return target


def attack_tables(report: Report, place: Path, count: int) -> None:
    """Tables of the showcase changed with all their hashes: how many of these validate finds. Making a
    package again finds each, since bytes differ (tests/test_rebuild.py)."""
    chance, folder, whole = random.Random(SEED), SHOWCASE, place / "whole"
    run_build(folder, whole)
    articles = list(onrecord.load_articles([folder]))
    tried, alone, proved = Counter[str](), Counter[str](), Counter[str]()
    missed: list[str] = []
    for number, forgery in enumerate(list_forgeries(whole, chance, count)):
        package = copy_package(whole, place / f"forged-{number}")
        if not forge(package, forgery, chance, place / f"forging-{number}"):
            continue
        tried[forgery.kind] += 1
        alone[forgery.kind] += not onrecord.validate(package).valid
        if not onrecord.validate(package, articles).valid:
            proved[forgery.kind] += 1
        else:
            missed.append(f"{forgery.table}.{forgery.column or forgery.kind}")
    for kind, what in FORGED.items():
        held = f"{alone[kind]:,} found by validate, {proved[kind]:,} with the articles, all by --rebuild"
        report.add(f"{what}, hashes and all", tried[kind], held)
    report.notes.append("Not found without making it again: " + ", ".join(sorted(set(missed))))


def leaves(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the plain values of JSON stand."""
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*at, key))
    else:
        yield at


def attack_descriptors(report: Report, place: Path, count: int) -> None:
    """Values of a descriptor changed or taken out: validate must find each that is not free text."""
    chance, whole = random.Random(SEED), place / "described"
    run_build(write_articles(place / "describing", 8), whole)
    package = copy_package(whole, place / "redescribed")
    text = (whole / "datapackage.json").read_text(encoding="utf-8")
    places = [at for at in leaves(json.loads(text)) if at[0] in ("$schema", "resources")]
    passed = 0
    for _ in range(count):
        descriptor = json.loads(text)
        *way, last = chance.choice(places)
        holder = descriptor
        for key in way:
            holder = holder[key]
        if chance.random() < 0.3 and isinstance(holder, dict):
            del holder[last]
        else:
            holder[last] = chance.choice(["other", 7, True, None, ["x"], ";", "utf-16"])
        (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
        if onrecord.validate(package).valid:
            passed += 1
            report.faults.append(f"validate passes a descriptor changed at {[*way, last]}")
    report.add("values of a descriptor changed", count, f"{count - passed:,} found by validate")


def main() -> None:
    """Run what was asked for and print the report; exit code 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    defaults = {
        "inputs": 10_000,
        "kills": 200,
        "disks": 30,
        "tampered": 300,
        "descriptors": 250,
        "doubled": 4_000,
    }
    for name, count in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=count)
    asked, report = parser.parse_args(), Report()
    with tempfile.TemporaryDirectory(prefix="onrecord-attack-") as folder:
        place = Path(folder)
        attack_inputs(report, place, asked.inputs)
        attack_kills(report, place, asked.kills)
        attack_disks(report, place, asked.disks)
        attack_tables(report, place, asked.tampered)
        attack_descriptors(report, place, asked.descriptors)
    attack_lengths(report, asked.doubled)
    sys.stdout.write(report.render() + "\n")
    sys.exit(bool(report.faults))


if __name__ == "__main__":
    main()
