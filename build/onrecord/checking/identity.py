"""Is every id made of what its row holds, and is it told what made the rows?

Ids of entities, events, claim groups and origins may be those of an earlier package (``--previous``), so that
nothing is proved of them here.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

import pyarrow.compute as pc

from onrecord.checking.columns import CORRECTED, Part, Tables, rows_where
from onrecord.checking.report import Problems
from onrecord.model import make_id
from onrecord.packaging import schema

__all__ = ["check_activities", "check_ids"]

_PLACED = {
    "dates": ("date_id", "dat"),
    "event_mentions": ("mention_id", "evm"),
    "figures": ("figure_id", "fig"),
}
"""Tables whose ids are made of source and characters: the column and the kind of id."""
MOST = 16
"""Mentions of entities that may share their characters."""
_CORRECTED = {
    "claims": "method",
    "dates": "rule",
    "entity_mentions": "method",
    "event_mentions": "method",
}
"""The columns that say ``corrected`` where a person made or changed a row."""
ROLES = ("content", "speaker", "cue")
"""The roles in the order in which a claim's id takes its spans."""


def check_ids(tables: Tables, problems: Problems) -> None:
    """Tell ids that are not made of their source and characters."""
    for table, (key, kind) in _PLACED.items():
        message = f"the {key} is made from source_id, start and end; one was changed: build the package again"
        for part in tables.parts(table, key, "source_id", "start", "end"):
            wrong = [row for row, (given, *place) in _rows(part) if given != make_id(kind, *place)]
            problems.add_rows("id", table, wrong, key, message)
    message = "the mention_id is made from source_id, start and end; one was changed: build the package again"
    for part in tables.parts("entity_mentions", "mention_id", "source_id", "start", "end"):
        wrong = [
            row
            for row, (given, *place) in _rows(part)
            if not any(given == make_id("men", *place, nth) for nth in range(1, MOST + 1))
        ]
        problems.add_rows("id", "entity_mentions", wrong, "mention_id", message)
    for parts in tables.together(
        {"claims": ("claim_id", "source_id"), "claim_spans": ("claim_id", "role", "seq", "start", "end")}
    ):
        _check_claims(parts["claims"], parts["claim_spans"], problems)


def _rows(part: Part) -> Iterator[tuple[int, tuple[object, ...]]]:
    """The rows of a part with their numbers in the table."""
    columns = (part.rows[name].to_pylist() for name in part.rows.column_names)
    return enumerate(zip(*columns, strict=True), part.before)


def _check_claims(claims: Part, spans: Part, problems: Problems) -> None:
    pieces: dict[object, list[tuple[int, object, str]]] = defaultdict(list)
    for _, (claim_id, role, seq, start, end) in _rows(spans):
        pieces[claim_id].append((ROLES.index(str(role)) if role in ROLES else 9, seq, f"{start}-{end}"))
    wrong = []
    for row, (claim_id, source_id) in _rows(claims):
        ordered = sorted(pieces[claim_id], key=lambda piece: (piece[0], str(piece[1]).zfill(20)))
        if claim_id != make_id("clm", source_id, *(place for _, _, place in ordered)):
            wrong.append(row)
    message = "the claim_id is made from source_id and the claim's spans; one was changed: build again"
    problems.add_rows("id", "claims", wrong, "claim_id", message)


def check_activities(tables: Tables, problems: Problems) -> None:
    """Tell what is wrong with the rows that say what made the others; a package of no article needs none."""
    found = tables.read("activities", *schema.load()["activities"].names)
    if found is None or not tables.hold("sources"):
        return
    rows = found.to_pylist()
    kinds = [row["kind"] for row in rows]
    some = any(part.rows.num_rows for part in tables.parts("sources", "source_id"))
    if some and kinds.count("build") != 1:
        message = f"one row must tell the build that made the package, {kinds.count('build')} do: build again"
        problems.add("activity", "activities", None, "kind", message)
    for number, row in enumerate(rows, 1):
        settings = {"build": "", "reading": f"model={row['software']}"}.get(row["kind"])
        if settings is None:
            continue
        if row["settings_sha256"] != hashlib.sha256(settings.encode()).hexdigest():
            message = f"is not the SHA-256 of the settings of a {row['kind']}"
            problems.add("activity", "activities", number, "settings_sha256", message)
        elif row["activity_id"] != make_id("act", row["kind"], row["version"], row["model_sha256"], settings):
            message = "the activity_id is made from kind, version, model_sha256 and settings; one was changed"
            problems.add("id", "activities", number, "activity_id", message)
    if "correction" not in kinds:
        for table, column in _CORRECTED.items():
            for part in tables.parts(table, column):
                rows_corrected = rows_where(pc.equal(part.rows[column], CORRECTED), part.before)
                message = "is corrected, but activities has no row of kind correction"
                problems.add_rows("activity", table, rows_corrected, column, message)
