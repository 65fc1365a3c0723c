"""Count which words report what somebody said: writes ``build/onrecord/data/reports.csv``.

    python -m train.reports CORPORA            count on ECB+'s training topics, write the table
    python -m train.reports CORPORA --check    say what the table makes of the development topics

A word is taken where ECB+ marks most of its events as reporting.
"""

import argparse
import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from train.corpora import ECBPLUS_EVENTS, cover, read_corpus

from onrecord import words
from onrecord.happening.wording import is_report
from onrecord.resolving.events import stem_of

TABLE = Path(__file__).parent.parent / "build" / "onrecord" / "data" / "reports.csv"
HEAD = (
    "# Stems of words that ECB+ (training topics) marks as reporting more often than not, with how often it\n"
    "# does and how often it marks them at all. Written by train/reports.py.\n"
)
FEWEST = 3
"""Events that a stem must tell to be counted."""


def read_events(corpora: Path, split: str) -> Iterator[tuple[str, bool]]:
    """The words of each event and whether it is marked as reporting."""
    for row in read_corpus(corpora, "ecbplus"):
        for mention in row["mentions"] if row["split"] == split else ():
            if mention["tag"].startswith(ECBPLUS_EVENTS):
                start, end = cover(mention["spans"])
                yield row["text"][start:end], mention["tag"].endswith("REPORTING")


def write(corpora: Path) -> None:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for told, reports in read_events(corpora, "train"):
        if told.casefold() not in words.load("function_words"):  # "according" is no accord
            counts[stem_of(told)][reports] += 1
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.write(HEAD)
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["stem", "reporting", "events"])
        for stem, count in sorted(counts.items()):
            if count[True] > count[False] and count.total() >= FEWEST:
                table.writerow([stem, count[True], count.total()])


def check(corpora: Path) -> None:
    right = found = wanted = 0
    for told, reports in read_events(corpora, "dev"):
        taken = is_report(stem_of(told))
        right, found, wanted = right + (taken and reports), found + taken, wanted + reports
    print(f"precision {100 * right / found:.1f}, recall {100 * right / wanted:.1f} of {wanted}")


def main() -> None:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    (check if options.check else write)(options.corpora)


if __name__ == "__main__":
    main()
