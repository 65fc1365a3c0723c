"""One row for each person, organization, place, ... whatever articles call it.

The chains of each article are gathered under the keys of their full names; what joins keys is looked up by
key, never by comparing all with all. A short form (a surname, an acronym, the first word of a company) is no
identity where a full name can be had: it goes to the one full name that articles use it for, and stays by
itself where there are several. People and things are kept apart: the Ortiz administration is not Ortiz.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path
from typing import cast, get_args

from onrecord.clusters import Clusters
from onrecord.errors import InputError
from onrecord.model import Annotated, EntityType, Notice, make_id
from onrecord.people.names import (
    acronyms_of,
    canonical_name,
    full_forms,
    is_acronym_of,
    name_key,
    normalise_name,
    same_name,
    split_person,
    strip_title,
)
from onrecord.plainfile import read_rows
from onrecord.resolving.keys import Key, find_key, strip_description
from onrecord.spool import Ids, Rows
from onrecord.world import Entity

__all__ = ["Known", "best_name", "link_entities", "load_known"]

MAINLY = 0.8
"""Share of the articles explaining a short form by one full name from which the others are taken to mean it.
In MEANTIME no short form of an organization stands for two; the rest is caution."""
PROMINENT = 3
"""Articles that must explain a surname by one full name before others that use the surname alone are taken to
mean that person: who is never named in full is known to all readers."""
SELDOM = 20
"""Articles up to which one name in common says that two keep the same company; beyond, it takes two names.
Caution as well: MEANTIME's three running stories have no namesakes."""


@dataclass(frozen=True, slots=True)
class Known:
    """A row of an authority file: an entity that the user already knows, with its other names."""

    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()
    wikidata: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """The rows of all authority files, and what in those files was not understood."""

    rows: tuple[Known, ...] = ()
    notices: tuple[Notice, ...] = ()

    def find_unmatched(self, found: Iterable[Entity]) -> tuple[Notice, ...]:
        """The known names that no article has, by their lines."""
        names = {(row.name, row.type) for row in found}
        missing = [row for row in self.rows if (row.name, row.type) not in names]
        what = "known names that no article has"
        return tuple(
            Notice(file="entities.csv", line=row.line, what=what, names=(row.name,)) for row in missing
        )


def load_known(paths: Iterable[Path]) -> Authority:
    """The file ``entities.csv`` of each folder given: name, type, aliases (parted by ``|``), wikidata.

    Other columns are left out, and told. Raises InputError naming file and line where a row cannot be
    understood.
    """
    known: list[Known] = []
    notices: list[Notice] = []
    for path in paths:
        file = path / "entities.csv"
        if not path.is_dir() or not os.path.lexists(file):
            continue
        rows = read_rows(file)
        _, header = next(rows, (1, []))
        if missing := {"name", "type"} - set(header):
            raise InputError(f"{file}: the column {sorted(missing)[0]!r} is missing from the first line")
        if unknown := tuple(sorted(set(header) - {"name", "type", "aliases", "wikidata"})):
            notices.append(Notice(file=file.name, line=1, what="unknown columns, left out", names=unknown))
        for number, cells in rows:
            row = dict(zip_longest(header, cells, fillvalue=""))
            if row["type"] not in get_args(EntityType) or not row["name"].strip() or len(cells) > len(header):
                raise InputError(
                    f"{file}, line {number}: a row needs a name and one of the types "
                    + ", ".join(get_args(EntityType))
                )
            aliases = tuple(alias.strip() for alias in row.get("aliases", "").split("|") if alias.strip())
            kind = cast(EntityType, row["type"])
            known.append(Known(row["name"].strip(), kind, aliases, row.get("wikidata") or None, number))
    return Authority(tuple(known), tuple(notices))


@dataclass(slots=True)
class _Census:
    """What all articles call things, without their texts: one small row of numbers for each article."""

    numbers: dict[Key, int] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    forms: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[int, Counter[EntityType]] = field(default_factory=lambda: defaultdict(Counter))
    claims: dict[int, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    same: set[tuple[int, int]] = field(default_factory=set)
    chains: Rows = field(default_factory=Rows)
    rows: Rows = field(default_factory=Rows)
    mentions: Rows = field(default_factory=Rows)

    def number(self, key: Key) -> int:
        if key not in self.numbers:
            self.numbers[key] = len(self.keys)
            self.keys.append(key)
        return self.numbers[key]

    def add(self, annotated: Annotated) -> None:
        """Take down the keys of each chain's names, the fullest first, and of each the form to show.

        Of a dateline's "LINDHOLM" and "Lindholm" in one article that is the one not all in capitals.
        """
        for entity in annotated.entities:
            chain: dict[int, str] = {}
            for name in (entity.name, *entity.aliases):
                number, form = self.number(find_key(name, entity.type)), _shown(name, entity.type)
                if number not in chain or (chain[number].isupper() and not form.isupper()):
                    chain[number] = form
            for number, form in chain.items():
                self.forms[number][form] += 1
                self.kinds[number][entity.type] += 1
            self.chains.add(chain)
        counts = Counter(mention.chain for mention in annotated.mentions)
        self.mentions.add(counts[chain] for chain in range(len(annotated.entities)))

    def settle(self) -> None:
        """Choose the key that stands for each chain: of its full names the one that most articles use.

        An odd long name in one article ("embattled carmaker Halden") then hides no plain one.
        """
        found = iter(self.chains)
        for counts in self.mentions:
            row = []
            for chain in islice(found, len(counts)):
                full = [number for number in chain if not self.keys[number].short] or chain
                main = max(full, key=lambda number: (self.forms[number].total(), -chain.index(number)))
                row.append(main)
                for other in chain:
                    if other != main and self.keys[other].short:
                        self.claims[other][main] += 1
                    elif other != main and self._agree(main, other):
                        self.same.add((main, other))
            self.rows.add(row)

    def _agree(self, main: int, other: int) -> bool:
        one, two = self.keys[main], self.keys[other]
        kind: EntityType = "person" if one.side == "person" else "organization"
        return one.side == two.side and (one.short or same_name(one.words, two.words, kind))


def _shown(name: str, kind: EntityType) -> str:
    bare = strip_description(name)
    return strip_title(bare) if kind == "person" else normalise_name(bare)


def link_entities(
    articles: Iterable[Annotated], known: Sequence[Known] = ()
) -> tuple[Sequence[tuple[str, ...]], tuple[Entity, ...]]:
    """Entity ids by chain for each article in turn, and the rows of ``entities`` sorted by id.

    Two chains are one entity when their full names have one key, when the authority file says so, when two
    names of a person agree in all their parts and with nobody else's, or when one is a short form that
    articles explain by the other. The id comes from the key of the authority's name, else of the full name
    that most articles use. The order of the articles changes nothing. Time is linear in the number of
    chains but for sorting; of the texts nothing is held.
    """
    census = _Census()
    for annotated in articles:
        census.add(annotated)
    census.settle()
    authority = _enter_known(census, known)
    clusters = Clusters[int]()
    for one, other in sorted(census.same):
        clusters.join(one, other)
    for entry in known:
        first, *others = (census.number(find_key(name, entry.type)) for name in (entry.name, *entry.aliases))
        for other in others:
            clusters.join(first, other)
    for one, other in halves_of_names(census.keys):
        clusters.join(one, other)
    for one, other in agreeing_people(census.keys):
        clusters.join(one, other)
    for one, other in _makers_products(census):
        clusters.join(one, other)
    for short, full in _explained(census, _settle_roots(census, clusters), authority).items():
        clusters.join(full, short)
    roots = _settle_roots(census, clusters)
    placed = _place_short_forms(census, roots)
    return _rows(census, placed, {roots[number]: entry for number, entry in authority.items()})


def _settle_roots(census: _Census, clusters: Clusters[int]) -> list[int]:
    """For each key the number of the first key of its cluster, in the order of keys and not of articles."""
    roots = list(range(len(census.keys)))
    for held in clusters.sets(range(len(census.keys))).values():
        first = min(held, key=lambda number: census.keys[number])
        for number in held:
            roots[number] = first
    return roots


def _enter_known(census: _Census, known: Sequence[Known]) -> dict[int, Known]:
    return {
        census.number(find_key(name, entry.type)): entry
        for entry in known
        for name in (entry.name, *entry.aliases)
    }


def halves_of_names(keys: Sequence[Key]) -> Iterator[tuple[int, int]]:
    """Numbers of keys with the same words of which one is half a name and the other, a people's, is whole.

    >>> millennials = find_key("Millennials", "group"), find_key("Millennial", "organization")
    >>> list(halves_of_names(millennials))
    [(0, 1)]
    """
    whole = {(key.side, key.words): number for number, key in enumerate(keys) if not key.short}
    for number, key in enumerate(keys):
        if key.short and (key.side, key.words) in whole:
            yield whole[key.side, key.words], number


def agreeing_people(keys: Sequence[Key]) -> Iterator[tuple[int, int]]:
    """Numbers of full names of people that differ in a middle name, an initial or a nickname only.

    A name that agrees with two others that do not agree with one another is nobody's: it joins neither.

    >>> def full(name):
    ...     return find_key(name, "person")
    >>> list(agreeing_people([full("Joe Hale"), full("Joseph P. Hale"), full("Jane Hale")]))
    [(0, 1)]
    >>> list(agreeing_people([full("Joe Hale"), full("Joe P. Hale"), full("Joe T. Hale")]))
    []
    """
    blocks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        if key.side == "person" and not key.short:
            parts = split_person(key.words)
            for initial in {given[0] for given in (parts.given, *full_forms().get(parts.given, ()))}:
                blocks[name_key(parts.family), initial].append(number)
    agreeing: dict[int, set[int]] = defaultdict(set)
    for members in blocks.values():
        for place, one in enumerate(members):
            for other in members[place + 1 :]:
                if same_name(keys[one].words, keys[other].words, "person"):
                    agreeing[one].add(other)
                    agreeing[other].add(one)
    settled = {
        one
        for one, others in agreeing.items()
        if all(others <= agreeing[other] | {other} for other in others)
    }
    for one in sorted(settled):
        yield from ((one, other) for other in sorted(agreeing[one]) if one < other and other in settled)


def _makers_products(census: _Census) -> Iterator[tuple[int, int]]:
    """A product with its maker's name before it and without: "Halden T4", "T4"."""
    products = [number for number, kinds in census.kinds.items() if "product" in kinds]
    for number in products:
        first, _, rest = census.keys[number].words.partition(" ")
        makers = [census.numbers.get(Key("thing", first, short)) for short in (True, False)]
        if any(maker is not None and "organization" in census.kinds.get(maker, ()) for maker in makers):
            bare = [census.numbers.get(Key("thing", rest, short)) for short in (True, False)]
            yield from ((number, b) for b in bare if b is not None and "product" in census.kinds.get(b, ()))


def _explained(census: _Census, roots: Sequence[int], authority: Mapping[int, Known]) -> dict[int, int]:
    """Short forms with the full name that articles explain them by."""
    found: dict[int, int] = {}
    for number, mains in census.claims.items():
        if number in authority:
            continue
        claims: Counter[int] = Counter()
        for main, count in mains.items():
            claims[roots[main]] += count
        full, count = min(claims.items(), key=lambda item: (-item[1], census.keys[item[0]]))
        enough = PROMINENT if census.keys[number].side == "person" else 1
        if count >= max(enough, MAINLY * claims.total()):
            found[number] = full
    return found


def _full_names_by_part(census: _Census, roots: Sequence[int]) -> dict[Key, set[int]]:
    """For each surname, given name and acronym in use, the entities whose full name it may be a part of."""
    found: dict[Key, set[int]] = defaultdict(set)
    for number in census.forms:
        key = census.keys[number]
        if key.short:
            continue
        if key.side == "person":
            person = split_person(key.words)
            parts = {person.family, person.given, person.family.split()[-1]}
        else:
            parts = {
                letters.casefold() for letters in acronyms_of(key.words) if is_acronym_of(letters, key.words)
            }
        for part in parts:
            found[Key(key.side, part, True)].add(roots[number])
    return found


def _place_short_forms(census: _Census, roots: Sequence[int]) -> Rows:
    """The entity of each chain; a short form that its article does not explain goes to the one full name that
    keeps the same company."""
    fitting = _full_names_by_part(census, roots)
    open_keys = {
        number: fitting[key]
        for number, key in enumerate(census.keys)
        if key.short and roots[number] == number and key in fitting and number in census.forms
    }
    wanted = {root for candidates in open_keys.values() for root in candidates}
    company: dict[int, set[int]] = defaultdict(set)
    held: Counter[int] = Counter()
    for row in census.rows:
        present = {roots[number] for number in row if _is_company(census, number)}
        held.update(present)
        for root in present & wanted:
            company[root] |= present
    placed = Rows()
    for row in census.rows:
        if not any(number in open_keys for number in row):
            placed.add(roots[number] for number in row)
            continue
        present = {roots[number] for number in row if _is_company(census, number)}
        placed.add(
            _pick_by_company(number, open_keys[number], present, company, held)
            if number in open_keys
            else roots[number]
            for number in row
        )
    return placed


def _is_company(census: _Census, number: int) -> bool:
    """Countries and surnames are met everywhere and tell nothing of who else is meant."""
    key = census.keys[number]
    return not (key.side == "person" and key.short) and "place" not in census.kinds[number]


def _pick_by_company(
    number: int,
    candidates: set[int],
    present: set[int],
    company: Mapping[int, set[int]],
    held: Mapping[int, int],
) -> int:
    near = []
    for root in sorted(candidates):
        shared = (present & company.get(root, set())) - {root, number}
        if root in present or len(shared) > 1 or any(held[other] <= SELDOM for other in shared):
            near.append(root)
    return near[0] if len(near) == 1 else number


def _rows(
    census: _Census, placed: Rows, authority: Mapping[int, Known]
) -> tuple[Sequence[tuple[str, ...]], tuple[Entity, ...]]:
    members: dict[int, set[int]] = defaultdict(set)
    mentions: Counter[int] = Counter()
    sources: Counter[int] = Counter()
    for row, roots, counts in zip(census.rows, placed, census.mentions, strict=True):
        for number, root, count in zip(row, roots, counts, strict=True):
            members[root].add(number)
            mentions[root] += count
        sources.update(set(roots))
    ids: dict[int, str] = {}
    rows = []
    for root, numbers in members.items():
        entry = authority.get(root)
        full = [n for n in numbers if not census.keys[n].short] or list(numbers)
        main = min(full, key=lambda n: (-census.forms[n].total(), census.keys[n]))
        key = find_key(entry.name, entry.type) if entry else census.keys[main]
        kinds: Counter[EntityType] = Counter()
        for number in numbers:
            kinds.update(census.kinds[number])
        kind = entry.type if entry else min(kinds, key=lambda k: (-kinds[k], k))
        name = entry.name if entry else canonical_name(key.words, kind) or best_name(census.forms[main])
        ids[root] = make_id("ent", key.side, key.words)
        wikidata = entry.wikidata if entry else None
        rows.append(Entity(ids[root], name, kind, wikidata, mentions[root], sources[root]))
    names = [ids.get(number, "") for number in range(len(census.keys))]
    return Ids(names, placed), tuple(sorted(rows, key=lambda row: row.entity_id))


def best_name(forms: Counter[str]) -> str:
    """The form that most articles use, if it is not another one in the capitals of a dateline; among equals
    the longest, then the first by code points.

    >>> best_name(Counter({"NSA": 1, "National Security Agency": 1}))
    'National Security Agency'
    >>> best_name(Counter({"LINDHOLM": 2, "Lindholm": 1}))
    'Lindholm'
    """
    plain = {form.casefold() for form in forms if not form.isupper()}
    shown = [form for form in forms if not (form.isupper() and form.casefold() in plain)]
    return min(shown, key=lambda form: (-forms[form], -len(form), form))
