"""Puts a new package in the place of the old one so that, whenever it is killed, a whole package is there.

The names are fixed: ``OUT/datapackage.json`` and ``OUT/datapackage/``. Two names cannot be changed in one
step, and a descriptor with the hashes of other files is a broken package. So the new package is first written
whole into ``OUT/datapackage.publishing/`` and flushed to disk; then

1. ``OUT/datapackage.json`` is replaced by a descriptor of the new package *as it lies there*: one rename, and
   the point where the old package becomes the new one;
2. a folder of hard links to the new tables takes the place of ``OUT/datapackage/``, by two renames; no
   descriptor points at it in that moment;
3. ``OUT/datapackage.json`` is replaced by the final descriptor, which points at ``datapackage/``;
4. ``OUT/datapackage.publishing/`` is removed.

After each of these steps, and between any two, the descriptor in place points at complete files whose hashes
it tells. What a kill leaves behind is finished (after step 1) or swept away (before) by the next build. A
program that reads ``datapackage/claims.parquet`` by its name, past the descriptor, sees all tables old or all
tables new, never a mixture on disk; between the two renames of step 2 it finds none, and after a kill in that
very instant none until the next build. A reader that holds a descriptor while it is replaced can meet tables
of the other package: compare the hashes, and read again.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from onrecord.errors import LockedError, PackageError
from onrecord.packaging.package import DESCRIPTOR, Package, dump, read_descriptor, read_package
from onrecord.packaging.tablefile import FOLDER, explain

__all__ = ["LOCK", "STAGE", "publish", "stage"]

STAGE = "datapackage.publishing"
LOCK = ".onrecord.lock"
_REPLACED = "replaces"


@contextmanager
def stage(out: Path, *, wait: float = 0.0) -> Iterator[Path]:
    """Locks ``out``, made if need be, and gives an empty folder in it for the new package.

    What an earlier build left half done is finished or swept away first. Write a package in the folder, then
    call ``publish``; the folder is removed at the end, published or not. ``wait`` is how many seconds to wait
    for another build to end. The lock is the operating system's: a killed build leaves none behind.

    A folder that was made and has nothing in it in the end is removed again.

    Raises LockedError while another build holds ``out``, and PackageError when ``out`` cannot be written,
    when it holds a ``datapackage.json`` that onrecord did not write, or its ``datapackage/`` has folders.
    """
    _require_ours(out)  # before the lock, which would leave its file in a folder of someone else
    with _locked(out, wait):
        if _is_midway(out) and (out / STAGE / DESCRIPTOR).is_file():
            _finish(out)
        _require_ours(out)
        folder = out / STAGE
        with explain(f"{folder} cannot be made"):
            _remove(folder)
            folder.mkdir()
        try:
            yield folder
        finally:
            if not _is_midway(out):
                shutil.rmtree(folder, ignore_errors=True)


def publish(folder: Path) -> bool:
    """Puts the package in ``folder``, from ``stage``, in place. False if the same bytes were there already.

    Raises PackageError when the disk does not take it; the message says which package is then in place.
    """
    out = folder.parent
    if folder.name != STAGE:
        raise PackageError(f"{folder} was not given by onrecord.packaging.publish.stage")
    with explain(f"{out} is as it was: the new package cannot be put in place"):
        package = read_package(folder)
        for file in package.files:
            if not file.path.startswith(f"{FOLDER}/") or not file.is_at(package.at(file)):
                raise PackageError(
                    f"{package.at(file)} is not what its descriptor says; nothing was published"
                )
        if _is_in_place(out, package):
            return False
        midway = folder / "midway.json"
        midway.write_bytes(dump(_point_at_stage(package.descriptor, replaces=_names(out))))
        _flush(folder)
        midway.replace(out / DESCRIPTOR)
    _finish(out)
    return True


@contextmanager
def _locked(out: Path, wait: float) -> Iterator[None]:
    made = not out.exists()
    with explain(f"{out} cannot be used"):
        out.mkdir(parents=True, exist_ok=True)
        held = FileLock(out / LOCK)
        try:
            held.acquire(timeout=wait)
        except Timeout as error:
            waited = f" (waited {wait:g} s)" if wait else ""
            raise LockedError(
                f"another build is writing {out}{waited}; wait for it to end, or give another folder"
            ) from error
    try:
        yield
    finally:
        (out / LOCK).unlink(missing_ok=True)  # while it is held: whoever waits opens a new one
        if made and not any(out.iterdir()):
            out.rmdir()
        held.release()


def _finish(out: Path) -> None:
    """Steps 2 and 3: the descriptor in ``out`` points at the stage. May be killed and run again."""
    with explain(
        f"{out / DESCRIPTOR} tells the new package, whole and valid, but its tables still lie in {STAGE}/ "
        "and the next build must move them"
    ):
        _sync(out)
        package = read_package(out / STAGE)
        replaced = set(read_descriptor(out / DESCRIPTOR)[_REPLACED])
        _require_no_folders(out)
        _swap_tables(out, package, replaced - {file.name for file in package.files})
        (out / STAGE / DESCRIPTOR).replace(out / DESCRIPTOR)
        _sync(out)


def _swap_tables(out: Path, package: Package, gone: set[str]) -> None:
    """Makes ``datapackage/`` hold the package's tables and what else it held, less tables that are gone."""
    tables, ready, old = out / FOLDER, out / STAGE / "ready", out / STAGE / "old"
    current = tables if tables.is_dir() else old
    same = {file.name for file in package.files if file.is_at(current / file.name)}
    if (
        current == tables
        and len(same) == len(package.files)
        and not any((tables / name).exists() for name in gone)
    ):
        return
    _remove(ready)
    ready.mkdir()
    for file in package.files:
        _link(current / file.name if file.name in same else package.at(file), ready / file.name)
    if current.is_dir():
        for other in sorted(current.iterdir()):
            if other.name not in gone and not (ready / other.name).exists():
                _link(other, ready / other.name)
    _sync(ready)
    if current == tables:
        _remove(old)
        tables.rename(old)
    ready.rename(tables)
    _sync(out)


def _is_midway(out: Path) -> bool:
    """Whether the descriptor in place points at the stage."""
    try:
        resources = read_descriptor(out / DESCRIPTOR)["resources"]
    except PackageError:
        return False
    return any(_path(resource).startswith(f"{STAGE}/") for resource in resources)


def _is_in_place(out: Path, package: Package) -> bool:
    descriptor = out / DESCRIPTOR
    return (
        descriptor.is_file()
        and descriptor.read_bytes() == dump(package.descriptor)
        and all(file.is_at(out / file.path) for file in package.files)
    )


def _require_ours(out: Path) -> None:
    """Raises for a descriptor of someone else, or that nobody can read: it is not ours to replace."""
    path = out / DESCRIPTOR
    if path.exists() or path.is_symlink():
        advice = "give another folder, or move it away"
        try:
            resources = read_descriptor(out / DESCRIPTOR)["resources"]
        except PackageError as error:
            raise PackageError(f"{error}; it was not replaced: {advice}") from error
        paths = [_path(resource) for resource in resources]
        if not paths or not all(place.startswith((f"{FOLDER}/", f"{STAGE}/")) for place in paths):
            raise PackageError(f"{path} is a data package that onrecord did not write; {advice}")
    _require_no_folders(out)


def _require_no_folders(out: Path) -> None:
    tables = out / FOLDER
    if tables.exists() and not tables.is_dir():
        raise PackageError(f"{tables} is not a folder; move it away")
    if tables.is_dir():
        for entry in sorted(tables.iterdir()):
            if entry.is_dir():
                raise PackageError(f"{entry} is a folder; {FOLDER}/ is for tables alone: move it away")


def _point_at_stage(descriptor: Any, replaces: list[str]) -> dict[str, Any]:
    resources = [{**resource, "path": f"{STAGE}/{resource['path']}"} for resource in descriptor["resources"]]
    return {**descriptor, _REPLACED: replaces, "resources": resources}


def _names(out: Path) -> list[str]:
    """File names of the tables of the package in place, if there is one."""
    try:
        return sorted(
            _path(resource).rpartition("/")[2] for resource in read_descriptor(out / DESCRIPTOR)["resources"]
        )
    except PackageError:
        return []


def _path(resource: Any) -> str:
    path = resource.get("path") if isinstance(resource, dict) else None
    return path if isinstance(path, str) else ""


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links, or another one
        shutil.copyfile(source, target)
        _sync(target)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _flush(folder: Path) -> None:
    """Sends a folder with all it holds to the disk."""
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot flush a folder, and needs not
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
