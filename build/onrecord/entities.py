"""One row for each person, organization, place, ... whatever articles call it."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from onrecord.clusters import Clusters
from onrecord.errors import InputError
from onrecord.model import Annotated, Entity, EntityType, make_id
from onrecord.names import normalise_name


@dataclass(frozen=True, slots=True)
class Known:
    """A row of an authority file: an entity that the user already knows, with its other names."""

    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()
    wikidata: str | None = None


def load_known(paths: Iterable[Path]) -> tuple[Known, ...]:
    """The authority file ``entities.csv`` of each folder given: name, type, aliases (parted by ``|``), wikidata.

    Raises InputError naming file and line where a row cannot be understood.
    """
    known = []
    for path in paths:
        file = path / "entities.csv"
        if not path.is_dir() or not file.is_file():
            continue
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines, restkey="more", restval="")
            if missing := {"name", "type"} - set(rows.fieldnames or ()):
                raise InputError(f"{file}: the column {sorted(missing)[0]!r} is missing from the first line")
            for row in rows:
                if row["type"] not in get_args(EntityType) or not row["name"].strip() or "more" in row:
                    raise InputError(
                        f"{file}, line {rows.line_num}: a row needs a name and one of the types "
                        + ", ".join(get_args(EntityType))
                    )
                aliases = tuple(alias.strip() for alias in row.get("aliases", "").split("|") if alias.strip())
                known.append(Known(row["name"].strip(), row["type"], aliases, row.get("wikidata") or None))
    return tuple(known)


def link_entities(
    articles: Iterable[Annotated], known: Sequence[Known] = ()
) -> tuple[list[tuple[str, ...]], tuple[Entity, ...]]:
    """Entity ids by chain for each article in turn, and the rows of ``entities`` sorted by id.

    Two chains are one entity when a name of the one, normalised, is a name of the other, or when the authority
    file says so. The id comes from the normalised canonical name: the authority's, else the name that most
    articles use in full. Linear in the number of chains.
    """
    clusters = Clusters[str]()
    authority: dict[str, Known] = {}
    for entry in known:
        for alias in (entry.name, *entry.aliases):
            clusters.join(normalise_name(entry.name), normalise_name(alias))
    keys: list[tuple[str, ...]] = []
    names: Counter[tuple[str, str]] = Counter()
    types: Counter[tuple[str, EntityType]] = Counter()
    mentions: Counter[str] = Counter()
    for annotated in articles:
        row = []
        for entity in annotated.entities:
            key = normalise_name(entity.name)
            for alias in entity.aliases:
                if (other := normalise_name(alias)) and " " in alias:
                    clusters.join(key, other)
            names[key, entity.name] += 1
            types[key, entity.type] += 1
            row.append(key)
        mentions.update(row[mention.chain] for mention in annotated.mentions)
        keys.append(tuple(row))
    for entry in known:
        authority[clusters.root(normalise_name(entry.name))] = entry

    roots = {key: clusters.root(key) for row in keys for key in row}
    full: dict[str, Counter[str]] = {}
    kinds: dict[str, Counter[EntityType]] = {}
    for (key, name), count in names.items():
        full.setdefault(roots[key], Counter())[name] += count
    for (key, kind), count in types.items():
        kinds.setdefault(roots[key], Counter())[kind] += count
    ids: dict[str, str] = {}
    rows: dict[str, Entity] = {}
    counted = Counter({root: 0 for root in full})
    for key, count in mentions.items():
        counted[roots[key]] += count
    held = Counter(root for row in keys for root in {roots[key] for key in row})
    for root, forms in full.items():
        entry_or_none = authority.get(root)
        name = entry_or_none.name if entry_or_none else best_name(forms)
        kind = entry_or_none.type if entry_or_none else min(kinds[root], key=lambda k: (-kinds[root][k], k))
        ids[root] = make_id("ent", normalise_name(name))
        wikidata = entry_or_none.wikidata if entry_or_none else None
        rows[root] = Entity(ids[root], name, kind, wikidata, counted[root], held[root])
    placed = [tuple(ids[roots[key]] for key in row) for row in keys]
    return placed, tuple(sorted(rows.values(), key=lambda row: row.entity_id))


def best_name(forms: Counter[str]) -> str:
    """The form that most articles use; among equals the longest, then the first by code points.

    >>> best_name(Counter({"NSA": 1, "National Security Agency": 1}))
    'National Security Agency'
    """
    return min(forms, key=lambda form: (-forms[form], -len(form), form))
