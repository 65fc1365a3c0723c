"""A package of two short articles, written by plain means, and ways to break it."""

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.model import Article, make_id
from onrecord.packaging import schema
from onrecord.packaging.package import PROFILE, describe_resource

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def make_article(name: str, text: str, publisher: str | None = None, published: str | None = None) -> Article:
    return Article(
        name,
        text,
        hashlib.sha256(text.encode()).hexdigest(),
        publisher=publisher,
        published=published,
        published_from="metadata" if published else None,
        language="en",
    )


FIRST = make_article(
    "first.txt",
    "📦 Harbour talks fail\n\n"
    "“We will not go back,” union leader Ana Ruiz, visibly tired, told The Ledger. “Not now.”\n"
    "Some 300 dockers walked out on 3 March 2025.\n",
    "Harbour Times",
    "2025-03-04",
)
SECOND = make_article(
    "second.txt",
    "Ruiz vowed “we will not go back”, The Ledger reported.\nThe dockers' walkout may end in April.\n",
)
ARTICLES = (FIRST, SECOND)


def span(article: Article, text: str) -> Row:
    start = article.text.index(text)
    return {"source_id": article.source_id, "start": start, "end": start + len(text), "text": text}


def day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def ident(prefix: str, name: str) -> str:
    return make_id(prefix, name)


RUIZ, LEDGER, DOCKERS = (ident("ent", name) for name in ("ruiz", "ledger", "dockers"))
ORIGIN, GROUP, EVENT = make_id("org", "entity", LEDGER), ident("grp", "back"), ident("evt", "walkout")
WHOLE = FIRST.text[FIRST.text.index("“We") : FIRST.text.index("\nSome")]
SPANS = {
    "content": [(FIRST, "“We will not go back,”"), (FIRST, "“Not now.”")],
    "speaker": [(FIRST, "union leader Ana Ruiz")],
    "cue": [(FIRST, "told")],
}
OTHER_SPANS = {
    "content": [(SECOND, "“we will not go back”")],
    "speaker": [(SECOND, "Ruiz")],
    "cue": [(SECOND, "vowed"), (SECOND, "reported")],
}


def place(kind: str, article: Article, *texts: str) -> str:
    """The id that is made of an article and the places of these texts."""
    told = [span(article, text) for text in texts]
    return make_id(kind, article.source_id, *(f"{one['start']}-{one['end']}" for one in told))


def at(kind: str, article: Article, text: str, *more: object) -> str:
    """The id that is made of an article and the characters of one text."""
    told = span(article, text)
    return make_id(kind, article.source_id, told["start"], told["end"], *more)


CLAIM = place("clm", FIRST, *(text for held in SPANS.values() for _, text in held))
OTHER = place("clm", SECOND, *(text for held in OTHER_SPANS.values() for _, text in held))
DATE = at("dat", FIRST, "3 March 2025")


def _source(article: Article, title: str | None, words: int) -> Row:
    return {
        "source_id": article.source_id,
        "name": article.name,
        "title": title,
        "publisher": article.publisher,
        "author": None,
        "credit": None,
        "url": None,
        "published": day(article.published),
        "published_edtf": article.published,
        "published_from": article.published_from,
        "language": "en",
        "sha256": article.sha256,
        "characters": len(article.text),
        "words": words,
        "origin": ORIGIN,
        "license": None,
        "captured": None,
    }


def _entity(entity_id: str, name: str, kind: str, mentions: int, sources: int) -> Row:
    counts = {"mentions": mentions, "sources": sources}
    return {"entity_id": entity_id, "name": name, "type": kind, "wikidata": None, **counts}


def _mention(article: Article, text: str, entity_id: str, kind: str) -> Row:
    return {
        "mention_id": at("men", article, text, 1),
        "entity_id": entity_id,
        **span(article, text),
        "block": "body",
        "form": "name",
        "type": kind,
        "confidence": 0.9,
        "method": "test",
    }


def _claim(claim_id: str, article: Article, text: str, quote_type: str, speaker: str, cue: str) -> Row:
    return {
        "claim_id": claim_id,
        "group_id": GROUP,
        **span(article, text),
        "quote_type": quote_type,
        "kind": "statement",
        "block": "body",
        "speaker": speaker,
        "speaker_entity_id": RUIZ,
        "anonymity": "named",
        "cue": cue,
        "certainty": "certain",
        "polarity": "neg",
        "time": "future",
        "origin_id": ORIGIN,
        "confidence": 0.8,
        "method": "test",
    }


def _piece(claim_id: str, role: str, seq: int, article: Article, text: str) -> Row:
    return {"claim_id": claim_id, "role": role, "seq": seq, **span(article, text)}


def _hop(
    claim_id: str, hop: int, agent: str, entity_id: str, kind: str, article: Article, cue: str | None = None
) -> Row:
    return {
        "claim_id": claim_id,
        "hop": hop,
        "agent": agent,
        "entity_id": entity_id,
        "anonymity": "named",
        "kind": kind,
        "standing": None,
        "cue": cue,
        **span(article, agent),
    }


def _told(article: Article, text: str, certainty: str, date_id: str | None) -> Row:
    return {
        "mention_id": at("evm", article, text),
        "event_id": EVENT,
        **span(article, text),
        "block": "body",
        "certainty": certainty,
        "polarity": "pos",
        "time": "non_future",
        "date_id": date_id,
        "claim_id": None,
        "confidence": 0.7,
        "method": "test",
    }


def make_rows() -> Rows:
    """The rows of every table of a package in which nothing is wrong, in order."""
    rows = _list_rows()
    sort_rows(rows)
    return rows


def sort_rows(rows: Rows) -> None:
    """Put the rows of each table in the order of its key."""
    for name, table in schema.load().items():
        rows[name].sort(key=lambda row: tuple(row[column] for column in table.primary_key))


def _list_rows() -> Rows:
    return {
        "entities": [
            _entity(RUIZ, "Ana Ruiz", "person", 2, 2),
            _entity(LEDGER, "The Ledger", "organization", 2, 2),
            _entity(DOCKERS, "dockers", "group", 3, 2),
        ],
        "origins": [{"origin_id": ORIGIN, "entity_id": LEDGER, "label": "The Ledger", "kind": "outlet"}],
        "sources": [_source(FIRST, "📦 Harbour talks fail", 28), _source(SECOND, None, 17)],
        "claim_groups": [
            {
                "group_id": GROUP,
                "text": WHOLE,
                "claims": 2,
                "sources": 2,
                "outlets": 1,
                "origins": 1,
                "unknown_origins": 0,
                "first_published": date(2025, 3, 4),
                "first_published_edtf": "2025-03-04",
                "in_conflict": False,
            }
        ],
        "dates": [
            {
                "date_id": DATE,
                **span(FIRST, "3 March 2025"),
                "kind": "date",
                "value": "2025-03-03",
                "day": date(2025, 3, 3),
                "rule": "day_month_year",
                "anchor": None,
            },
            {
                "date_id": at("dat", SECOND, "April"),
                **span(SECOND, "April"),
                "kind": "date",
                "value": None,
                "day": None,
                "rule": "no_anchor",
                "anchor": None,
            },
        ],
        "entity_mentions": [
            _mention(FIRST, "Ana Ruiz", RUIZ, "person"),
            _mention(SECOND, "Ruiz", RUIZ, "person"),
            _mention(FIRST, "The Ledger", LEDGER, "organization"),
            _mention(SECOND, "The Ledger", LEDGER, "organization"),
            _mention(FIRST, "We", DOCKERS, "group"),
            _mention(FIRST, "300 dockers", DOCKERS, "group"),
            _mention(SECOND, "dockers", DOCKERS, "group"),
        ],
        "claims": [
            _claim(CLAIM, FIRST, WHOLE, "direct", "union leader Ana Ruiz", "told"),
            _claim(OTHER, SECOND, "“we will not go back”", "mixed", "Ruiz", "vowed … reported"),
        ],
        "claim_spans": [
            _piece(claim, role, seq, article, text)
            for claim, spans in ((CLAIM, SPANS), (OTHER, OTHER_SPANS))
            for role, held in spans.items()
            for seq, (article, text) in enumerate(held, 1)
        ],
        "attributions": [
            _hop(CLAIM, 1, "Ana Ruiz", RUIZ, "person", FIRST, "told"),
            _hop(CLAIM, 2, "The Ledger", LEDGER, "outlet", FIRST),
            _hop(OTHER, 1, "Ruiz", RUIZ, "person", SECOND, "vowed reported"),
            _hop(OTHER, 2, "The Ledger", LEDGER, "outlet", SECOND),
        ],
        "claim_entities": [{"claim_id": CLAIM, "entity_id": DOCKERS}],
        "claim_relations": [
            {
                "claim_id": min(CLAIM, OTHER),
                "other_claim_id": max(CLAIM, OTHER),
                "relation": "quote_variant",
                "basis": "similar quotation",
                "score": 0.9,
            }
        ],
        "events": [
            {
                "event_id": EVENT,
                "label": "dockers walked out",
                "kind": "happening",
                "type": "PROTEST",
                "status": "occurred",
                "date": "2025-03-03",
                "day": date(2025, 3, 3),
                "date_precision": "day",
                "mentions": 2,
                "sources": 2,
                "origins": 0,
                "confidence": 0.7,
            }
        ],
        "event_mentions": [
            _told(FIRST, "walked out", "certain", DATE),
            _told(SECOND, "walkout", "certain", None),
        ],
        "event_participants": [
            {
                "event_id": EVENT,
                "seq": 1,
                "entity_id": DOCKERS,
                "text": "dockers",
                "role": "agent",
                "mentions": 2,
            }
        ],
        "figures": [
            {
                "figure_id": at("fig", FIRST, "300"),
                **span(FIRST, "300"),
                "claim_id": None,
                "event_id": EVENT,
                "what": "dockers",
                "measure": "docker",
                "value": 300.0,
                "value_to": None,
                "unit": None,
                "bound": "exactly",
                "as_of": None,
                "as_of_edtf": None,
                "block": "body",
                "confidence": 0.9,
                "method": "test",
            }
        ],
        "source_relations": [
            {
                "source_id": min(article.source_id for article in ARTICLES),
                "other_source_id": max(article.source_id for article in ARTICLES),
                "relation": "shared_origin",
                "similarity": None,
                "basis": "both relay The Ledger",
            }
        ],
        "merged_ids": [{"former_id": ident("evt", "earlier"), "kind": "event", "present_id": EVENT}],
        "rejects": [{"name": "third.txt", "code": "empty", "message": "third.txt has no text"}],
        "activities": [
            {
                "activity_id": make_id("act", "build", "0.1.0", None, ""),
                "kind": "build",
                "software": "onrecord",
                "version": "0.1.0",
                "model_sha256": None,
                "settings_sha256": hashlib.sha256(b"").hexdigest(),
            }
        ],
    }


def write_csv(path: Path, rows: list[Row], names: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(
            stream, quoting=csv.QUOTE_NOTNULL if hasattr(csv, "QUOTE_NOTNULL") else csv.QUOTE_ALL
        )
        writer.writerow(names)
        writer.writerows([_plain(row[name]) for name in names] for row in rows)


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def write_parquet(path: Path, rows: list[Row], table: schema.TableSchema) -> None:
    nullable = pa.schema([field.with_nullable(True) for field in table.arrow])
    pq.write_table(pa.Table.from_pylist(rows, nullable), path)


def seal(folder: Path, change: Callable[[dict[str, Any]], object] = lambda descriptor: None) -> None:
    """Write the descriptor for the files that are there, with true hashes; then ``change`` it."""
    resources: list[dict[str, Any]] = []
    for name, table in schema.load().items():
        for kind in ("csv", "parquet"):
            data = (folder / "datapackage" / f"{name}.{kind}").read_bytes()
            about = {"path": f"datapackage/{name}.{kind}", "bytes": len(data)}
            digest = "sha256:" + hashlib.sha256(data).hexdigest()
            resources.append({**describe_resource(name, kind, table.descriptor()), **about, "hash": digest})
    told = {"$schema": PROFILE, "name": "small", "title": "Small", "description": "Two articles."}
    descriptor = {**told, "resources": resources}
    change(descriptor)
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


def write_rows(folder: Path, rows: Rows) -> Path:
    """Write a package of these rows, whatever they are."""
    (folder / "datapackage").mkdir(parents=True, exist_ok=True)
    for name, table in schema.load().items():
        write_csv(folder / "datapackage" / f"{name}.csv", rows[name], table.names)
        write_parquet(folder / "datapackage" / f"{name}.parquet", rows[name], table)
    seal(folder)
    return folder
