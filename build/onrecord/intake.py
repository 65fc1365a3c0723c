"""From inputs to annotated articles: each is read once, and what was read is kept for the next build.

One input is the unit that is kept, by its content: with ten articles added to ten thousand, ten are read.
What is to be read goes out in batches to the engine (``engines``); this process alone writes what comes back.
"""

import hashlib
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, Generic, TypeVar

import msgspec

from onrecord.annotate import annotate, default_reader, find_document
from onrecord.engines import Engine, Killed, map_batches
from onrecord.errors import OnRecordError
from onrecord.kept import Kept, Row, hash_of
from onrecord.llm.asked import Asked, tell_cost
from onrecord.llm.judging import Judging, judge
from onrecord.llm.reader import LanguageModel, Listing, StoredReader
from onrecord.llm.store import Store
from onrecord.model import Annotated, Article, Notice, Reject, make_id
from onrecord.reading import read
from onrecord.reading.notices import Notices
from onrecord.spool import hash_of as number_of
from onrecord.tagging.reader import TrainedReader

if TYPE_CHECKING:
    from onrecord.llm.asking import Work

__all__ = [
    "Annotations",
    "Held",
    "Judged",
    "Progress",
    "annotate_articles",
    "ask_model",
    "fingerprint",
    "fold_rejects",
    "judge_articles",
    "load_articles",
    "read_articles",
]

BATCH = 64
"""Inputs that are sent out together at most: a second or so of work, so that losing one costs little."""
BATCH_BYTES = 4 << 20
"""Bytes that are sent out together, about: pages may be large."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: the stage, the articles done in it and, once known, how many there are; ``kept`` of
    them were read by an earlier build, which was ``interrupted`` or came to its end. ``note`` is what else
    there is to tell."""

    stage: str
    articles: int
    total: int | None = None
    kept: int = 0
    interrupted: bool = False
    note: str | None = None


Tell = Callable[[Progress], None]


@cache
def fingerprint() -> str:
    """A hash of the installed software and its data: what was made by other code is made again."""
    digest = hashlib.sha256()
    root = Path(str(files("onrecord")))
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.suffix not in {".pyc", ".pyo"}:
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


# What workers do


_ONE_AT_A_TIME = Lock()
"""The reader is not made for threads; a worker of a cluster may have several."""


def parse_batch(raws: Sequence[read.Raw], made_by: str) -> list[bytes]:
    """Raw inputs as encoded articles or rejects."""
    _require_same(made_by)
    return [_encode_parsed(read.parse(raw)) for raw in raws]


def annotate_batch(
    articles: Sequence[bytes], made_by: str, model: LanguageModel | None = None
) -> list[bytes]:
    """Encoded articles as encoded annotations, read by the built-in reader or what a model has answered."""
    _require_same(made_by)
    with _ONE_AT_A_TIME:
        decoded = [_decode_article(data) for data in articles]
        second = None if model is None else StoredReader(model)
        first = default_reader() if second is None or (model and model.beside) else second
        read = annotate(decoded, first, None if second is first else second)
        return [msgspec.msgpack.encode(annotated) for annotated in read]


def _require_same(made_by: str) -> None:
    if made_by != fingerprint():
        raise OnRecordError(
            "a worker has another version of onrecord than this machine: install the same on all, start the "
            "workers anew and build again"
        )


_ARTICLE, _REJECT = b"a", b"r"


def _encode_parsed(parsed: Article | Reject) -> bytes:
    kind = _REJECT if isinstance(parsed, Reject) else _ARTICLE
    return kind + msgspec.msgpack.encode(parsed)


def _decode_article(data: bytes) -> Article:
    return msgspec.msgpack.decode(data[1:], type=Article)


# What this process does


class Held:
    """The articles of a build, given in order of their names whatever order they came in; they lie in what is
    kept, and memory has their names and some numbers. ``used`` are the rows of all inputs, also of those that
    are no articles, ``notices`` what was left out of inputs."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._names: list[str] = []
        self._sources = array("Q")
        self._words = array("Q")
        self.rows = array("q")
        self.used = array("q")
        self.notices = Notices()

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, article: Article, row: Row) -> None:
        """Take one article that is kept as a row. Texts that differ in blanks alone are the same words."""
        self._names.append(article.name)
        self._sources.append(number_of(article.source_id))
        self._words.append(number_of(make_id("wrd", article.publisher, *article.text.split())))
        self.rows.append(row)
        self.notices.add(article.notices)

    def drop_repeats(self) -> list[Reject]:
        """Keep one of the articles that are the same, the first by name, and say which others there were."""
        rejects: list[Reject] = []
        texts: dict[int, int] = {}
        held: list[int] = []
        order = sorted(range(len(self)), key=lambda n: (self._names[n], self._sources[n], n))
        for number in order:
            name, words = self._names[number], self._words[number]
            if (first := texts.get(words)) is not None:
                rejects.append(duplicate_text(name, self._names[first]))
            elif held and self._names[held[-1]] == name:
                rejects.append(duplicate_name(name))
            else:
                texts[words] = number
                held.append(number)
        self._take(held)
        return rejects

    def drop(self, numbers: Iterable[int]) -> None:
        """Leave out articles, told by their places."""
        left_out = frozenset(numbers)
        self._take([number for number in range(len(self)) if number not in left_out])

    def _take(self, numbers: Sequence[int]) -> None:
        self._names = [self._names[number] for number in numbers]
        self._sources = array("Q", [self._sources[number] for number in numbers])
        self._words = array("Q", [self._words[number] for number in numbers])
        self.rows = array("q", [self.rows[number] for number in numbers])

    @property
    def names(self) -> Sequence[str]:
        return self._names

    def name(self, number: int) -> str:
        return self._names[number]

    def __iter__(self) -> Iterator[Article]:
        for row in self.rows:
            yield _decode_article(self._kept.read(row))


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotated articles of a build, in order; may be iterated any number of times. ``keys`` stand for
    all that was found in each."""

    kept: Kept
    rows: Sequence[Row]
    names: Sequence[str] = ()
    keys: Sequence[bytes] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Annotated]:
        decoder = msgspec.msgpack.Decoder(Annotated)
        for row in self.rows:
            yield decoder.decode(self.kept.read(row))


def read_articles(
    paths: Sequence[Path], stdin: BinaryIO | None, kept: Kept, engine: Engine | None, tell: Tell
) -> tuple[Held, list[Reject]]:
    """Every input ends in what is held or in the rejects."""
    rejects: list[Reject] = []
    held = Held(kept)

    def keyed() -> Iterator[tuple[bytes, read.Raw]]:
        for item in read.scan(paths, stdin):
            if isinstance(item, Reject):
                rejects.append(item)
            elif isinstance(item, Notice):
                held.notices.add([item])
            else:
                yield _key("parse", msgspec.msgpack.encode(item)), item

    work = partial(parse_batch, made_by=fingerprint())
    for raw, row in _keep_all(kept, engine, work, keyed(), lambda raw: len(raw.data)):
        if isinstance(row, Killed):
            rejects.append(_reject_killed(raw.name, raw.where))
            continue
        held.used.append(row)
        data = kept.read(row)
        if data[:1] == _REJECT:
            rejects.append(msgspec.msgpack.decode(data[1:], type=Reject))
            continue
        held.add(_decode_article(data), row)
        if len(held) % BATCH == 0:
            tell(Progress("read", len(held)))
    tell(Progress("read", len(held)))
    rejects.extend(held.drop_repeats())
    return held, rejects


def _key(step: str, data: bytes) -> bytes:
    return hash_of(step.encode(), fingerprint().encode(), data)


def annotate_articles(
    held: Held, kept: Kept, engine: Engine | None, tell: Tell, model: LanguageModel | None = None
) -> tuple[Annotations, list[Reject]]:
    """All articles annotated, and those that cannot be since they kill whoever reads them, which are held no
    longer. What no input of this build has any use for is no longer kept. ``model`` is a language model that
    has been asked; null where the built-in reader alone reads."""

    def find_key(data: bytes) -> bytes:
        if model is None:
            return _key("annotate", data)
        trace = StoredReader(model).trace(find_document(_decode_article(data)))
        return _key("annotate", data + trace.encode())

    rows, missing, keys = array("q"), array("q"), list[bytes]()
    for number, row in enumerate(held.rows):
        keys.append(find_key(kept.read(row)))
        found = kept.find(keys[-1])
        rows.append(-1 if found is None else found)
        if found is None:
            missing.append(number)
    before = done = len(held) - len(missing)

    def progress() -> Progress:
        return Progress("annotate", done, len(held), before, kept.unfinished)

    def keyed() -> Iterator[tuple[bytes, bytes]]:
        for number in missing:
            yield keys[number], kept.read(held.rows[number])

    tell(progress())
    killed: list[int] = []
    work = partial(annotate_batch, made_by=fingerprint(), model=model)
    for number, (_, made) in zip(missing, _keep_all(kept, engine, work, keyed(), len), strict=True):
        if isinstance(made, Killed):
            killed.append(number)
        else:
            rows[number] = made
        done += 1
        if done % BATCH == 0 or done == len(held):
            tell(progress())
    rejects = [_reject_killed(held.name(number), held.name(number)) for number in killed]
    held.drop(killed)
    keys = [key for key, row in zip(keys, rows, strict=True) if row >= 0]
    rows = array("q", [row for row in rows if row >= 0])
    kept.finish((held.used, rows))
    return Annotations(kept, rows, held.names, keys), rejects


@dataclass(frozen=True, slots=True)
class Works(Generic[Item]):
    """What a model is to be asked about each item, nothing where ``make`` gives null; may be iterated as
    often as ``items`` may."""

    items: Iterable[Item]
    make: Callable[[Item], "Work | None"]

    def __iter__(self) -> Iterator["Work"]:
        return (work for item in self.items if (work := self.make(item)) is not None)


@dataclass(frozen=True, slots=True)
class Judged:
    """Annotated articles without what a model judged out; may be iterated as often as ``articles`` may."""

    articles: Annotations
    verdicts: Sequence[bytes]

    @property
    def names(self) -> Sequence[str]:
        return self.articles.names

    @property
    def keys(self) -> Sequence[bytes]:
        """What stands for all that is left in each article."""
        return [hash_of(*told) for told in zip(self.articles.keys, self.verdicts, strict=True)]

    def __iter__(self) -> Iterator[Annotated]:
        for annotated, verdict in zip(self.articles, self.verdicts, strict=True):
            yield judge(annotated, verdict, TrainedReader.method)


def ask_model(held: Held, model: LanguageModel, tell: Tell) -> tuple[Asked, list[Reject]]:
    """Ask a language model for the lists that are not among the answers at hand. Articles without an answer
    are rejects, and held no longer unless the built-in reader reads as well."""
    works = Works(held, lambda article: Listing(article.name, find_document(article)))
    asked = _ask("ask", works, len(held), model, tell)
    unread = {fault.name for fault in asked.unread}
    if not model.beside:
        held.drop(number for number in range(len(held)) if held.name(number) in unread)
    return asked, _as_rejects(asked)


def judge_articles(
    articles: Annotations, model: LanguageModel, listed: Asked, tell: Tell
) -> tuple[Judged, Asked, list[Reject]]:
    """Ask a language model which rows of the built-in reader, that it did not list itself, are to be kept, of
    the articles that it has ``listed``. Where it gives no answer nothing is dropped."""
    unread = {fault.name for fault in listed.unread}
    store = Store(model.answers, model.name)
    if model.limit is not None:
        model = replace(model, limit=max(0, model.limit - listed.spent.tokens))

    def work(annotated: Annotated) -> Judging | None:
        if annotated.article.name in unread:
            return None
        return Judging(find_document(annotated.article), annotated, TrainedReader.method)

    asked = _ask("judge", Works(articles, work), len(articles), model, tell)
    unread.update(fault.name for fault in asked.unread)
    judgings = map(work, articles)
    verdicts = [b"" if judging is None else judging.read_verdict(store) for judging in judgings]
    return Judged(articles, verdicts), asked, _as_rejects(asked)


def _ask(stage: str, works: Iterable["Work"], count: int, model: LanguageModel, tell: Tell) -> Asked:
    from onrecord.llm.asking import ask_all  # it is seldom needed, and brings asyncio

    return ask_all(
        works,
        model,
        lambda cost: tell(Progress(stage, 0, count, note=f"about {tell_cost(cost)}")),
        lambda done: tell(Progress(stage, done, count)),
    )


def _as_rejects(asked: Asked) -> list[Reject]:
    return [Reject(fault.name, fault.code, fault.message) for fault in asked.unread]


def _keep_all(
    kept: Kept,
    engine: Engine | None,
    work: Callable[[list[Item]], list[bytes]],
    keyed: Iterable[tuple[bytes, Item]],
    size_of: Callable[[Item], int],
) -> Iterator[tuple[Item, Row | Killed]]:
    """The row of each item, in order; what is not kept under its key is worked off and kept."""
    waiting: deque[list[tuple[bytes, Item, Row | None]]] = deque()

    def missing() -> Iterator[list[Item]]:
        for batch in _cut(keyed, lambda pair: size_of(pair[1])):
            waiting.append([(key, item, kept.find(key)) for key, item in batch])
            yield [item for _, item, row in waiting[-1] if row is None]

    for results in map_batches(engine, work, missing()):
        batch = waiting.popleft()
        asked = [key for key, _, row in batch if row is None]
        made = [(key, data) for key, data in zip(asked, results, strict=True) if not isinstance(data, Killed)]
        fresh = dict(zip((key for key, _ in made), kept.add(made), strict=True)) if made else {}
        for key, item, row in batch:
            yield item, fresh.get(key, Killed()) if row is None else row


def _cut(items: Iterable[Item], size_of: Callable[[Item], int]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for item in items:
        batch.append(item)
        size += size_of(item)
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def load_articles(paths: Sequence[Path | str] | Path | str) -> Iterator[Article]:
    """The articles of folders and files, one after another; inputs that cannot be used are passed over."""
    given = [paths] if isinstance(paths, str | Path) else paths
    for raw in read.scan([Path(path) for path in given]):
        if isinstance(raw, read.Raw) and isinstance(article := read.parse(raw), Article):
            yield article


# Rejects


def duplicate_text(name: str, first: str) -> Reject:
    """The reject for a text that is held already."""
    message = f"{name}: the same words, from the same publisher or none, as {first}; they are counted once"
    return Reject(name, "duplicate", message)


def duplicate_name(name: str) -> Reject:
    """The reject for a second, different article of one name."""
    return Reject(name, "same-name", f"{name}: another article has this name; give each its own id")


def _reject_killed(name: str, where: str) -> Reject:
    message = f"{where}: each process that read it was killed, most often for want of memory; split it"
    return Reject(name, "killed", message)


def fold_rejects(rejects: Iterable[Reject]) -> tuple[Reject, ...]:
    """Rejects in order, one for each name and reason: it tells of the first and how many more there are.

    >>> fold_rejects([Reject("x", "same-name", "later"), Reject("x", "same-name", "first")])
    (Reject(name='x', code='same-name', message='first (and 1 more)'),)
    """
    ordered = sorted(rejects, key=lambda reject: (reject.name, reject.code, reject.message))
    folded = []
    for _, group in groupby(ordered, key=lambda reject: (reject.name, reject.code)):
        first, *others = group
        more = f" (and {len(others)} more)" if others else ""
        folded.append(replace(first, message=first.message + more))
    return tuple(folded)
