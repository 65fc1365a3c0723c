"""A build killed at any moment leaves a package that validates, old or new; the next build sets all right."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import frictionless
import pytest
from kill_driver import build, recover

from onrecord.packaging import publish, schema
from onrecord.packaging.package import DESCRIPTOR, read_package
from onrecord.packaging.publish import LOCK, STAGE

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")

OLD = {"claims": "old", "sources": "same"}
NEW = {"claims": "new", "sources": "same"}


@pytest.fixture(autouse=True)
def no_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flushing is slow and tested elsewhere; a kill, unlike a power cut, loses nothing that was written."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def drive(mode: str, place: Path, old: Path, new: dict[str, str]) -> list[Path]:
    """What each kill left behind, in order."""
    place.mkdir()
    subprocess.run(
        [sys.executable, Path(__file__).with_name("kill_driver.py"), mode, place, old, json.dumps(new)],
        check=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(Path(publish.__file__).parents[2])},
    )
    return sorted(place.iterdir(), key=lambda path: int(path.name))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Has the packages ``old`` and ``new``, as undisturbed builds write them."""
    place = tmp_path_factory.mktemp("kill")
    build(place / "old", OLD)
    build(place / "new", NEW)
    return place


@pytest.fixture(scope="module")
def left(place: Path) -> list[Path]:
    """What is left of a build of NEW over OLD, for a kill at every step of it. Not to be changed."""
    return drive("build", place / "kills", place / "old", NEW)


def read(out: Path) -> dict[str, str]:
    """The words of a package, once frictionless has checked its tables, and its files' hashes and lengths."""
    report = frictionless.validate(str(out / DESCRIPTOR))
    assert report.valid, (out, report.flatten(["name", "type", "note"]))
    package = read_package(out)
    assert sum(task.type == "table" for task in report.tasks) == len(package.csv) == 2
    assert sum(task.type == "file" for task in report.tasks) == 2
    return {
        name: package.at(file).read_text(encoding="utf-8").splitlines()[1].split(",")[1].strip('"')
        for name, file in package.csv.items()
    }


def contents(out: Path) -> dict[str, bytes]:
    """Every file of a folder, but for the lock."""
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.name != LOCK
    }


def tables(out: Path) -> dict[str, bytes]:
    """What someone finds who reads tables by their names, past the descriptor."""
    return {name: data for name, data in contents(out).items() if name.startswith("datapackage/")}


def is_midway(out: Path) -> bool:
    return any(file.path.startswith(STAGE) for file in read_package(out).files)


def test_after_a_kill_at_every_step_a_whole_package_is_there(left: list[Path]) -> None:
    assert len(left) > 60
    found = [read(out) for out in left]
    turn = found.index(NEW)
    assert 0 < turn < len(left) - 10
    assert found == [OLD] * turn + [NEW] * (len(left) - turn)


def test_tables_are_never_half_old_and_half_new(place: Path, left: list[Path]) -> None:
    old, new = tables(place / "old"), tables(place / "new")
    found = [tables(out) for out in left]
    assert [found for found in found if found not in (old, new)] == [{}]


def test_after_a_kill_at_every_step_the_next_build_sets_all_right(
    tmp_path: Path, place: Path, left: list[Path]
) -> None:
    for out in left:
        shutil.copytree(out, tmp_path / out.name)
        build(tmp_path / out.name, NEW)
        assert contents(tmp_path / out.name) == contents(place / "new")


def test_after_a_kill_at_any_step_another_package_can_be_built(
    tmp_path: Path, place: Path, left: list[Path]
) -> None:
    midway = [out for out in left if is_midway(out)]
    assert len(midway) > 5
    for out in midway:
        shutil.copytree(out, tmp_path / out.name)
        build(tmp_path / out.name, OLD)
        assert contents(tmp_path / out.name) == contents(place / "old")


def test_setting_right_can_itself_be_killed_at_every_step(
    tmp_path: Path, place: Path, left: list[Path]
) -> None:
    midway = [out for out in left if is_midway(out)]
    for start in (midway[0], next(out for out in midway if not (out / "datapackage").exists())):
        again = drive("recover", tmp_path / start.name, start, {})
        assert len(again) > 10
        for out in again:
            assert read(out) == NEW
            recover(out)
            assert contents(out) == contents(place / "new")


def test_the_first_build_killed_leaves_a_whole_package_or_none(tmp_path: Path, place: Path) -> None:
    (tmp_path / "nothing").mkdir()
    kills = drive("build", tmp_path / "kills", tmp_path / "nothing", NEW)
    there = [(out / DESCRIPTOR).exists() for out in kills]
    assert there == sorted(there)
    assert there.count(True) > 10
    for out in kills:
        assert not (out / DESCRIPTOR).exists() or read(out) == NEW
        build(out, NEW)
        assert contents(out) == contents(place / "new")


def test_kills_at_random_moments(tmp_path: Path, place: Path) -> None:
    for out in drive("random", tmp_path / "kills", place / "old", NEW):
        assert read(out) in (OLD, NEW)
        build(out, NEW)
        assert contents(out) == contents(place / "new")


def test_whole_builds_killed_at_random_moments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`onrecord build` over a package: whatever it was doing when it was killed, a whole package is there."""
    monkeypatch.setenv("ONRECORD_CACHE", str(tmp_path / "cache"))
    articles, out = tmp_path / "articles.jsonl", tmp_path / "out"
    command = [sys.executable, "-m", "onrecord", "build", str(articles), "--out", str(out), "--replace"]

    def write(number: int) -> None:
        text = f"Mayor Ines Prado said the ferry would return in June {number}. The harbour reopened."
        articles.write_text(json.dumps({"id": f"ferry-{number}", "text": text}) + "\n", encoding="utf-8")

    write(2000)
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    lasts = time.monotonic() - began
    moments = random.Random(5)
    killed = 0
    for number in range(2001, 2011):
        write(number)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as build_of:
            try:
                build_of.wait(moments.uniform(0.3, 1.0) * lasts)
            except subprocess.TimeoutExpired:
                build_of.kill()
                killed += 1
        report = frictionless.validate(str(out / DESCRIPTOR))
        assert report.valid, report.flatten(["name", "type", "note"])
        assert report.stats["tasks"] == 2 * len(schema.TABLES)
    assert killed
    subprocess.run(command, check=True, capture_output=True)
    assert "ferry-2010" in (out / "datapackage" / "sources.csv").read_text(encoding="utf-8")
    assert not list((tmp_path / "cache").rglob("work-*"))
    assert sorted(path.name for path in out.iterdir()) == ["datapackage", "datapackage.json"]
