"""Does each entity, event and figure stand in the claims that it is tied to, and each speaker in its words?

The rows of all tables are put by on disk as numbers, by source; then the sources are looked at one by one.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onrecord.checking.columns import Tables
from onrecord.checking.keys import Index, index, pick, read_numbers, to_numbers
from onrecord.checking.report import Problems
from onrecord.overlap import Overlaps
from onrecord.spool import Buckets, Numbers

__all__ = ["check_inside"]

MENTION, CONTENT, TIED, EVENT, FIGURE, SPEAKER, HOP = range(7)
"""What a row on disk is."""
_WIDTH = 7
"""Numbers of a row on disk: source, what it is, start, end, the id that it names, another, its row."""

_MESSAGES = {
    "tied": ("claim_entities", "entity_id", "is no entity that the content of the claim mentions"),
    "lost": (
        "claims",
        "claim_id",
        "mentions an entity that claim_entities does not tie to it",
    ),
    "event": (
        "event_mentions",
        "claim_id",
        "must be the attributed claim with the shortest content that holds the words; null where none does",
    ),
    "figure": (
        "figures",
        "claim_id",
        "must be the claim with the shortest content that holds the figure, attributed ones first",
    ),
    "speaker": ("claims", "speaker_entity_id", "is not mentioned in the words of the claim's speaker"),
    "hop": ("attributions", "entity_id", "is not mentioned in the words of the step"),
}
_NEEDED = ("sources", "claims", "claim_spans", "entity_mentions", "event_mentions", "figures", "attributions")


def check_inside(tables: Tables, problems: Problems, scratch: Path | None) -> None:
    """Tell rows that are tied to a claim or an entity whose words are not there."""
    if not tables.hold(*_NEEDED, "claim_entities"):
        return
    wrong: dict[str, list[int]] = {kind: [] for kind in _MESSAGES}
    for rows in _collect(tables, scratch):
        order = rows[np.argsort(rows[:, 0], kind="stable")]
        cuts = np.flatnonzero(np.diff(order[:, 0].astype(np.int64))) + 1
        for held in np.split(order, cuts):
            _check_source(held, wrong)
    for kind, (table, field, message) in _MESSAGES.items():
        problems.add_rows("inside", table, sorted(set(wrong[kind])), field, message)


def _collect(tables: Tables, scratch: Path | None) -> Buckets:
    """All rows as numbers, by source."""
    found = Buckets(_WIDTH, scratch)
    sources = index(tables, "sources", "source_id")
    claims = index(tables, "claims", "claim_id")
    home = sources.find(read_numbers(tables, "claims", "source_id"))
    speakers = read_numbers(tables, "claims", "speaker_entity_id")
    own = _own_voice(tables)

    def add(kind: int, table: str, name: str | None, other: str | None = None) -> None:
        for part in tables.parts(table, "source_id", "start", "end", *filter(None, (name, other))):
            rows = np.zeros((part.rows.num_rows, _WIDTH), np.uint64)
            places = sources.find(to_numbers(part.rows["source_id"]))
            rows[:, 0], rows[:, 1] = places.view(np.uint64), kind
            rows[:, 2], rows[:, 3] = _offsets(part.rows["start"]), _offsets(part.rows["end"])
            if name is not None:
                rows[:, 4] = to_numbers(part.rows[name])
            rows[:, 6] = np.arange(part.before, part.before + len(rows))
            found.add(rows[places >= 0])

    add(MENTION, "entity_mentions", "entity_id")
    add(EVENT, "event_mentions", "claim_id")
    add(FIGURE, "figures", "claim_id")
    if _is_corrected(tables):  # a person may take out the mention by which it was known who speaks
        speakers = np.zeros_like(speakers)
    else:
        add(HOP, "attributions", "entity_id")
    _add_spans(tables, found, sources, claims, own, speakers)
    _add_tied(tables, found, claims, home)
    return found


def _is_corrected(tables: Tables) -> bool:
    return any("correction" in part.rows["kind"].to_pylist() for part in tables.parts("activities", "kind"))


def _own_voice(tables: Tables) -> Numbers:
    """Of each claim whether it is the article's own, as 0 or 1."""
    parts = [
        pc.fill_null(pc.equal(part.rows["quote_type"], "none"), False).to_numpy()
        for part in tables.parts("claims", "quote_type")
    ]
    return np.concatenate(parts).astype(np.uint64)


def _offsets(cells: pa.ChunkedArray) -> Numbers:
    numbers: Numbers = np.maximum(pc.fill_null(cells, 0).to_numpy(), 0).astype(np.uint64)
    return numbers


def _add_spans(
    tables: Tables, found: Buckets, sources: Index, claims: Index, own: Numbers, speakers: Numbers
) -> None:
    """Contents of claims, and the first words of their speakers where an entity is told."""
    for part in tables.parts("claim_spans", "claim_id", "role", "seq", "source_id", "start", "end"):
        claim = to_numbers(part.rows["claim_id"])
        at = claims.find(claim)
        places = sources.find(to_numbers(part.rows["source_id"]))
        rows = np.zeros((len(claim), _WIDTH), np.uint64)
        rows[:, 0] = places.view(np.uint64)
        rows[:, 2], rows[:, 3] = _offsets(part.rows["start"]), _offsets(part.rows["end"])
        rows[:, 6] = at.view(np.uint64)
        known = (places >= 0) & (at >= 0)
        content = known & pc.fill_null(pc.equal(part.rows["role"], "content"), False).to_numpy()
        contents = rows.copy()
        contents[:, 1], contents[:, 4], contents[:, 5] = CONTENT, claim, pick(own, at)
        found.add(contents[content])
        first = pc.and_(pc.equal(part.rows["role"], "speaker"), pc.equal(part.rows["seq"], 1))
        rows[:, 1], rows[:, 4] = SPEAKER, pick(speakers, at)
        found.add(rows[known & pc.fill_null(first, False).to_numpy() & (rows[:, 4] != 0)])


def _add_tied(tables: Tables, found: Buckets, claims: Index, home: np.ndarray) -> None:
    for part in tables.parts("claim_entities", "claim_id", "entity_id"):
        claim = to_numbers(part.rows["claim_id"])
        at = claims.find(claim)
        rows = np.zeros((len(claim), _WIDTH), np.uint64)
        places = np.where(at >= 0, home[at] if len(home) else -1, -1)
        rows[:, 0], rows[:, 1], rows[:, 4] = places.view(np.uint64), TIED, claim
        rows[:, 5] = to_numbers(part.rows["entity_id"])
        rows[:, 6] = np.arange(part.before, part.before + len(rows))
        found.add(rows[places >= 0])


@dataclass(frozen=True, slots=True)
class _Row:
    """A row on disk without its source and kind."""

    start: int
    end: int
    name: int
    other: int
    row: int


def _check_source(held: Numbers, wrong: dict[str, list[int]]) -> None:
    kinds: dict[int, list[_Row]] = defaultdict(list)
    for _, kind, *numbers in held.tolist():
        kinds[kind].append(_Row(*numbers))
    mentions = sorted(kinds[MENTION], key=lambda mention: mention.start)
    _check_tied(mentions, kinds[CONTENT], kinds[TIED], wrong)
    over = Overlaps(kinds[CONTENT])
    for kind, name in ((EVENT, "event"), (FIGURE, "figure")):
        for row in kinds[kind]:
            holding = [kinds[CONTENT][place] for place in over.over(row.start, row.end)]
            if not _is_innermost(row, holding, attributed=kind == EVENT):
                wrong[name].append(row.row)
    named = Overlaps(mentions)
    for kind, name in ((SPEAKER, "speaker"), (HOP, "hop")):
        for row in kinds[kind]:
            if row.name and all(mentions[p].name != row.name for p in named.over(row.start, row.end)):
                wrong[name].append(row.row)


def _check_tied(
    mentions: Sequence[_Row], contents: Sequence[_Row], tied: Sequence[_Row], wrong: dict[str, list[int]]
) -> None:
    starts = [mention.start for mention in mentions]
    expected: dict[tuple[int, int], int] = {}
    for content in contents:
        low, high = bisect_left(starts, content.start), bisect_left(starts, content.end)
        for mention in mentions[low:high]:
            if mention.end <= content.end:
                expected[content.name, mention.name] = content.row
    told = {(row.name, row.other) for row in tied}
    wrong["tied"] += [row.row for row in tied if (row.name, row.other) not in expected]
    wrong["lost"] += [row for pair, row in expected.items() if pair not in told]


def _is_innermost(row: _Row, contents: Sequence[_Row], *, attributed: bool) -> bool:
    """Whether a row names the claim with the shortest content around it, or none where there is none."""
    sizes = [
        (content.other, content.end - content.start, content.name)
        for content in contents
        if content.start <= row.start and row.end <= content.end and not (attributed and content.other)
    ]
    least = min(sizes)[:2] if sizes else None
    return row.name in {name for own, size, name in sizes if (own, size) == least} if sizes else not row.name
