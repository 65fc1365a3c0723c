"""Where builds keep what is no part of a package: whole articles, and what was read in them.

That is ``ONRECORD_CACHE``, or else the user's cache folder; never beside a package, which people zip and
publish. Each package has a folder of its own there, found by where the package is:

    CACHE/packages/KEY/package.json   which package it belongs to
    CACHE/packages/KEY/articles.sqlite  what was read in each input, for the next build: see ``kept``
    CACHE/packages/KEY/found.sqlite  what was found out from it, likewise
    CACHE/packages/KEY/work-*/        what one build needs; a killed build leaves its own
    CACHE/packages/KEY/lock           held by a build

Only names that are made here are ever removed, and links are never followed.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from onrecord.errors import LockedError, PackageError
from onrecord.packaging.tablefile import explain

__all__ = [
    "VARIABLE",
    "Kept",
    "cache_folder",
    "clear_kept",
    "list_kept",
    "work_on",
]

VARIABLE = "ONRECORD_CACHE"
_WORK = "work-"
_OWNER = "package.json"
_LOCK = "lock"
_KEY = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for one package: where the package is, the folder that keeps it, its files and bytes."""

    package: str
    folder: Path
    files: int
    bytes: int


def cache_folder() -> Path:
    """The folder of all that builds keep: ``ONRECORD_CACHE``, or ``onrecord`` in the user's cache folder.

    Raises PackageError where the user has none.
    """
    told = os.environ.get(VARIABLE)
    folder = Path(told).absolute() if told else user_cache_path("onrecord", appauthor=False)
    if not folder.is_absolute():
        raise PackageError(f"there is no cache folder for work files: set {VARIABLE} to a folder to use")
    return folder


@contextmanager
def work_on(package: Path) -> Iterator[tuple[Path, Path]]:
    """The folder of what is kept for later builds of a package, and one in it for this build alone.

    Raises PackageError where the cache folder cannot be used, and LockedError where another build uses it.
    """
    folder = cache_folder() / "packages" / _key(package)
    with explain(f"work files cannot be kept in {folder}; set {VARIABLE} to a folder that can be written"):
        for part in (folder.parent.parent, folder.parent, folder):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink():
            raise PackageError(f"{folder} is a link, and work files are not kept through links; remove it")
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise LockedError(f"another build is using {folder}; wait for it to end") from error
    try:
        with explain(f"work files cannot be kept in {folder}"):
            owner = json.dumps({"package": str(_place(package))}, ensure_ascii=True)
            (folder / _OWNER).write_text(owner, encoding="utf-8")
            for killed in _entries(folder):
                if killed.name.startswith(_WORK) and killed.is_dir(follow_symlinks=False):
                    shutil.rmtree(killed.path, ignore_errors=True)
            work = tempfile.TemporaryDirectory(dir=folder, prefix=_WORK)
        with work as place:
            yield folder, Path(place)
    finally:
        lock.release()


def list_kept(packages: Collection[Path] = ()) -> tuple[Kept, ...]:
    """What is kept, for those packages or for all, by the place of the package."""
    found = [_describe(folder) for folder in _folders(packages)]
    return tuple(sorted(found, key=lambda kept: (kept.package, kept.folder)))


def clear_kept(packages: Collection[Path] = ()) -> tuple[Kept, ...]:
    """Remove what is kept for those packages or for all, and tell what; what a build is using stays.

    Raises PackageError for what cannot be removed.
    """
    removed = []
    for folder in _folders(packages):
        kept = _describe(folder)
        lock = FileLock(folder / _LOCK)
        with explain(f"{folder} cannot be removed"):
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            try:
                shutil.rmtree(folder)
            finally:
                lock.release()
        removed.append(kept)
    return tuple(removed)


def _place(package: Path) -> Path:
    return Path(os.path.realpath(package))


def _key(package: Path) -> str:
    return hashlib.sha256(os.fsencode(_place(package))).hexdigest()[:16]


def _folders(packages: Collection[Path]) -> list[Path]:
    """The folders that this module made: named by a key, no links, and with the name of their package."""
    keys = {_key(package) for package in packages}
    return [
        Path(entry.path)
        for entry in _entries(cache_folder() / "packages")
        if _KEY.fullmatch(entry.name)
        and (entry.name in keys or not packages)
        and entry.is_dir(follow_symlinks=False)
        and Path(entry.path, _OWNER).is_file()
    ]


def _describe(folder: Path) -> Kept:
    try:
        owner = json.loads((folder / _OWNER).read_bytes())
    except (OSError, ValueError, RecursionError):
        owner = None
    package = owner.get("package") if isinstance(owner, dict) else None
    sizes = [
        os.lstat(Path(at, name)).st_size
        for at, _, names in os.walk(folder)
        for name in names
        if name not in (_OWNER, _LOCK)
    ]
    return Kept(package if isinstance(package, str) else "unknown", folder, len(sizes), sum(sizes))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            return sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return []
