"""Step 7: read a corpus with a weights file and write the tables that a scorer reads.

    python -m train.evaluate --weights reader.onnx --corpus polnear-dev.jsonl.gz --out package/

What comes out is the reader and the joining of its fragments, without the stages after them.
"""

import argparse
from pathlib import Path

import pandas as pd
from train.corpora import Row, read_corpus

from onrecord.claims.attribute import join_attributions
from onrecord.cleaning import text as sentence_rules
from onrecord.model import Block, Document, Reading, Span
from onrecord.tagging.reader import TrainedReader


def document_of(row: Row, own_sentences: bool, first_sentences: int | None) -> Document:
    text = row["text"]
    if own_sentences and "sentences" in row:
        sentences = tuple(Span(a, b) for a, b in row["sentences"])
    else:
        sentences = tuple(sentence_rules.split_sentences(text, 0, len(text)))
    return Document(text, (Block(0, len(text), "body"),), sentences[:first_sentences])


def claim_rows(name: str, document: Document, reading: Reading) -> tuple[list[Row], list[Row]]:
    claims: list[Row] = []
    spans: list[Row] = []
    for number, found in enumerate(join_attributions(document, reading)):
        key = f"{name}#{number}"
        claims.append({"claim_id": key, "source_id": name, "quote_type": found.quote_type})
        for role, parts in (("content", found.content), ("cue", found.cues), ("speaker", found.speakers)):
            spans += [{"claim_id": key, "role": role, "start": p.start, "end": p.end} for p in parts]
    return claims, spans


def write_tables(readings: list[tuple[str, Document, Reading]], out: Path) -> None:
    tables: dict[str, list[Row]] = {
        t: [] for t in ("sources", "claims", "claim_spans", "entity_mentions", "event_mentions", "dates")
    }
    for name, document, reading in readings:
        tables["sources"].append({"source_id": name, "name": name})
        claims, spans = claim_rows(name, document, reading)
        tables["claims"] += claims
        tables["claim_spans"] += spans
        tables["entity_mentions"] += [
            {"source_id": name, "start": n.start, "end": n.end, "type": n.type, "form": "name"}
            for n in reading.names
        ]
        tables["event_mentions"] += [
            {
                "event_id": f"{name}:{t.start}",
                "source_id": name,
                "start": t.start,
                "end": t.end,
                "certainty": t.certainty,
                "polarity": t.polarity,
                "time": t.time,
            }
            for t in reading.triggers
        ]
        tables["dates"] += [
            {"source_id": name, "start": p.start, "end": p.end, "value": None} for p in reading.phrases
        ]
    columns = {
        "claims": ["claim_id", "source_id", "quote_type"],
        "claim_spans": ["claim_id", "role", "start", "end"],
        "dates": ["source_id", "start", "end", "value"],
    }
    out.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        pd.DataFrame(rows, columns=columns.get(table) if not rows else None).to_parquet(
            out / f"{table}.parquet"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", help="only documents of this split or topic")
    parser.add_argument(
        "--corpus-sentences", action="store_true", help="the corpus's own sentences, not ours"
    )
    parser.add_argument(
        "--first-sentences", type=int, help="read no more than this many sentences of each document"
    )
    options = parser.parse_args()
    rows = read_corpus(options.corpus.parent, options.corpus.name.removesuffix(".jsonl.gz"))
    if options.split:
        rows = [r for r in rows if options.split in (r.get("split"), r.get("topic"))]
    reader = TrainedReader(options.weights, sha256=None)
    documents = [document_of(r, options.corpus_sentences, options.first_sentences) for r in rows]
    write_tables(
        list(zip([r["id"] for r in rows], documents, reader.read(documents), strict=True)), options.out
    )


if __name__ == "__main__":
    main()
