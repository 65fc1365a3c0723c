"""Does ``datapackage.json`` say of the tables what this version writes, and nothing odd of the rest?

A reader goes by it: with another dialect, encoding or meaning of a column it reads something else.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from onrecord.checking.report import Problems
from onrecord.packaging import schema
from onrecord.packaging.package import DESCRIPTOR, PROFILE, describe_resource

__all__ = ["check_descriptor", "check_resource"]

_FREE = ("path", "bytes", "hash")
"""What is the file's own; it is held against the file."""
_TEXTS = ("name", "title", "description", "version", "created", "homepage")
_LISTS: Mapping[str, tuple[str, ...]] = {
    "licenses": ("name", "path", "title"),
    "sources": ("title", "path"),
    "contributors": ("title", "path", "roles"),
}


def check_descriptor(descriptor: Mapping[str, Any], problems: Problems) -> None:
    """Add a problem for each thing that a descriptor says of the package and may not."""
    for key, fault in _find_faults(descriptor):
        message = f"{DESCRIPTOR}: {key} {fault}; build the package again"
        problems.add("descriptor", None, None, key, message)


def _find_faults(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if told.get("$schema") != PROFILE:
        yield "$schema", f"must be {PROFILE}"
    for key in ("name", "title", "description"):
        if key not in told:
            yield key, "is missing"
    for key, value in told.items():
        if key in _TEXTS:
            if not isinstance(value, str) or not value.strip():
                yield key, "must be a text that is not blank"
        elif key in _LISTS:
            parts = value if isinstance(value, list) else [None]
            if not all(isinstance(part, dict) and _is_part(part, _LISTS[key]) for part in parts):
                yield key, f"must be a list of objects with {', '.join(_LISTS[key])}, which are texts"
        elif key in ("keywords", "replaces"):
            if not _are_texts(value):
                yield key, "must be a list of texts"
        elif key not in ("$schema", "resources"):
            yield key, "is nothing that onrecord writes"


def _is_part(part: Mapping[str, Any], known: tuple[str, ...]) -> bool:
    plain = all(isinstance(value, str) for key, value in part.items() if key != "roles")
    return set(part) <= set(known) and known[0] in part and plain and _are_texts(part.get("roles", []))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def check_resource(table: str, kind: str, told: Mapping[str, Any], problems: Problems) -> None:
    """Add a problem where a resource says of its file (``kind`` csv or parquet) what this version does not:
    code ``schema`` for what its schema says, ``resource`` for the rest."""
    expected = describe_resource(table, kind, schema.load()[table].descriptor())
    plain = {key: value for key, value in told.items() if key not in _FREE}
    places = list(_find_differences(plain, expected, ""))
    of_schema = [place for place in places if place.split(".")[0] == "schema"]
    for code, found in (("schema", of_schema), ("resource", [at for at in places if at not in of_schema])):
        if found:
            what = ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
            message = f"{told.get('name')}: {what}: not as this version of onrecord writes it; build again"
            problems.add(code, table, None, None, message)


def _find_differences(told: Any, expected: Any, at: str) -> Iterator[str]:
    """Where two values of JSON differ, as keys parted by full stops."""
    if isinstance(told, dict) and isinstance(expected, dict):
        for key in {**expected, **told}:
            yield from _find_differences(told.get(key), expected.get(key), f"{at}.{key}" if at else key)
    elif isinstance(told, list) and isinstance(expected, list) and len(told) == len(expected):
        for number, (one, other) in enumerate(zip(told, expected, strict=True)):
            yield from _find_differences(one, other, f"{at}.{number}")
    elif told != expected or isinstance(told, bool) != isinstance(expected, bool):
        yield at
