"""Newspapers, broadcasters and agencies by the names that stand in ``data/outlets.csv``."""

from functools import cache

from onrecord import words
from onrecord.model import make_id
from onrecord.people.names import name_key, normalise_name

__all__ = ["find_outlet_name", "find_wire", "label_outlet", "make_origin_id"]


@cache
def _names() -> dict[str, tuple[str, bool]]:
    """By key of a name or alias: the name in the list, and whether it is a wire's. Names come first."""
    found: dict[str, tuple[str, bool]] = {}
    for aliases in (False, True):
        for row in words.table("outlets"):
            for name in (row["aliases"] or "").split("|") if aliases else (row["name"],):
                found.setdefault(_key(name), (row["name"], row["type"] == "wire"))
    found.pop("", None)
    return found


def _key(name: str) -> str:
    """Capitals tell an acronym from a word: "AP" is an agency, "ap" is not."""
    bare = " ".join(name.split())
    for article in ("The ", "the "):
        bare = bare.removeprefix(article)
    return bare if bare.isupper() else bare.casefold()


def find_outlet_name(name: str) -> str | None:
    """The name under which an outlet or wire stands in the list, or null where it does not stand there.

    >>> find_outlet_name("the Associated Press") == find_outlet_name("AP") == "Associated Press"
    True
    >>> find_outlet_name("Harbour Weekly")
    """
    found = _names().get(_key(name))
    return found[0] if found else None


def find_wire(name: str) -> str | None:
    """The agency a name stands for, by the list of wires, or null.

    >>> find_wire("AP"), find_wire("the Associated Press"), find_wire("Le Monde")
    ('Associated Press', 'Associated Press', None)
    """
    found = _names().get(_key(name))
    return found[0] if found and found[1] else None


def label_outlet(name: str) -> str:
    """One label for an outlet or document, by the list of outlets where it holds the name.

    >>> label_outlet("the AP"), label_outlet("The  Harbour Weekly’s")
    ('Associated Press', 'Harbour Weekly')
    """
    bare = normalise_name(name)
    return find_outlet_name(bare) or bare or name


def make_origin_id(name: str) -> str:
    """The id of an outlet or document as an origin, whatever articles call it.

    >>> make_origin_id("AP") == make_origin_id("The Associated Press")
    True
    """
    label = label_outlet(name)
    return make_id("org", "label", name_key(label) or label)
