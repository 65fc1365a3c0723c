"""Time and memory of resolving entities and events as the number of articles grows.

    python bench/resolve.py ARTICLES.jsonl.gz --size 10000

Articles are made by recombining real ones (JSON lines with ``text``): each story is a real article whose
names are replaced throughout by names of its own, told one to six times, each time with some sentences left
out and one of another article mixed in. So stories grow in number and not in size, as news does. Names are
runs of capitals, events are past tenses: no reader runs. One size a run, since the most memory that a process
held is what is told.
"""

import argparse
import gzip
import json
import random
import re
import resource
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from onrecord.model import Annotated, Article, EventMention, LocalEntity, Mention, Participant
from onrecord.resolving.entities import link_entities
from onrecord.resolving.events import link_events

NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
EVENT = re.compile(r"\b[a-z]{3,}(?:ed|said|won|met)\b|\bsaid\b")
SYLLABLES = (
    "ba",
    "dor",
    "fen",
    "gal",
    "har",
    "il",
    "jun",
    "kar",
    "lem",
    "mor",
    "nal",
    "or",
    "pel",
    "quin",
    "sol",
    "tav",
)


def invent(chance: random.Random) -> str:
    """A name that nobody bears."""
    return "".join(chance.choice(SYLLABLES) for _ in range(4)).capitalize()


def recombine(texts: list[list[str]], count: int) -> Iterator[str]:
    """Texts of ``count`` articles."""
    chance = random.Random(7)
    made = 0
    while made < count:
        story = chance.choice(texts)
        own = {word for line in story for name in NAME.findall(line) for word in name.split()}
        renamed = {word: invent(chance) for word in sorted(own) if chance.random() < 0.8}
        pattern = (
            re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(renamed))) + r")\b") if renamed else None
        )
        for _ in range(min(chance.randint(1, 6), count - made)):
            lines = [line for line in story if chance.random() < 0.8] + chance.sample(chance.choice(texts), 1)
            text = "\n".join(lines)
            yield pattern.sub(lambda match, names=renamed: names[match.group()], text) if pattern else text
            made += 1


def annotate(text: str, number: int) -> Annotated:
    """An article with its runs of capitals as entities and its past tenses as events."""
    chains: dict[str, int] = {}
    mentions, events = [], []
    for match in NAME.finditer(text):
        chain = chains.setdefault(match.group(), len(chains))
        mentions.append(Mention(match.start(), match.end(), "name", "person", chain, 1.0, "bench"))
    for match in EVENT.finditer(text):
        before = [m for m in mentions if m.end <= match.start()][-1:]
        parts = tuple(Participant(m.chain, "agent") for m in before if match.start() - m.end < 40)
        events.append(
            EventMention(
                match.start(), match.end(), "certain", "pos", "non_future", None, None, parts, "bench", 1.0
            )
        )
    found = Article(f"a{number}", text, sha256(f"{number} {text}".encode()).hexdigest())
    local = tuple(LocalEntity(name, "person") for name in chains)
    return Annotated(found, (), local, tuple(mentions), (), (), tuple(events))


class OnDisk:
    """Annotated articles in a file, read anew each time they are iterated."""

    def __init__(self, path: Path, articles: Iterator[Annotated]) -> None:
        self._path = path
        with path.open("wb") as file:
            for article in articles:
                data = msgspec.msgpack.encode(article)
                file.write(len(data).to_bytes(4, "big") + data)

    def __iter__(self) -> Iterator[Annotated]:
        with self._path.open("rb") as file:
            while size := file.read(4):
                yield msgspec.msgpack.decode(file.read(int.from_bytes(size, "big")), type=Annotated)


def peak() -> float:
    """The most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path)
    parser.add_argument("--size", type=int, default=1000)
    given = parser.parse_args()
    opened = gzip.open if given.articles.suffix == ".gz" else open
    with opened(given.articles, "rt", encoding="utf-8") as lines:
        texts = [re.split(r"(?<=[.!?])\s+(?=[A-Z])|\n+", json.loads(line)["text"])[:40] for line in lines]
    path = Path(f"resolve-{given.size}.bench")
    try:
        articles = OnDisk(path, (annotate(t, n) for n, t in enumerate(recombine(texts, given.size))))
        start, base = time.process_time(), peak()
        entity_ids, entities = link_entities(articles)
        middle, after_entities = time.process_time(), peak()
        origins = [tuple[str | None, ...]() for _ in entity_ids]
        event_ids, events, _ = link_events(articles, entity_ids, origins, entities)
        end = time.process_time()
        row = {
            "articles": given.size,
            "chains": sum(map(len, entity_ids)),
            "entities": len(entities),
            "entity_seconds": round(middle - start, 1),
            "mentions": sum(map(len, event_ids)),
            "events": len(events),
            "event_seconds": round(end - middle, 1),
            "mib_before": round(base),
            "mib_entities": round(after_entities),
            "mib_events": round(peak()),
        }
        json.dump(row, sys.stdout)
        print()
    finally:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
