"""From what was found to rows: every column of every table is filled here and nowhere else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from hashlib import sha256
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from onrecord.claims.credits import describe
from onrecord.claims.standing import find_standing, find_standings
from onrecord.errors import GroundingError
from onrecord.figures.figures import Links
from onrecord.kept import FORGETFUL, Memory
from onrecord.model import GAP, Annotated, Article, Claim, Date, Reject, Span, Standing, make_id
from onrecord.packaging import schema
from onrecord.spool import hash_of
from onrecord.world import MergedId, Placed, World

BLOCK = 8192
"""Rows of a table that wait in memory, are sorted together and handed on at a time, about; it bounds memory,
not results."""
PIECE = 512
"""Rows that are read together while sorted blocks are merged."""


class RowStore:
    """Rows of all tables, kept on disk in the order they come and given back sorted by primary key.

    Each table is one Arrow file in ``folder``: blocks of rows, each sorted, in pieces of ``PIECE``. Memory
    holds at most ``BLOCK`` rows of each table, the first key of each piece, and while blocks are merged a
    piece of each. ``sorted_batches`` may be called once all rows are in.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schemas = schema.load()
        self._rows = RowList()
        self._waiting: dict[str, list[pa.RecordBatch]] = {table: [] for table in self._schemas}
        self._writers: dict[str, Any] = {}
        self._firsts: dict[str, list[str]] = {table: [] for table in self._schemas}
        self._counts = dict.fromkeys(self._schemas, 0)

    def add(self, table: str, **cells: object) -> None:
        """Take one row; see ``RowList.add``."""
        self._rows.add(table, **cells)
        if self._rows.count(table) >= BLOCK:
            self.add_rows(table, self._rows.take(table))

    def add_records(self, table: str, records: Iterable[object]) -> None:
        """Take a row of each record, whose fields have the names of the table's columns."""
        rows = map(attrgetter(*_told_columns(table)), records)
        while block := list(islice(rows, BLOCK)):
            self.add_rows(table, _to_batch(table, block))

    def add_rows(self, table: str, rows: pa.RecordBatch) -> None:
        """Take rows that have the columns of the table."""
        waiting = self._waiting[table]
        waiting.append(rows)
        if sum(held.num_rows for held in waiting) >= BLOCK:
            self._spill(table)

    def _spill(self, table: str) -> None:
        arrow = self._schemas[table].arrow
        batch = pa.concat_batches(self._waiting[table])
        self._waiting[table].clear()
        if table not in self._writers:
            self._writers[table] = pa.ipc.new_file(self._path(table), arrow)
        batch = batch.take(self._order(table, batch))
        keys = batch.column(self._schemas[table].primary_key[0])
        for start in range(0, batch.num_rows, PIECE):
            self._firsts[table].append(keys[start].as_py())
            self._writers[table].write_batch(batch.slice(start, PIECE))
        self._counts[table] += batch.num_rows

    def add_encoded(self, rows: bytes) -> None:
        """Take rows as ``RowList`` encodes them."""
        for table, packed in msgspec.msgpack.decode(rows, type=dict[str, bytes]).items():
            self.add_rows(table, pa.ipc.read_record_batch(pa.py_buffer(packed), self._schemas[table].arrow))

    def _order(self, table: str, rows: pa.RecordBatch | pa.Table) -> pa.Array:
        return pc.sort_indices(
            rows, sort_keys=[(name, "ascending") for name in self._schemas[table].primary_key]
        )

    def _path(self, table: str) -> str:
        return str(self._folder / f"{table}.arrow")

    def close(self) -> None:
        """Write what waits. Rows can no longer be added."""
        for table, waiting in self._waiting.items():
            if self._rows.count(table):
                waiting.append(self._rows.take(table))
            if waiting:
                self._spill(table)
        for writer in self._writers.values():
            writer.close()

    def count(self, table: str) -> int:
        """How many rows of a table there are, once all are in."""
        return self._counts[table]

    def sorted_batches(self, table: str) -> Iterator[pa.RecordBatch]:
        """The table's rows in order of its primary key, about ``BLOCK`` at a time.

        Pieces are read in order of their first keys; rows below the first key of the next one are complete.
        """
        if table not in self._writers:
            return
        firsts = self._firsts[table]
        key = self._schemas[table].primary_key[0]
        pieces = sorted(range(len(firsts)), key=lambda piece: (firsts[piece], piece))
        with pa.OSFile(self._path(table)) as file:
            reader = pa.ipc.open_file(file)
            held = reader.schema.empty_table()
            for start in range(0, len(pieces), BLOCK // PIECE):
                end = start + BLOCK // PIECE
                read = [reader.get_batch(piece) for piece in pieces[start:end]]
                held = pa.concat_tables([held, pa.Table.from_batches(read)])
                held = held.take(self._order(table, held)).combine_chunks()
                ready = held.num_rows
                if end < len(pieces):
                    ready = pc.sum(pc.less(held[key], firsts[pieces[end]])).as_py()
                yield from held.slice(0, ready).to_batches()
                held = held.slice(ready)


class RowList:
    """Rows of all tables, in memory, in the order they come."""

    def __init__(self) -> None:
        self._held: dict[str, list[tuple[object, ...]]] = {table: [] for table in schema.TABLES}

    def add(self, table: str, **cells: object) -> None:
        """Take one row; a cell for every column of the table, by name, but for the column of days, which
        follows from another (``schema.DAYS``)."""
        names = _told_columns(table)
        if len(cells) != len(names):
            raise TypeError(f"{table}: cells for {sorted(set(names) ^ set(cells))} do not fit the schema")
        self._held[table].append(tuple([cells[name] for name in names]))

    def count(self, table: str) -> int:
        """How many rows of a table are held."""
        return len(self._held[table])

    def take(self, table: str) -> pa.RecordBatch:
        """The rows of a table, at least one, which are then no longer held."""
        batch = _to_batch(table, self._held[table])
        self._held[table] = []
        return batch

    def encode(self) -> bytes:
        """All rows as bytes for ``RowStore.add_encoded``."""
        held = {table: self.take(table) for table, rows in self._held.items() if rows}
        packed = {table: batch.serialize().to_pybytes() for table, batch in held.items()}
        return msgspec.msgpack.encode(packed)


@cache
def _told_columns(table: str) -> tuple[str, ...]:
    """The columns of a table but for that of days."""
    return tuple(name for name in schema.load()[table].names if name not in schema.DAYS.get(table, ())[:1])


def _to_batch(table: str, rows: Sequence[tuple[object, ...]]) -> pa.RecordBatch:
    arrow = schema.load()[table].arrow
    told = zip(_told_columns(table), zip(*rows, strict=True), strict=True)
    columns = {name: pa.array(cells, arrow.field(name).type) for name, cells in told}
    if table in schema.DAYS:
        day, text = schema.DAYS[table]
        columns[day] = schema.to_days(columns[text])
    return pa.record_batch([columns[name] for name in arrow.names], schema=arrow)


def quote(article: Article, start: int, end: int) -> str:
    """The characters [start, end) of an article; raises GroundingError where there are none."""
    if not 0 <= start < end <= len(article.text):
        raise GroundingError(
            f"{article.name}: characters {start} to {end} are not in its text of {len(article.text)}"
        )
    return article.text[start:end]


TOGETHER = 32
"""Articles whose rows are made and kept together, about: where one changes, all are made again."""


def add_articles(
    store: RowStore,
    articles: Iterable[Annotated],
    placed: Iterable[Placed],
    memory: Memory = FORGETFUL,
) -> None:
    """All rows that stand for articles; those of a few neighbours are made anew where one has changed."""
    held: list[tuple[Annotated, Placed]] = []
    marks: list[bytes] = []
    for number, (annotated, place) in enumerate(zip(articles, placed, strict=True)):
        held.append((annotated, place))
        marks += (memory.key(number), repr(place).encode())
        if hash_of(place.source_id) % TOGETHER == 0 or len(held) == BLOCK // TOGETHER:
            store.add_encoded(memory.recall("rows", marks, partial(_make_rows, held)))
            held, marks = [], []
    if held:
        store.add_encoded(memory.recall("rows", marks, partial(_make_rows, held)))


def _make_rows(held: Iterable[tuple[Annotated, Placed]]) -> bytes:
    rows = RowList()
    for annotated, placed in held:
        _add_article(rows, annotated, placed)
    return rows.encode()


def _add_article(store: RowList, annotated: Annotated, placed: Placed) -> None:
    """All rows that stand for one article."""
    claim_ids = [annotated.claim_id(index) for index in range(len(annotated.claims))]
    _add_source(store, annotated, placed)
    _add_entity_mentions(store, annotated, placed)
    _add_dates(store, annotated, placed)
    _add_event_mentions(store, annotated, placed, claim_ids)
    _add_figures(store, annotated, placed, claim_ids)
    speaking = {hop.chain for claim in annotated.claims for hop in claim.hops}
    voices = (mention for mention in annotated.mentions if mention.chain in speaking)
    standings = find_standings(annotated.article.text, voices)
    for index, (claim, claim_id) in enumerate(zip(annotated.claims, claim_ids, strict=True)):
        _add_claim(store, annotated, placed, index, claim_id)
        _add_claim_spans(store, annotated, placed, claim, claim_id)
        _add_attributions(store, annotated, placed, claim, claim_id, standings)
        for entity_id in sorted({placed.entity_ids[chain] for chain in claim.chains}):
            store.add("claim_entities", claim_id=claim_id, entity_id=entity_id)


def _add_source(store: RowList, annotated: Annotated, placed: Placed) -> None:
    told = describe(annotated.article, annotated.blocks)
    store.add("sources", source_id=placed.source_id, origin=placed.origin_id, **told)


def _add_entity_mentions(store: RowList, annotated: Annotated, placed: Placed) -> None:
    for mention, mention_id in zip(annotated.mentions, annotated.entity_mention_ids(), strict=True):
        store.add(
            "entity_mentions",
            mention_id=mention_id,
            entity_id=placed.entity_ids[mention.chain],
            source_id=placed.source_id,
            start=mention.start,
            end=mention.end,
            text=quote(annotated.article, mention.start, mention.end),
            block=annotated.block_kind(mention.start),
            form=mention.form,
            type=mention.type,
            confidence=mention.confidence,
            method=mention.method,
        )


def _add_dates(store: RowList, annotated: Annotated, placed: Placed) -> None:
    for date in annotated.dates:
        store.add(
            "dates",
            date_id=_date_id(date, placed),
            source_id=placed.source_id,
            start=date.start,
            end=date.end,
            text=quote(annotated.article, date.start, date.end),
            kind=date.kind,
            value=date.value,
            rule=date.rule,
            anchor=date.anchor,
        )


def _date_id(date: Date, placed: Placed) -> str:
    return make_id("dat", placed.source_id, date.start, date.end)


def _add_event_mentions(
    store: RowList, annotated: Annotated, placed: Placed, claim_ids: Sequence[str]
) -> None:
    for index, event in enumerate(annotated.events):
        store.add(
            "event_mentions",
            mention_id=annotated.event_mention_id(index),
            event_id=placed.event_ids[index],
            source_id=placed.source_id,
            start=event.start,
            end=event.end,
            text=quote(annotated.article, event.start, event.end),
            block=annotated.block_kind(event.start),
            certainty=event.certainty,
            polarity=event.polarity,
            time=event.time,
            date_id=_date_id(annotated.dates[event.date], placed) if event.date is not None else None,
            claim_id=claim_ids[event.claim] if event.claim is not None else None,
            confidence=event.confidence,
            method=event.method,
        )


def _add_figures(store: RowList, annotated: Annotated, placed: Placed, claim_ids: Sequence[str]) -> None:
    links = Links(annotated)
    for figure in annotated.figures:
        claim, event = links.find_claim(figure), links.find_event(figure)
        store.add(
            "figures",
            figure_id=annotated.figure_id(figure),
            source_id=placed.source_id,
            claim_id=claim_ids[claim] if claim is not None else None,
            event_id=placed.event_ids[event] if event is not None else None,
            what=figure.what,
            measure=figure.measure,
            value=figure.value,
            value_to=figure.value_to,
            unit=figure.unit,
            bound=figure.bound,
            as_of_edtf=figure.as_of,
            start=figure.start,
            end=figure.end,
            text=quote(annotated.article, figure.start, figure.end),
            block=annotated.block_kind(figure.start),
            confidence=figure.confidence,
            method="rules",
        )


def _add_claim(store: RowList, annotated: Annotated, placed: Placed, index: int, claim_id: str) -> None:
    article, claim = annotated.article, annotated.claims[index]
    start, end, text = annotated.claim_cover(index)
    store.add(
        "claims",
        claim_id=claim_id,
        source_id=placed.source_id,
        group_id=placed.group_ids[index],
        text=text,
        start=start,
        end=end,
        quote_type=claim.quote_type,
        kind=claim.kind,
        block=annotated.block_kind(start),
        speaker=_joined(article, claim.speakers),
        speaker_entity_id=placed.entity_ids[claim.speaker_chain] if claim.speaker_chain is not None else None,
        anonymity=claim.anonymity,
        cue=_joined(article, claim.cues),
        certainty=claim.certainty,
        polarity=claim.polarity,
        time=claim.time,
        origin_id=placed.origin_ids[index],
        confidence=claim.confidence,
        method=claim.method,
    )


def _add_claim_spans(
    store: RowList, annotated: Annotated, placed: Placed, claim: Claim, claim_id: str
) -> None:
    for role, spans in (("content", claim.content), ("cue", claim.cues), ("speaker", claim.speakers)):
        for seq, span in enumerate(spans, 1):
            store.add(
                "claim_spans",
                claim_id=claim_id,
                role=role,
                seq=seq,
                source_id=placed.source_id,
                start=span.start,
                end=span.end,
                text=quote(annotated.article, span.start, span.end),
            )


def _add_attributions(
    store: RowList,
    annotated: Annotated,
    placed: Placed,
    claim: Claim,
    claim_id: str,
    standings: Mapping[int, Standing],
) -> None:
    article, ids = annotated.article, placed.entity_ids
    for number, hop in enumerate(claim.hops, 1):
        store.add(
            "attributions",
            claim_id=claim_id,
            hop=number,
            agent=hop.agent,
            entity_id=ids[hop.chain] if hop.chain is not None else None,
            anonymity=hop.anonymity,
            kind=hop.kind,
            standing=find_standing(article.text, hop, standings),
            cue=hop.cue,
            source_id=placed.source_id,
            start=hop.start,
            end=hop.end,
            text=quote(article, hop.start, hop.end),
        )


def _joined(article: Article, spans: Sequence[Span]) -> str | None:
    return GAP.join(quote(article, span.start, span.end) for span in spans) or None


def add_world(store: RowStore, world: World) -> None:
    """All rows that stand for what articles have in common."""
    for table, rows in (
        ("entities", world.entities),
        ("events", world.events),
        ("event_participants", world.participants),
        ("claim_groups", world.groups),
        ("claim_relations", world.claim_relations),
        ("origins", world.origins),
        ("source_relations", world.source_relations),
    ):
        store.add_records(table, rows)


def add_merged(store: RowStore, merged: Sequence[MergedId]) -> None:
    """One row for each id of an earlier package that points at another now."""
    for row in merged:
        store.add("merged_ids", former_id=row.former_id, kind=row.kind, present_id=row.present_id)


def add_rejects(store: RowStore, rejects: Sequence[Reject]) -> None:
    """One row for each input that could not be used."""
    for reject in rejects:
        store.add("rejects", name=reject.name, code=reject.code, message=reject.message)


def add_activity(
    store: RowStore,
    kind: str,
    version: str,
    model_sha256: str | None,
    settings: Mapping[str, object],
    *,
    software: str = "onrecord",
) -> None:
    """What made the rows: the software, its version, the reader's weights and the settings."""
    said = "\n".join(f"{name}={settings[name]}" for name in sorted(settings))
    store.add(
        "activities",
        activity_id=make_id("act", kind, version, model_sha256, said),
        kind=kind,
        software=software,
        version=version,
        model_sha256=model_sha256,
        settings_sha256=sha256(said.encode()).hexdigest(),
    )
