"""``package.toml``: what people say of a package as a whole, in one small file beside the articles.

    name = "harbour-strike"                      # lower case, for file names
    title = "The harbour strike of 2025"
    description = "What the papers said of it, who said it, and where."
    homepage = "https://example.org/strike"
    created = 2025-04-01                         # or a time with its zone
    keywords = ["strike", "harbour"]

    [[licenses]]                                 # of the data; the articles have their own
    name = "CC-BY-4.0"
    path = "https://creativecommons.org/licenses/by/4.0/"
    title = "Creative Commons Attribution 4.0"

    [[contributors]]
    title = "A. Person"
    path = "https://example.org/person"
    roles = ["creator"]

All of it may be left out; what nobody says stays unsaid.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from onrecord.errors import InputError
from onrecord.packaging.package import Contributor, License, Metadata
from onrecord.plainfile import read_companion

__all__ = ["METADATA", "UNNAMED", "find_created", "is_package_name", "load_metadata", "name_by_folder"]

METADATA = "package.toml"
UNNAMED = "onrecord"
"""The name of a package that nobody named: the same inputs give the same bytes, in whatever folder."""

_TEXTS = ("name", "title", "description", "homepage")
_KEYS = (*_TEXTS, "created", "keywords", "licenses", "contributors")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_ADDRESS = re.compile(r"https?://[^\s/]+[^\s]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Part = TypeVar("Part", License, Contributor)


def load_metadata(paths: Sequence[Path], default: Metadata) -> Metadata:
    """``default``, with what the ``package.toml`` of one of the folders in ``paths`` says in its place.

    Raises InputError, naming file and key, for what is not TOML, not known or not of its form, and where two
    folders have such a file.
    """
    found = sorted({path / METADATA for path in paths if path.is_dir() and os.path.lexists(path / METADATA)})
    if not found:
        return default
    if len(found) > 1:
        raise InputError(f"{found[0]} and {found[1]} both describe the package; keep one")
    return replace(default, **_read(found[0]))


def find_created(published: Iterable[str | None]) -> str | None:
    """When what a package tells was complete: midnight, UTC, of the latest day an article was published on.

    Only days count that are told in full and without doubt; null where there is none.

    >>> find_created(["2031-03-04", None, "2031-05", "2031-03-09?", "2030-12-31"])
    '2031-03-04T00:00:00Z'
    """
    days = [day for day in published if day and _DAY.fullmatch(day)]
    return f"{max(days)}T00:00:00Z" if days else None


def is_package_name(name: str) -> bool:
    """Whether a Data Package can have this name, and a file be called by it.

    >>> is_package_name("harbour-strike"), is_package_name("Harbour Strike"), is_package_name("../etc")
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None


def name_by_folder(name: str, folder: Path) -> str:
    """The name of a package, and of one that nobody named the name of its folder, as far as it can be one.

    >>> name_by_folder("harbour", Path("story")), name_by_folder(UNNAMED, Path("out/The Strike, 2031"))
    ('harbour', 'the-strike-2031')
    """
    if name != UNNAMED:
        return name
    return re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-._") or UNNAMED


def _read(path: Path) -> dict[str, Any]:
    try:
        told = tomllib.loads(read_companion(path) or "")
    except RecursionError:
        raise InputError(f"{path}: is nested too deeply; write it as the documentation shows") from None
    except ValueError as error:
        raise InputError(f"{path}: is not TOML: {error}") from None
    _only(f"{path}", told, _KEYS)
    values: dict[str, Any] = {key: _text(f"{path}, {key}", told[key]) for key in _TEXTS if key in told}
    if "name" in values and not is_package_name(values["name"]):
        raise InputError(
            f"{path}, name: use small letters, digits, '-', '_' and '.' alone, as in harbour-strike"
        )
    if "homepage" in values:
        _address(f"{path}, homepage", values["homepage"])
    if "created" in told:
        values["created"] = _time(f"{path}, created", told["created"])
    if "keywords" in told:
        values["keywords"] = _texts(f"{path}, keywords", told["keywords"])
    if "licenses" in told:
        values["licenses"] = _parts(f"{path}, licenses", told["licenses"], License)
    if "contributors" in told:
        values["contributors"] = _parts(f"{path}, contributors", told["contributors"], Contributor)
    return values


def _only(where: str, told: dict[str, Any], known: Sequence[str]) -> None:
    if unknown := sorted(set(told) - set(known)):
        raise InputError(f"{where}: unknown key {unknown[0]!r}; the keys are {', '.join(known)}")


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise InputError(f"{where}: must be a text that is not blank; or leave the key out")
    return value.strip()


def _texts(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InputError(f'{where}: must be a list of texts, as in ["one", "two"]')
    return tuple(_text(where, item) for item in value)


def _address(where: str, value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise InputError(f"{where}: must be an address that begins with http:// or https://")
    return value


def _time(where: str, value: Any) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InputError(f"{where}: a time needs its zone, as in 2025-04-01T12:00:00Z")
        try:
            value = value.astimezone(UTC)
        except OverflowError:
            raise InputError(f"{where}: is out of range; write it as in 2025-04-01T12:00:00Z") from None
        return f"{value.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    raise InputError(f"{where}: must be a date or a time without quotes, as in 2025-04-01")


def _parts(where: str, value: Any, kind: type[Part]) -> tuple[Part, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{where}: write each as [[{where.rpartition(' ')[2]}]] and its keys below")
    known = tuple(field.name for field in fields(kind))
    parts = []
    for number, item in enumerate(value, 1):
        here = f"{where} {number}"
        _only(here, item, known)
        if known[0] not in item:
            raise InputError(f"{here}: {known[0]} is missing")
        cells: dict[str, Any] = {
            key: _texts(f"{here}, {key}", cell) if key == "roles" else _text(f"{here}, {key}", cell)
            for key, cell in item.items()
        }
        if "path" in cells:
            _address(f"{here}, path", cells["path"])
        parts.append(kind(**cells))
    return tuple(parts)
