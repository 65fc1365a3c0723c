"""How many words a second of processor time each stage of one article takes.

    python -m bench.annotate ARTICLES.jsonl [LIMIT]

ARTICLES.jsonl holds one article a line, as ``onrecord`` reads it. The reader is the default one, and its
share is a line of its own. Times are processor seconds of this process, so that other work on the machine
counts little; a first article warms lists and caches and is not measured.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from onrecord import annotate
from onrecord.claims import attribute, chain, sure
from onrecord.cleaning import bounds, clean, headlines, text
from onrecord.dates import when
from onrecord.intake import load_articles
from onrecord.people import settle, who

STAGES: tuple[tuple[ModuleType, str], ...] = (
    (clean, "find_blocks"),
    (text, "split_sentences"),
    (annotate, "complete"),
    (settle, "settle_names"),
    (headlines, "settle_headlines"),
    (when, "find_phrases"),
    (when, "date_phrases"),
    (bounds, "cut_at_blocks"),
    (attribute, "join_attributions"),
    (bounds, "claims_something"),
    (chain, "trace_hops"),
    (who, "resolve_entities"),
    (who, "chain_at"),
    (sure, "judge_claim"),
    (sure, "judge_event"),
    (annotate, "list_events"),
)
"""What ``annotate.assemble`` calls, by the module in which it looks the function up."""


def name_stage(module: ModuleType, function: str) -> str:
    """A stage as it is told: "chain.trace_hops"."""
    return f"{module.__name__.rpartition('.')[2]}.{function}"


@contextmanager
def time_stages() -> Iterator[dict[str, float]]:
    """Clocks around all stages, and the seconds that they have taken so far, by name."""
    spent: dict[str, float] = defaultdict(float)

    def timed(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(stage)
        def run(*args: Any, **options: Any) -> Any:
            began = time.process_time()
            try:
                return stage(*args, **options)
            finally:
                spent[name] += time.process_time() - began

        return run

    kept = [(module, function, getattr(module, function)) for module, function in STAGES]
    try:
        for module, function, stage in kept:
            setattr(module, function, timed(name_stage(module, function), stage))
        yield spent
    finally:
        for module, function, stage in kept:
            setattr(module, function, stage)


def main(path: Path, limit: int | None) -> None:
    articles = list(islice(load_articles([path]), limit))
    reader = annotate.default_reader()
    list(annotate.annotate(articles[:1], reader))
    with time_stages() as spent:
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
