"""A package is put in place whole; what stops it leaves the old one, a message, and no litter."""

import errno
import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import frictionless
import pyarrow as pa
import pytest

from onrecord.errors import LockedError, PackageError
from onrecord.packaging import publish
from onrecord.packaging.package import DESCRIPTOR, Metadata, read_package, write_package
from onrecord.packaging.publish import LOCK, STAGE, stage


class Words:
    """A small table's schema."""

    arrow = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("text", pa.string())])

    def descriptor(self) -> dict[str, object]:
        fields = [{"name": "id", "type": "string"}, {"name": "text", "type": "string"}]
        return {"fields": fields, "primaryKey": ["id"], "missingValues": [""]}


def build(out: Path, words: dict[str, str], title: str = "T", wait: float = 0) -> bool:
    """Publishes a package with one table for each of ``words``, holding that word in many rows."""
    with publish.stage(out, wait=wait) as folder:
        tables = {
            name: [
                pa.table({"id": [f"{i:05}" for i in range(500)], "text": [word] * 500}, schema=Words.arrow)
            ]
            for name, word in words.items()
        }
        write_package(folder, tables, dict.fromkeys(words, Words()), Metadata("p", title, "D"))
        return publish.publish(folder)


def read(out: Path) -> dict[str, str]:
    """The words of a package in place, once frictionless has found it valid."""
    report = frictionless.validate(str(out / DESCRIPTOR))
    assert report.valid, report.flatten(["name", "type", "note"])
    package = read_package(out)
    assert len(report.tasks) == 2 * len(package.csv) > 0
    return {
        name: package.at(file).read_text(encoding="utf-8").splitlines()[1].split(",")[1].strip('"')
        for name, file in package.csv.items()
    }


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {LOCK}


OLD = {"claims": "old", "events": "old", "sources": "same"}
NEW = {"claims": "new", "events": "new", "sources": "same"}


def test_a_package_replaces_another_and_nothing_else_is_left(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "down"
    assert build(out, OLD)
    assert read(out) == OLD
    assert build(out, NEW)
    assert read(out) == NEW
    assert names(out) == {DESCRIPTOR, "datapackage"}
    assert names(out / "datapackage") == {f"{name}.{kind}" for name in NEW for kind in ("csv", "parquet")}
    assert all(path.stat().st_nlink == 1 for path in (out / "datapackage").iterdir())
    assert all(file.path.startswith("datapackage/") for file in read_package(out).files)


def test_what_is_in_place_is_what_was_staged(tmp_path: Path) -> None:
    build(tmp_path / "a", OLD)
    build(tmp_path / "b", NEW)
    build(tmp_path / "a", NEW)
    for name in (DESCRIPTOR, *(file.path for file in read_package(tmp_path / "b").files)):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def stamps(out: Path) -> dict[str, tuple[int, int]]:
    files = [out / DESCRIPTOR, *(out / "datapackage").iterdir()]
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    before = stamps(tmp_path)
    assert not build(tmp_path, OLD)
    assert stamps(tmp_path) == before


def test_a_table_that_did_not_change_is_not_touched(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    before = stamps(tmp_path)
    build(tmp_path, NEW)
    after = stamps(tmp_path)
    assert {name for name in after if after[name] == before[name]} == {"sources.csv", "sources.parquet"}


def test_only_the_title_changes(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    before = stamps(tmp_path)
    assert build(tmp_path, OLD, title="Another")
    assert read_package(tmp_path).descriptor["title"] == "Another"
    after = stamps(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {DESCRIPTOR}


def test_a_damaged_table_is_put_right(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    (tmp_path / "datapackage/claims.csv").write_text("edited by hand", encoding="utf-8")
    assert build(tmp_path, OLD)
    assert read(tmp_path) == OLD


def test_a_table_that_is_gone_is_removed_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    (tmp_path / "datapackage/notes.csv").write_text("mine", encoding="utf-8")
    assert build(tmp_path, {"claims": "old", "sources": "same"})
    assert names(tmp_path / "datapackage") == {
        "claims.csv",
        "claims.parquet",
        "notes.csv",
        "sources.csv",
        "sources.parquet",
    }
    assert (tmp_path / "datapackage/notes.csv").read_text(encoding="utf-8") == "mine"


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    build(tmp_path, OLD)
    build(tmp_path, NEW)
    assert read(tmp_path) == NEW
    assert names(tmp_path) == {DESCRIPTOR, "datapackage"}


def test_everything_is_on_the_disk_before_the_descriptor_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[int] = set()
    turns = []
    fsync, replace = os.fsync, Path.replace

    def record(handle: int) -> None:
        flushed.add(os.fstat(handle).st_ino)
        fsync(handle)

    def turn(self: Path, target: Path) -> Path:
        turns.append(target)
        if len(turns) == 1:
            staged = [tmp_path, tmp_path / STAGE, *(tmp_path / STAGE).rglob("*")]
            assert len(staged) == 2 + 3 + 2 * len(NEW)
            assert {path.stat().st_ino for path in staged} <= flushed
        else:
            assert (tmp_path / "datapackage").stat().st_ino in flushed
        flushed.clear()
        return replace(self, target)

    build(tmp_path, OLD)
    monkeypatch.setattr(os, "fsync", record)
    monkeypatch.setattr(Path, "replace", turn)
    build(tmp_path, NEW)
    assert turns == [tmp_path / DESCRIPTOR] * 2
    assert tmp_path.stat().st_ino in flushed


def test_a_failure_while_building_leaves_the_old_package(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    with pytest.raises(ZeroDivisionError), publish.stage(tmp_path) as folder:
        (folder / "half").write_text("", encoding="utf-8")
        raise ZeroDivisionError
    assert read(tmp_path) == OLD
    assert names(tmp_path) == {DESCRIPTOR, "datapackage"}


def test_a_staged_file_that_was_altered_is_not_published(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    with (
        pytest.raises(PackageError, match=r"claims\.csv is not what its descriptor says; nothing"),
        publish.stage(tmp_path) as folder,
    ):
        write_package(folder, {}, {"claims": Words()}, Metadata("p", "T", "D"))
        (folder / "datapackage/claims.csv").write_text('"id","texx"\n', encoding="utf-8")
        publish.publish(folder)
    assert read(tmp_path) == OLD


def test_only_a_stage_can_be_published(tmp_path: Path) -> None:
    write_package(tmp_path / "elsewhere", {}, {"claims": Words()}, Metadata("p", "T", "D"))
    with pytest.raises(PackageError, match=r"was not given by onrecord\.packaging\.publish\.stage"):
        publish.publish(tmp_path / "elsewhere")


CALLS = [(Path, "write_bytes"), (Path, "replace"), (Path, "rename"), (os, "fsync"), (shutil, "copyfile")]


def fail_after(patch: pytest.MonkeyPatch, allowed: int) -> list[int]:
    """From the ``allowed``-th call on, the disk is full. Gives the number of calls that failed."""
    made, failed = [0], [0]

    def guard(call: Callable[..., object]) -> Callable[..., object]:
        def guarded(*args: object, **kwargs: object) -> object:
            made[0] += 1
            if made[0] > allowed:
                failed[0] += 1
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(*args, **kwargs)

        return guarded

    for owner, name in CALLS:
        patch.setattr(owner, name, guard(getattr(owner, name)))
    return failed


def test_a_disk_that_fills_up_at_any_step_leaves_a_whole_package_and_says_which(tmp_path: Path) -> None:
    seen = set()
    for allowed in range(200):
        out = tmp_path / str(allowed)
        build(out, OLD)
        with pytest.MonkeyPatch.context() as patch:
            failed = fail_after(patch, allowed)
            try:
                build(out, NEW)
            except PackageError as error:
                message = str(error)
            else:
                assert not failed[0]
                break
        assert "the disk is full" in message
        found = read(out)
        if found == OLD:
            assert "is as it was" in message or f"{DESCRIPTOR} cannot be written" in message
            assert names(out) == {DESCRIPTOR, "datapackage"}
        else:
            assert found == NEW
            assert "tells the new package, whole and valid" in message
        seen.add(tuple(found.values()))
        assert build(out, NEW) or found == NEW
        assert read(out) == NEW
        assert names(out) == {DESCRIPTOR, "datapackage"}
    else:
        pytest.fail("the disk never sufficed")
    assert len(seen) == 2


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written_is_explained(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PackageError, match="permission denied"):
            build(tmp_path, OLD)
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(PackageError, match="out cannot be used: File exists"):
        build(tmp_path / "out", OLD)


def test_a_package_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    text = '{"resources": [{"name": "prices", "path": "prices.csv"}]}'
    (tmp_path / DESCRIPTOR).write_text(text, encoding="utf-8")
    with pytest.raises(PackageError, match="that onrecord did not write"):
        build(tmp_path, OLD)
    assert (tmp_path / DESCRIPTOR).read_text(encoding="utf-8") == text


def test_a_folder_among_the_tables_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "datapackage/mine").mkdir(parents=True)
    with pytest.raises(PackageError, match="mine is a folder"):
        build(tmp_path, OLD)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("<<<<<<< HEAD", "is not JSON"),
        ("", "is not JSON"),
        ('{"name": "prices"}', "lists no resources"),
        ("[1, 2]", "lists no resources"),
        ('{"resources": []}', "onrecord did not write"),
        ('{"resources": [{"name": "prices"}]}', "onrecord did not write"),
    ],
)
def test_a_descriptor_that_onrecord_did_not_write_is_left_alone(
    tmp_path: Path, text: str, wrong: str
) -> None:
    (tmp_path / DESCRIPTOR).write_text(text, encoding="utf-8")
    with pytest.raises(PackageError, match=f"{wrong}.*move it away"):
        build(tmp_path, OLD)
    assert (tmp_path / DESCRIPTOR).read_text(encoding="utf-8") == text


def test_a_folder_made_for_a_build_that_fails_is_removed(tmp_path: Path) -> None:
    for folder in (tmp_path / "new", tmp_path / "kept"):
        if folder.name == "kept":
            folder.mkdir()
        with pytest.raises(RuntimeError), stage(folder):
            raise RuntimeError
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "kept").is_dir()


def test_a_stage_that_someone_removed_is_built_anew(tmp_path: Path) -> None:
    build(tmp_path, OLD)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(PackageError):
        patch.setattr(Path, "rename", lambda self, target: (tmp_path / "missing").stat())
        build(tmp_path, NEW)
    shutil.rmtree(tmp_path / STAGE)
    build(tmp_path, NEW)
    assert read(tmp_path) == NEW
    assert names(tmp_path) == {DESCRIPTOR, "datapackage"}


def test_a_second_build_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    with publish.stage(tmp_path):
        with pytest.raises(LockedError, match=f"another build is writing {tmp_path};"):
            build(tmp_path, OLD)
        with pytest.raises(LockedError, match=r"waited 0\.1 s"):
            build(tmp_path, OLD, wait=0.1)
    build(tmp_path, OLD)
    assert read(tmp_path) == OLD


def test_a_second_build_waits_if_asked_to(tmp_path: Path) -> None:
    entered, release = threading.Event(), threading.Event()

    def hold() -> None:
        with publish.stage(tmp_path):
            entered.set()
            release.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    threading.Timer(0.3, release.set).start()
    began = time.monotonic()
    build(tmp_path, OLD, wait=10)
    assert time.monotonic() - began > 0.2
    thread.join()
    assert read(tmp_path) == OLD


def _hold(out: Path, entered: Event) -> None:
    with publish.stage(out):
        entered.set()
        time.sleep(60)


def test_the_lock_of_a_killed_build_is_gone(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    entered = context.Event()
    other = context.Process(target=_hold, args=(tmp_path, entered))
    other.start()
    assert entered.wait(30)
    with pytest.raises(LockedError):
        build(tmp_path, OLD)
    other.kill()
    other.join()
    build(tmp_path, OLD)
    assert read(tmp_path) == OLD


@pytest.mark.parametrize("descriptor", ['{"name": "wells", "resources": [{"path": "wells.csv"}]}', "no JSON"])
def test_nothing_is_left_in_a_folder_that_is_not_ours(descriptor: str, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text(descriptor, encoding="utf-8")
    with pytest.raises(PackageError, match="give another folder"):
        build(tmp_path, OLD)
    assert [path.name for path in tmp_path.iterdir()] == ["datapackage.json"]
