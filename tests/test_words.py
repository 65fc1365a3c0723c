"""The word lists: every class is told of and asked for, no line is lost to another."""

import csv
import re
from pathlib import Path

import pytest

from onrecord import words

ROOT = Path(__file__).parents[1]
DATA = ROOT / "build" / "onrecord" / "data"
LEXICONS = ("lexicon", "places", "given_names")


def lines(name: str) -> list[list[str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "build").rglob("*.py"))


@pytest.mark.parametrize("name", LEXICONS)
def test_classes_are_those_that_the_readme_tells_of(name: str) -> None:
    told = (DATA / "README.md").read_text(encoding="utf-8").split(f"## Classes of `{name}.csv`")[1]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", told.split("\n## ")[0], re.MULTILINE)
    assert [one for one, _ in rows] == list(dict.fromkeys(row[0] for row in lines(name)))


@pytest.mark.parametrize("name", LEXICONS)
def test_lines_of_a_class_stand_together_and_none_is_there_twice(name: str) -> None:
    rows = lines(name)
    assert all(len(row) == 3 and row[1] == row[1].strip() != "" for row in rows)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert len({(row[0], row[1]) for row in rows}) == len(rows)


def test_every_class_and_table_is_asked_for() -> None:
    asked = set(re.findall(r"[\"'](\w+)[\"']", sources()))
    assert {row[0] for name in LEXICONS for row in lines(name)} <= asked
    assert {path.stem for path in DATA.glob("*.csv")} <= asked


def test_a_class_that_is_not_there_is_told() -> None:
    with pytest.raises(KeyError, match="no_such_class"):
        words.load("no_such_class")
