"""Corrections of what holds over all articles: entities made one, events' status, how claims relate."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import cast, get_args

from onrecord.correcting.amend_claims import claim_at
from onrecord.correcting.amend_words import find_span, guard, only
from onrecord.correcting.corrections import Correction
from onrecord.dates.edtf import is_edtf, judge_precision
from onrecord.errors import CorrectionError
from onrecord.model import Annotated, EntityType, EventStatus
from onrecord.world import DIRECTED, ClaimRelation, Entity, Event, Relation

__all__ = ["correct_entities", "correct_events", "relate_claims"]


def correct_entities(
    articles: Iterable[Annotated],
    entity_ids: Sequence[tuple[str, ...]],
    rows: Sequence[Entity],
    lines: Sequence[Correction],
) -> tuple[list[tuple[str, ...]], tuple[Entity, ...]]:
    """Entity ids by chain and the rows of ``entities``, after lines that change or merge entities.

    An entity is found by its name, and by its type too where ``expects`` tells it; or by the words of one of
    its mentions in an article. A merged entity's mentions go to the other; counts are counted anew. Raises
    CorrectionError where a line finds none, several, or not what it expects.
    """
    by_id = {row.entity_id: row for row in rows}
    into: dict[str, str] = {}
    located = _locate(
        articles, entity_ids, lines, lambda annotated: [(m.start, m.end, m.chain) for m in annotated.mentions]
    )
    for line in lines:
        here = _end(into, located[line]) if line in located else None
        row = _find_entity(by_id, line.text, dict(line.expects), line, here)
        guard(line, {"name": row.name, "type": row.type, "wikidata": row.wikidata})
        value = dict(line.value)
        if line.action == "merge":
            apart = {key: held for key, held in by_id.items() if key != row.entity_id}
            same = value["into"] == row.name and not any(held.name == row.name for held in apart.values())
            other = row if same else _find_entity(apart, value["into"] or "", {"type": row.type}, line)
            if other == row:
                raise CorrectionError(
                    f"{line.place}: {line.text!r} and {other.name!r} are one entity already"
                )
            into[row.entity_id] = other.entity_id
            del by_id[row.entity_id]
            continue
        if value.get("type", row.type) not in get_args(EntityType) or value.get("name", row.name) is None:
            raise CorrectionError(f"{line.place}: type must be one of {', '.join(get_args(EntityType))}")
        by_id[row.entity_id] = replace(
            row,
            name=value.get("name", row.name) or row.name,
            type=cast(EntityType, value.get("type", row.type)),
            wikidata=value.get("wikidata", row.wikidata),
        )
    placed = [tuple(_end(into, one) for one in ids) for ids in entity_ids]
    mentions: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    for annotated, ids in zip(articles, placed, strict=True):
        mentions.update(ids[mention.chain] for mention in annotated.mentions)
        sources.update({ids[mention.chain] for mention in annotated.mentions})
    return placed, tuple(
        replace(row, mentions=mentions[entity_id], sources=sources[entity_id])
        for entity_id, row in sorted(by_id.items())
    )


def _end(into: dict[str, str], entity_id: str) -> str:
    while entity_id in into:
        entity_id = into[entity_id]
    return entity_id


def _locate(
    articles: Iterable[Annotated],
    ids: Iterable[Sequence[str]],
    lines: Sequence[Correction],
    mentions_of: Callable[[Annotated], Iterable[tuple[int, int, int]]],
) -> dict[Correction, str]:
    """The id of the row that each line with an article means: that of the one mention with its words.

    ``mentions_of`` gives start, end and the number among the article's ``ids``.
    """
    wanted = [line for line in lines if line.source]
    located: dict[Correction, str] = {}
    for annotated, of_article in zip(articles, ids, strict=True) if wanted else ():
        for line in wanted:
            if line.source == annotated.article.name:
                span = find_span(annotated.article.text, line.text, line.occurrence, line)
                here = {
                    n for start, end, n in mentions_of(annotated) if (start, end) == (span.start, span.end)
                }
                located[line] = of_article[only(sorted(here), line, f"{line.table} with a mention")]
    return located


def _find_entity(
    by_id: dict[str, Entity],
    name: str,
    expects: dict[str, str | None],
    line: Correction,
    entity_id: str | None = None,
) -> Entity:
    found = [row for row in by_id.values() if row.name == name] if entity_id is None else [by_id[entity_id]]
    if len(found) > 1 and "type" in expects:
        found = [row for row in found if row.type == expects["type"]]
    if len(found) != 1:
        many = f"{len(found)} entities have" if found else "no entity has"
        raise CorrectionError(
            f"{line.place}: {many} the name {name!r}" + ("; tell its type" if found else "")
        )
    return found[0]


def correct_events(
    articles: Iterable[Annotated],
    event_ids: Iterable[Sequence[str]],
    rows: Sequence[Event],
    lines: Sequence[Correction],
) -> tuple[Event, ...]:
    """The rows of ``events`` after lines that change them.

    An event is found by its label, where several have it by what else ``expects`` tells; or by the words of
    one of its mentions in an article. ``event_ids`` are those of each article's event mentions. Raises
    CorrectionError where a line finds no event, several, or not what it expects.
    """
    by_id = {row.event_id: row for row in rows}
    by_label: dict[str, list[str]] = {}
    for row in rows:
        by_label.setdefault(row.label, []).append(row.event_id)
    located = _locate(
        articles,
        event_ids,
        lines,
        lambda annotated: [(e.start, e.end, number) for number, e in enumerate(annotated.events)],
    )
    for line in lines:
        found = [located[line]] if line in located else by_label.get(line.text, [])
        if len(found) > 1:
            held = [(one, _present(by_id[one])) for one in found]
            found = [one for one, told in held if all(told[field] == cell for field, cell in line.expects)]
        if len(found) != 1:
            many = f"{len(found)} events have" if found else "no event has"
            raise CorrectionError(
                f"{line.place}: {many} the label {line.text!r}; tell which by an article's name (source) and"
                " the words of a mention there (text)"
            )
        row = by_id[found[0]]
        present = _present(row)
        guard(line, present)
        value = {**present, **dict(line.value)}
        if value["status"] not in get_args(EventStatus) or value["label"] is None:
            raise CorrectionError(f"{line.place}: status must be one of {', '.join(get_args(EventStatus))}")
        if value["date"] is not None and not is_edtf(value["date"]):
            raise CorrectionError(
                f"{line.place}: date is {value['date']!r}; write it in EDTF, as 2026-04-29, 2026-04 or 2026"
            )
        by_id[row.event_id] = replace(
            row,
            label=value["label"],
            type=value["type"],
            status=cast(EventStatus, value["status"]),
            date=value["date"],
            date_precision=judge_precision(value["date"]) if value["date"] else None,
        )
    return tuple(by_id[row.event_id] for row in rows)


def _present(row: Event) -> dict[str, str | None]:
    return {"label": row.label, "type": row.type, "status": row.status, "date": row.date}


def relate_claims(
    articles: Iterable[Annotated], lines: Sequence[Correction]
) -> tuple[tuple[ClaimRelation, ...], frozenset[tuple[str, str, str]]]:
    """The relations that lines add, and the ids and relation of those that lines drop."""
    ends: dict[tuple[Correction, int], str] = {}
    for annotated in articles:
        for line in lines:
            for end, (source, text, nth) in enumerate(_ends(line)):
                if source == annotated.article.name:
                    ends[line, end] = annotated.claim_id(claim_at(annotated, text, nth, line))
    added, dropped = [], set()
    for line in lines:
        told = dict(line.value or line.expects)
        one, other = ends[line, 0], ends[line, 1]
        relation = told["relation"]
        if relation not in get_args(Relation) or one == other:
            wanted = ", ".join(get_args(Relation))
            raise CorrectionError(f"{line.place}: relation is {relation!r}; one of {wanted}, of two claims")
        if relation not in DIRECTED:
            one, other = sorted((one, other))
        if line.action == "drop":
            dropped.add((one, other, str(relation)))
        else:
            basis = told.get("basis") or line.reason
            added.append(ClaimRelation(one, other, cast(Relation, relation), basis, None))
    return tuple(added), frozenset(dropped)


def _ends(line: Correction) -> tuple[tuple[str, str, int], tuple[str, str, int]]:
    told = dict(line.value or line.expects)
    text, mark, nth = (told["other_text"] or "").rpartition("#")
    if not mark or not nth.isdecimal():
        text, nth = told["other_text"] or "", "1"
    return (line.source, line.text, line.occurrence), (told["other_source"] or "", text, int(nth))
