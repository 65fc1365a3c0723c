"""Articles on their way through a build: on disk, in shards, over processes, always in one order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

import msgspec

from onrecord.errors import OnRecordError
from onrecord.model import Annotated, Article, Reject, make_id
from onrecord.workplace import read_kept

SHARD = 64
"""Articles a shard at most: a second or so of work, so that neither starting nor losing one costs much."""

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Held:
    """Where a parsed article lies in the spill file; ``words`` are one where texts differ in blanks."""

    name: str
    source_id: str
    words: str
    offset: int
    size: int


class ArticleFile:
    """Parsed articles on disk, given back in order of their names whatever order they came in."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")
        self._held: list[_Held] = []

    def __len__(self) -> int:
        return len(self._held)

    def add(self, article: Article) -> None:
        """Take one article."""
        data = msgspec.msgpack.encode(article)
        words = make_id("wrd", article.publisher, *article.text.split())
        self._held.append(_Held(article.name, article.source_id, words, self._file.tell(), len(data)))
        self._file.write(data)

    def close(self) -> None:
        """No more articles come."""
        self._file.close()

    def drop_repeats(self) -> tuple[Reject, ...]:
        """Keep one of the articles that are the same, the first by name, and say which others there were."""
        rejects: list[Reject] = []
        texts: dict[str, _Held] = {}
        names: dict[str, _Held] = {}
        for held in sorted(self._held, key=lambda h: (h.name, h.source_id, h.offset)):
            if (first := texts.get(held.words)) is not None:
                rejects.append(duplicate_text(held.name, first.name))
            elif held.name in names:
                rejects.append(duplicate_name(held.name))
            else:
                texts[held.words] = names[held.name] = held
        self._held = list(names.values())
        return tuple(rejects)

    def __iter__(self) -> Iterator[Article]:
        with self._path.open("rb") as file:
            for held in self._held:
                file.seek(held.offset)
                yield msgspec.msgpack.decode(file.read(held.size), type=Article)


def duplicate_text(name: str, first: str) -> Reject:
    """The reject for a text that is held already."""
    message = f"{name}: the same words, from the same publisher or none, as {first}; they are counted once"
    return Reject(name, "duplicate", message)


def duplicate_name(name: str) -> Reject:
    """The reject for a second, different article of one name."""
    return Reject(name, "same-name", f"{name}: another article has this name; give each its own id")


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


@dataclass(frozen=True, slots=True)
class Shards:
    """The annotated articles of a build, in order; may be iterated any number of times."""

    paths: tuple[Path, ...]

    def __iter__(self) -> Iterator[Annotated]:
        for path in self.paths:
            data = read_kept(path)
            if data is None:
                raise OnRecordError(f"{path} was changed or removed while a build was using it; build again")
            yield from msgspec.msgpack.decode(data, type=list[Annotated])


def cut_shards(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Shards of at most ``SHARD`` articles whose borders depend on the articles beside them only, so that an
    article that comes or goes changes its own shard and no other."""
    shard: list[Article] = []
    for article in articles:
        shard.append(article)
        if len(shard) >= SHARD or int(article.sha256[:8], 16) % (SHARD // 2) == 0:
            yield shard
            shard = []
    if shard:
        yield shard


def batched(items: Iterable[Given], size: int) -> Iterator[list[Given]]:
    """Lists of ``size`` items; the last one may be shorter."""
    batch: list[Given] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def start_workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of fresh processes, which end at once where anything is raised within, or this process ends."""
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _begin_work) as pool:
        try:
            yield pool
        except BaseException:
            workers = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.terminate()
            raise


def _begin_work() -> None:
    """A worker ends without a word by Ctrl-C, of which the parent tells, and when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """Wait for the process of this sentinel to end, however it does, and end this one."""
    wait([sentinel])
    os._exit(1)


def map_in_order(
    pool: ProcessPoolExecutor | None, work: Callable[[Given], Made], given: Iterable[Given], ahead: int
) -> Iterator[Made]:
    """``map`` in this process or a pool, with at most ``ahead`` items under way and results in order."""
    if pool is None:
        yield from map(work, given)
        return
    waiting: deque[Future[Made]] = deque()
    try:
        for item in given:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise OnRecordError(
            "a worker process was killed, most often for want of memory: build again with fewer --workers"
        ) from error
