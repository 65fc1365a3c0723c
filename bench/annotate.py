"""How many words a second of processor time each stage of one article takes.

    python bench/annotate.py ARTICLES.jsonl [LIMIT]

ARTICLES.jsonl holds one article a line, as ``onrecord`` reads it. The reader is the default one, and its
share is a line of its own. Times are processor seconds of this process, so that other work on the machine
counts little; a first article warms lists and caches and is not measured.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any

from onrecord import annotate, happen
from onrecord.claims import attribute, chain, sure
from onrecord.cleaning import clean, headlines, text
from onrecord.dates import when
from onrecord.model import Article
from onrecord.people import who
from onrecord.reading.read import Raw, parse, scan

STAGES: tuple[tuple[Any, str], ...] = (
    (clean, "find_blocks"),
    (text, "split_sentences"),
    (headlines, "settle_headlines"),
    (when, "find_phrases"),
    (when, "date_phrases"),
    (attribute, "join_attributions"),
    (chain, "trace_hops"),
    (who, "resolve_entities"),
    (who, "chain_at"),
    (sure, "judge_event"),
    (sure, "judge_claim"),
    (happen, "assemble_events"),
)


def time_stages(spent: dict[str, float]) -> None:
    """Put a clock around each stage; ``spent`` gathers the seconds by name."""

    def timed(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(stage)
        def run(*args: Any, **options: Any) -> Any:
            began = time.process_time()
            try:
                return stage(*args, **options)
            finally:
                spent[name] += time.process_time() - began

        return run

    for module, function in STAGES:
        stage = getattr(module, function)
        setattr(module, function, timed(f"{module.__name__.removeprefix('onrecord.')}.{function}", stage))


def main(path: Path, limit: int | None) -> None:
    parsed = (parse(raw) for raw in scan([path]) if isinstance(raw, Raw))
    articles = list(islice((article for article in parsed if isinstance(article, Article)), limit))
    reader = annotate.default_reader()
    list(annotate.annotate(articles[:1], reader))
    spent: defaultdict[str, float] = defaultdict(float)
    time_stages(spent)
    began = time.process_time()
    documents = [annotate.find_document(article) for article in articles]
    before = time.process_time()
    readings = list(reader.read(documents))
    reading = time.process_time() - before
    for article, document, result in zip(articles, documents, readings, strict=True):
        annotate.assemble(article, document, result, reader.method)
    total = time.process_time() - began
    words = sum(len(article.text.split()) for article in articles)
    print(f"{len(articles)} articles, {words:,} words, read by {reader.method}")
    rest = total - reading - sum(spent.values())
    rows = [("reader", reading), *sorted(spent.items(), key=lambda row: -row[1]), ("everything else", rest)]
    rows += [("all but the reader", total - reading), ("all", total)]
    for name, seconds in rows:
        rate = f"{words / seconds:12,.0f}" if seconds > 0 else f"{'-':>12}"
        print(f"{name:28} {seconds:8.2f} s {100 * seconds / total:5.1f} % {rate} words a second")


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else None)
