"""Kills builds; run by test_kill.py as a program of its own: it forks a child for each kill, which is cheap.

    python kill_driver.py build PLACE OLD NEW    at every call that may change a disk: one child a call
    python kill_driver.py recover PLACE OLD {}   the same, but the child only sets the folder right
    python kill_driver.py random PLACE OLD NEW   from outside, at random moments

A child builds a package with the words NEW (JSON: a word for each table) in a fresh copy of the folder OLD.
What kill ``n`` leaves behind stays in ``PLACE/n``; the last of ``build`` and ``recover`` ended by itself.
"""

import io
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

import pyarrow as pa

from onrecord.packaging import publish
from onrecord.packaging.package import Metadata, write_package

CALLS = frozenset(
    ["close", "flush", "link", "mkdir", "open", "remove", "rename", "replace", "rmdir", "unlink", "write"]
)
RANDOM_KILLS = 25
RANDOM_ROWS = 10_000


class Words:
    """The schema of a small table."""

    arrow = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("text", pa.string())])

    def descriptor(self) -> dict[str, object]:
        fields = [{"name": "id", "type": "string"}, {"name": "text", "type": "string"}]
        return {"fields": fields, "primaryKey": ["id"], "missingValues": [""]}


def build(out: Path, words: dict[str, str], rows: int = 20) -> None:
    """Publishes a package with a table for each of ``words``, holding that word in many rows."""
    ids = [f"{i:06}" for i in range(rows)]
    with publish.stage(out) as folder:
        tables = {
            name: [pa.table({"id": ids, "text": [word] * rows}, schema=Words.arrow)]
            for name, word in words.items()
        }
        write_package(folder, tables, dict.fromkeys(words, Words()), Metadata("p", "T", "D"))
        publish.publish(folder)


def recover(out: Path) -> None:
    """What a build does before its own work."""
    with publish.stage(out):
        pass


def kill_at(step: int) -> None:
    """Has this process kill itself just before its ``step``-th call that may change a disk."""
    calls = 0

    def watch(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        if event != "c_call" or getattr(argument, "__name__", "") not in CALLS:
            return
        owner = getattr(argument, "__self__", None)
        if isinstance(owner, io.IOBase) or getattr(argument, "__module__", "") in (os.name, "_io"):
            calls += 1
            if calls == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(1 if sys.exc_info()[0] else 0)
    return child


def kill_at_every_step(place: Path, old: Path, work: Callable[[Path], None]) -> None:
    os.fsync = lambda fd: None  # slow, and of no account to a kill: what was written stays written
    step, status = 0, signal.SIGKILL.value
    while status:
        step += 1
        out = place / str(step)
        shutil.copytree(old, out)

        def child(step: int = step, out: Path = out) -> None:
            kill_at(step)
            work(out)

        status = os.waitpid(fork(child), 0)[1]
        if status not in (0, signal.SIGKILL):
            sys.exit(f"step {step} ended with {status}")


def kill_at_random(place: Path, old: Path, work: Callable[[Path], None]) -> None:
    chance = random.Random(7)
    began = time.monotonic()
    work(place / "timed")
    whole = time.monotonic() - began
    shutil.rmtree(place / "timed")
    for attempt in range(RANDOM_KILLS):
        out = place / str(attempt)
        shutil.copytree(old, out)
        child = fork(partial(work, out))
        time.sleep(chance.uniform(0, 1.5 * whole))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    mode, place, old, new = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), json.loads(sys.argv[4])
    build(place / "first", {"any": "word"})  # modules that are loaded late are loaded now
    shutil.rmtree(place / "first")
    if mode == "build":
        kill_at_every_step(place, old, lambda out: build(out, new))
    elif mode == "recover":
        kill_at_every_step(place, old, recover)
    else:
        kill_at_random(place, old, lambda out: build(out, new, RANDOM_ROWS))
