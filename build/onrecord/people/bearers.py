"""The names of one article gathered by who bears them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from onrecord.clusters import Clusters
from onrecord.model import EntityType, ListedEntity, LocalEntity, Name
from onrecord.people.names import (
    acronyms_of,
    bare_key,
    by_initials,
    canonical_name,
    name_key,
    normalise_name,
    same_name,
    short_of,
    strip_title,
)

__all__ = ["cluster_names", "join_listed"]

SHARED = 100
"""Names from which a word that they share is passed over: it bounds the work on hostile texts. In
PolNeAR dev no word stands in more than 5 different names of one article."""


@dataclass(slots=True)
class _Surface:
    """One way of writing a name in one article: all names with the same key and the same side of person or
    not."""

    key: str
    person: bool
    text: str
    places: list[int]
    votes: dict[EntityType, float]

    @property
    def type(self) -> EntityType:
        return max(sorted(self.votes), key=lambda kind: self.votes[kind])

    def blocks(self) -> set[str]:
        """What two ways of writing one name share: only names that share one of these are compared."""
        if self.person:
            return set(self.key.split())
        known = canonical_name(self.text, self.type)
        letters = normalise_name(self.text).replace(".", "").upper()
        firsts = {self.key.split(" ")[0], bare_key(self.text).split(" ")[0]}
        return firsts | acronyms_of(self.text) | {letters} | ({f"={known}"} if known else set())


def _surfaces(text: str, names: Sequence[Name]) -> list[_Surface]:
    found: dict[tuple[str, bool], _Surface] = {}
    for place, name in enumerate(names):
        words = text[name.start : name.end]
        person = name.type == "person"
        bare = strip_title(words) if person else normalise_name(words)
        key = name_key(bare)
        surface = found.setdefault(
            (key or words, person), _Surface(key, person, bare, [], defaultdict(float))
        )
        surface.places.append(place)
        surface.votes[name.type] += name.confidence
    return list(found.values())


def _fold_stray_types(surfaces: list[_Surface]) -> list[_Surface]:
    """Names written alike but tagged person here and thing there are one, unless a full name explains the
    person."""
    things = {surface.key: surface for surface in surfaces if not surface.person}
    people: dict[str, list[_Surface]] = defaultdict(list)
    for surface in surfaces:
        if surface.person:
            for word in set(surface.key.split()):
                people[word].append(surface)
    dropped: set[tuple[str, bool]] = set()
    for surface in surfaces:
        twin = things.get(surface.key)
        if not surface.person or twin is None or not surface.key:
            continue
        alike = (other for word in surface.key.split() for other in people[word])
        if any(short_of(surface.text, other.text, "person") for other in alike):
            continue
        strong, weak = (
            (surface, twin) if sum(surface.votes.values()) > sum(twin.votes.values()) else (twin, surface)
        )
        strong.places += weak.places
        dropped.add((weak.key, weak.person))
    return [surface for surface in surfaces if (surface.key, surface.person) not in dropped]


def _defined_acronyms(text: str, names: Sequence[Name]) -> set[tuple[int, int]]:
    """Pairs of names of the form "Office of Fair Rents (OFR)", as indexes."""
    pairs = set()
    for place, (full, short) in enumerate(pairwise(names)):
        between = text[full.end : short.start]
        letters = name_key(text[short.start : short.end]).replace(" ", "")
        initial = name_key(text[full.start : full.end])[:1]
        bracketed = re.fullmatch(r"\s*\(\s*", between) and 2 <= len(letters) <= 8 and letters[:1] == initial
        if bracketed and "person" not in (full.type, short.type) and text[short.start : short.end].isupper():
            pairs.add((place, place + 1))
    return pairs


def _near(surfaces: Sequence[_Surface]) -> list[list[int]]:
    """For each name the others of its kind that share a block with it, in order."""
    blocks: dict[tuple[EntityType, str], list[int]] = defaultdict(list)
    for i, surface in enumerate(surfaces):
        for block in surface.blocks():
            blocks[surface.type, block].append(i)
    near: list[set[int]] = [set() for _ in surfaces]
    for members in blocks.values():
        if len(members) < SHARED:
            for i in members:
                near[i].update(members)
    return [sorted(others - {i}) for i, others in enumerate(near)]


def _initials(surfaces: Sequence[_Surface]) -> list[tuple[int, int]]:
    """Pairs of a person's initials and the one whose they are: "AR" and "Ana Ruiz"."""
    people = {surface.text: place for place, surface in enumerate(surfaces) if surface.person}
    bearers = by_initials(people)
    pairs = []
    for text, place in people.items():
        full = bearers.get(text, set()) if text.isupper() else set()
        if len(full) == 1 and (other := people.get(next(iter(full)))) is not None:
            pairs.append((place, other))
    return pairs


def _fullness(text: str) -> tuple[int, int]:
    return len(text.split()), len(text)


def cluster_names(text: str, names: Sequence[Name]) -> tuple[tuple[LocalEntity, ...], tuple[int, ...]]:
    """The names of one article gathered by bearer: the entities, in order of first mention, and for each name
    the index of its entity.

    A surname or a first word alone joins a full name only if exactly one in the article fits, or if just one
    of those that fit is named before it.

    >>> words = "Treasury Secretary Ana Ortiz met Bob Hale. Ortiz left."
    >>> spans = [(19, 28), (33, 41), (43, 48)]
    >>> entities, chains = cluster_names(words, [Name(a, b, "person", 0.9) for a, b in spans])
    >>> [entity.name for entity in entities], chains
    (['Ana Ortiz', 'Bob Hale'], (0, 1, 0))
    """
    order = sorted(range(len(names)), key=lambda i: (names[i].start, names[i].end, names[i].type, i))
    ranked = [names[i] for i in order]
    surfaces = _fold_stray_types(_surfaces(text, ranked))
    home = {place: number for number, surface in enumerate(surfaces) for place in surface.places}
    bearers = _join_surfaces(
        surfaces, [(home[a], home[b]) for a, b in sorted(_defined_acronyms(text, ranked))]
    )
    members: dict[int, list[int]] = defaultdict(list)
    for place in range(len(ranked)):
        members[bearers.root(home[place])].append(place)
    entities: list[LocalEntity] = []
    chains = [0] * len(names)
    for chain, places in enumerate(sorted(members.values())):
        entities.append(
            _tell_entity(text, [(ranked[place], surfaces[home[place]].person) for place in places])
        )
        for place in places:
            chains[order[place]] = chain
    return tuple(entities), tuple(chains)


def join_listed(
    text: str, names: Sequence[Name], listed: Sequence[ListedEntity]
) -> tuple[tuple[LocalEntity, ...], tuple[int, ...]]:
    """As ``cluster_names``, where a reader lists some bearers itself: those come first, in its order, as it
    names them. Of the other names, what would be gathered with one of them alone is its name too, and what
    would be gathered with several stands by itself.

    >>> from onrecord.model import Span
    >>> words = "The Pentagon sued. Ana Ortiz of the Department of Defense spoke; Ortiz left with Hale."
    >>> spans = [(4, 12), (36, 57)]
    >>> ministry = ListedEntity(
    ...     name="Department of Defense",
    ...     type="organization",
    ...     mentions=tuple(Span(*span) for span in spans),
    ...     confidence=0.9,
    ... )
    >>> people = [Name(a, b, "person", 0.9) for a, b in ((19, 28), (65, 70), (81, 85))]
    >>> names = [*(Name(a, b, "organization", 0.9) for a, b in spans), *people]
    >>> entities, chains = join_listed(words, names, [ministry])
    >>> [entity.name for entity in entities], chains
    (['Department of Defense', 'Ana Ortiz', 'Hale'], (0, 0, 1, 1, 2))
    """
    owner = {(m.start, m.end): number for number, entity in enumerate(listed) for m in entity.mentions}
    owners = [owner.get((name.start, name.end)) for name in names]
    found, gathered = cluster_names(text, names)
    with_listed: dict[int, set[int]] = defaultdict(set)
    for known, chain in zip(owners, gathered, strict=True):
        if known is not None:
            with_listed[chain].add(known)
    entities = [_as_listed(text, entity) for entity in listed]
    number: dict[tuple[int, str], int] = {}
    chains = []
    for name, known, chain in zip(names, owners, gathered, strict=True):
        if known is None and len(with_listed[chain]) == 1:
            known = min(with_listed[chain])
        if known is None:
            words = text[name.start : name.end] if with_listed[chain] else ""
            known = number.setdefault((chain, words), len(entities))
            if known == len(entities):
                entities.append(LocalEntity(words, name.type) if words else found[chain])
        chains.append(known)
    return tuple(entities), tuple(chains)


def _as_listed(text: str, entity: ListedEntity) -> LocalEntity:
    forms = dict.fromkeys(" ".join(text[m.start : m.end].split()) for m in entity.mentions)
    return LocalEntity(entity.name, entity.type, tuple(form for form in forms if form != entity.name))


def _join_surfaces(surfaces: Sequence[_Surface], acronyms: Iterable[tuple[int, int]]) -> Clusters[int]:
    """Which surfaces, by number, are of one bearer; ``acronyms`` are pairs that the text itself explains."""
    bearers = Clusters[int]()
    near = _near(surfaces)
    for number, one in enumerate(surfaces):
        for other in near[number]:
            if other < number and same_name(one.text, surfaces[other].text, one.type):
                bearers.join(number, other)
    for full, short in acronyms:
        bearers.join(full, short)
    first = [min(surface.places) for surface in surfaces]
    for number, one in enumerate(surfaces):
        fuller = [other for other in near[number] if short_of(one.text, surfaces[other].text, one.type)]
        fits = {bearers.root(other) for other in fuller}
        if len(fits) > 1:
            own = bearers.root(number)
            before = [other for other in fuller if first[other] < first[number]]
            fits = {bearers.root(other) for other in before} - {own}
        if len(fits) == 1:
            bearers.join(number, fits.pop())
    for letters, full in _initials(surfaces):
        bearers.join(letters, full)
    return bearers


def _tell_entity(text: str, named: Sequence[tuple[Name, bool]]) -> LocalEntity:
    """The entity of some names in order, each with whether it is a person's: the fullest of them, and the
    kind of which they are surest."""
    written: dict[str, None] = {}
    votes: dict[EntityType, float] = defaultdict(float)
    for name, person in named:
        words = text[name.start : name.end]
        written[strip_title(words) if person else normalise_name(words)] = None
        votes[name.type] += name.confidence
    kind = max(sorted(votes), key=lambda k: votes[k])
    best = max(written, key=_fullness)
    aliases = tuple(alias for alias in written if alias and alias != best)
    return LocalEntity(best or text[named[0][0].start : named[0][0].end], kind, aliases)
