"""What it costs to add articles to a package, beside building it: processor time, in one process.

    python -m bench.adding FOLDER [--size 2000] [--added 10]

FOLDER holds JSON lines files (.jsonl or .jsonl.gz) with a ``text`` in each line. Some of them are read, which
tells what reading costs; articles are then made of their paragraphs (``bench.made``) with what was read in
them, so that builds of many cost no reading. All but the added ones are built, then all are, by an update;
then all again, with nothing new; then with an article gone and one corrected.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
from bench.made import Piece, cut_pieces, load_base, recombine

import onrecord
from onrecord import intake
from onrecord.annotate import default_reader
from onrecord.intake import Progress
from onrecord.llm.reader import LanguageModel
from onrecord.model import Annotated, Article
from onrecord.packaging.package import read_package
from onrecord.pipeline import read_earlier
from onrecord.releasing.diff import compare

BASE = 200
"""Articles that are really read."""
PARAGRAPHS = 8


class Clock:
    """Processor seconds by stage, told by a build's progress."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = "open"
        self._since = time.process_time()

    def __call__(self, now: Progress) -> None:
        self.start(now.stage)

    def start(self, stage: str) -> None:
        """What has gone by belongs to the stage that was told last."""
        moment = time.process_time()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + moment - self._since
        self._stage, self._since = stage, moment


class Ready:
    """Made articles, written as JSON lines, and a reader's place taken by what was found in them."""

    def __init__(self, pieces: list[Piece], place: Path) -> None:
        self._pieces = pieces
        self._lines = place / "articles.jsonl"

    def write(self, numbers: Sequence[int], corrected: frozenset[int] = frozenset()) -> int:
        """Write articles; the ``corrected`` ones lack their last paragraph. The number of their words."""
        words = 0
        with self._lines.open("w", encoding="utf-8") as stream:
            for number in numbers:
                article = recombine(self._pieces, number, PARAGRAPHS - (number in corrected)).article
                words += len(article.text.split())
                row = {"id": article.name, "text": article.text, "publisher": article.publisher}
                stream.write(json.dumps({**row, "published": article.published}) + "\n")
        return words

    def annotate(
        self, articles: Sequence[bytes], made_by: str, model: LanguageModel | None = None
    ) -> list[bytes]:
        return [msgspec.msgpack.encode(self._find(intake._decode_article(data))) for data in articles]

    def _find(self, article: Article) -> Annotated:
        for paragraphs in (PARAGRAPHS, PARAGRAPHS - 1):
            made = recombine(self._pieces, int(article.name), paragraphs)
            if made.article.text == article.text:
                return replace(made, article=replace(article, credit=made.article.credit))
        raise LookupError(article.name)


def measure(lines: Path, out: Path, *, update: bool) -> dict[str, float]:
    """Processor seconds by stage of a build, or an update, of these lines."""
    clock = Clock()
    if not update:
        onrecord.build([lines], out, on_progress=clock)
    else:
        earlier = read_earlier(out)

        def tell(stage: Path) -> None:
            clock.start("changes")
            compare(earlier, read_package(stage))
            clock.start("put in place")

        onrecord.build([lines], out, previous=earlier, replace=True, on_progress=clock, on_written=tell)
    clock.start("end")
    return clock.seconds


def time_of(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--added", type=int, default=10)
    given = parser.parse_args()
    default_reader()
    base: list[Annotated] = []
    seconds = time_of(lambda: base.extend(load_base(given.folder, BASE)))
    rate = sum(len(annotated.article.text.split()) for annotated in base) / seconds
    numbers = list(range(given.size))
    with tempfile.TemporaryDirectory() as place:
        os.environ["ONRECORD_CACHE"] = f"{place}/cache"
        lines, out = Path(place) / "articles.jsonl", Path(place) / "out"
        ready = Ready(cut_pieces(base), Path(place))
        intake.annotate_batch = ready.annotate
        runs: dict[str, dict[str, float]] = {}
        ready.write(numbers[: -given.added])
        runs["build"] = measure(lines, out, update=False)
        words = ready.write(numbers)
        runs["build"]["annotate"] = words / rate
        runs[f"{given.added} added"] = measure(lines, out, update=True)
        runs["nothing new"] = measure(lines, out, update=True)
        ready.write(numbers[1:], frozenset({given.size // 2}))
        runs["one gone, one corrected"] = measure(lines, out, update=True)
    print(f"{given.size} articles, {words} words, read at {rate:.0f} words a second")
    report(runs)


def report(runs: dict[str, dict[str, float]]) -> None:
    """A table of seconds by stage, and each total as a share of the first."""
    whole = sum(runs["build"].values())
    print("| stage | " + " | ".join(runs) + " |")
    print("|---" * (len(runs) + 1) + "|")
    for stage in dict.fromkeys(stage for run in runs.values() for stage in run):
        print(f"| {stage} | " + " | ".join(f"{run.get(stage, 0.0):.2f}" for run in runs.values()) + " |")
    totals = [sum(run.values()) for run in runs.values()]
    print("| all | " + " | ".join(f"{total:.2f} ({total / whole:.1%})" for total in totals) + " |")


if __name__ == "__main__":
    main()
