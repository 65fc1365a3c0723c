"""What it costs to add articles to a package, beside building it: processor time, in one process.

    python -m bench.adding ARTICLES.jsonl [--added 10]

ARTICLES.jsonl holds one article a line. All but the last ones are built, then all are, over the package that
is there; then all again, with nothing new. What is read in articles is what grows with their words; the rest
is what articles have in common, which is found anew each time.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import onrecord
from onrecord.annotate import default_reader
from onrecord.intake import Progress


class Clock:
    """Processor seconds by stage, told by a build's progress."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = "read"
        self._since = time.process_time()

    def __call__(self, now: Progress) -> None:
        self.stop()
        self._stage = now.stage

    def stop(self) -> None:
        """What has gone by belongs to the stage that was told last."""
        moment = time.process_time()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + moment - self._since
        self._since = moment


def measure(lines: list[str], place: Path, *, over: bool) -> dict[str, float]:
    """Processor seconds by stage of a build of these lines."""
    (place / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
    clock = Clock()
    out = place / "out"
    onrecord.build([place / "articles.jsonl"], out, previous=out if over else None, on_progress=clock)
    clock.stop()
    return clock.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("--added", type=int, default=10)
    given = parser.parse_args()
    lines = given.articles.read_text(encoding="utf-8").splitlines(keepends=True)
    default_reader()
    with tempfile.TemporaryDirectory() as place:
        os.environ["ONRECORD_CACHE"] = f"{place}/cache"
        runs = {
            "build": measure(lines[: -given.added], Path(place), over=False),
            f"{given.added} added": measure(lines, Path(place), over=True),
            "nothing new": measure(lines, Path(place), over=True),
        }
    print(f"{len(lines)} articles")
    for stage in (*runs["build"], "total"):
        cells = (sum(run.values()) if stage == "total" else run.get(stage, 0.0) for run in runs.values())
        print(f"{stage:<16}" + "".join(f"{cell:>12.2f}" for cell in cells))


if __name__ == "__main__":
    main()
