"""Who does the work on single articles: this process, several, or a cluster of machines.

Work is a plain function from a list of items to a list of results, one each; it writes nothing and knows no
engine. Results come in the order of the items. A worker that is killed loses nothing: what it had under way
is done again, and what kills its worker each time is done item by item until the one item is found, which
comes back as ``Killed``.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from onrecord.errors import OnRecordError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["Engine", "Killed", "map_batches", "start_engine"]

Given = TypeVar("Given")
Made = TypeVar("Made")
Result = TypeVar("Result", covariant=True)

TRIES = 2
"""Times that an item by itself may kill its worker before it is given up."""
RENEWALS = 5
"""Times in a row that a cluster may be lost while work is sent to it again."""
PATIENCE = 60.0
"""Seconds to wait for a cluster that does not answer."""
ASK = 5.0
"""Seconds after which a cluster is asked anew how many threads it has."""


@dataclass(frozen=True, slots=True)
class Killed:
    """Stands for the result of an item that killed its worker each time."""


class Promise(Protocol[Result]):
    """A result that is under way."""

    def result(self) -> Result: ...


class Engine(Protocol):
    """Workers. ``lost`` are the errors that tell that all under way is gone, ``killed`` those that tell that
    the worker of this work died each time it was tried."""

    lost: tuple[type[BaseException], ...]
    killed: tuple[type[BaseException], ...]

    @property
    def ahead(self) -> int:
        """How many batches may be under way."""

    def submit(self, work: Callable[[Given], Made], given: Given) -> Promise[Made]:
        """Begin."""

    def recover(self, work: Callable[[Given], Made], given: Sequence[Given]) -> list[Promise[Made] | None]:
        """Begin again with what was under way when all was lost; null for what is to be done by itself, since
        it may be to blame. Raises OnRecordError where that cannot be done."""

    def alone(self, work: Callable[[Given], Made], given: Given) -> Made | None:
        """Do this, and as far as can be nothing beside it; null where its worker was killed."""

    def close(self) -> None:
        """No more work comes."""

    def stop(self) -> None:
        """End all work at once: something was raised."""


class Processes:
    """Fresh processes on this machine, which end when this one does.

    When one dies, all under way is lost and nobody knows by whose fault.
    """

    lost: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    killed: tuple[type[BaseException], ...] = ()

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._count, multiprocessing.get_context("spawn"), _begin_work)

    @property
    def ahead(self) -> int:
        return self._count * 2

    def submit(self, work: Callable[[Given], Made], given: Given) -> Promise[Made]:
        return self._pool.submit(work, given)

    def recover(self, work: Callable[[Given], Made], given: Sequence[Given]) -> list[Promise[Made] | None]:
        self._pool.shutdown(cancel_futures=True)
        self._pool = self._start()
        return [None] * len(given)

    def alone(self, work: Callable[[Given], Made], given: Given) -> Made | None:
        try:
            return self._pool.submit(work, given).result()
        except BrokenProcessPool:
            self.recover(work, ())
            return None

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def stop(self) -> None:
        workers = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()


def _begin_work() -> None:
    """A worker ends without a word by Ctrl-C, of which the parent tells, and when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """Wait for the process of this sentinel to end, however it does, and end this one."""
    wait([sentinel])
    os._exit(1)


class Cluster:
    """A ``dask.distributed`` cluster (Rocklin 2015), of which nothing but futures is used.

    It does again by itself what a killed worker had under way, and says whose worker died each time. When its
    scheduler is lost, nobody is to blame.
    """

    def __init__(self, address: str) -> None:
        try:
            import distributed
            from distributed.comm.core import CommClosedError
        except ImportError:
            raise OnRecordError(
                "a cluster is used by an extra: pip install 'onrecord[cluster]', here and on each machine"
            ) from None
        self.lost: tuple[type[BaseException], ...] = (CancelledError, CommClosedError)
        self.killed: tuple[type[BaseException], ...] = (distributed.KilledWorker,)
        self._address = address
        self._client = self._connect()
        self._ahead, self._asked = 0, -PATIENCE

    def _connect(self) -> "Client":
        import distributed

        try:
            client = distributed.Client(self._address, timeout=PATIENCE, set_as_default=False)
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            raise OnRecordError(
                f"no cluster with a worker answers at {self._address} ({error}); start it and build again: "
                "what was read so far is kept"
            ) from error
        return client

    @property
    def ahead(self) -> int:
        """Twice as many as there are threads now: workers may come and go."""
        if time.monotonic() - self._asked > ASK:
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
            self._ahead = max(8, 2 * sum(worker["nthreads"] for worker in workers))
            self._asked = time.monotonic()
        return self._ahead

    def submit(self, work: Callable[[Given], Made], given: Given) -> Promise[Made]:
        promise: Promise[Made] = self._client.submit(work, given, pure=False)
        return promise

    def recover(self, work: Callable[[Given], Made], given: Sequence[Given]) -> list[Promise[Made] | None]:
        for _ in range(RENEWALS):
            with suppress(*self.lost, TimeoutError):
                self._client.close(timeout=1)
            self._client = self._connect()
            with suppress(*self.lost):
                return [self.submit(work, item) for item in given]
        raise OnRecordError(
            f"the cluster at {self._address} was lost {RENEWALS} times; see to its scheduler and build "
            "again: what was read so far is kept"
        )

    def alone(self, work: Callable[[Given], Made], given: Given) -> Made | None:
        promise: Promise[Made] | None = self.submit(work, given)
        while promise is not None:
            try:
                return promise.result()
            except self.killed:
                return None
            except self.lost:
                (promise,) = self.recover(work, [given])
        return None

    def close(self) -> None:
        with suppress(*self.lost, TimeoutError):
            self._client.close(timeout=10)

    stop = close


@contextmanager
def start_engine(workers: int, cluster: str | None) -> Iterator[Engine | None]:
    """The engine that is asked for; null where this process does the work itself."""
    if cluster is None and workers == 1:
        yield None
        return
    engine: Engine = Cluster(cluster) if cluster is not None else Processes(workers)
    try:
        yield engine
    except BaseException:
        engine.stop()
        raise
    engine.close()


def map_batches(
    engine: Engine | None, work: Callable[[list[Given]], list[Made]], batches: Iterable[list[Given]]
) -> Iterator[Sequence[Made | Killed]]:
    """The results of each batch, in order. An empty batch gives none and is sent to nobody.

    Raises OnRecordError where the engine is lost again and again.
    """
    if engine is None:
        for batch in batches:
            yield work(batch) if batch else ()
        return
    queue = _Queue(engine, work)
    for batch in batches:
        while len(queue.waiting) >= engine.ahead:
            yield queue.take()
        queue.put(batch)
    while queue.waiting:
        yield queue.take()


class _Queue(Generic[Given, Made]):
    """Batches under way, in order, each with its promise; null where it is to be done by itself."""

    def __init__(self, engine: Engine, work: Callable[[list[Given]], list[Made]]) -> None:
        self._engine = engine
        self._work = work
        self.waiting: deque[tuple[list[Given], Promise[list[Made]] | None]] = deque()

    def put(self, batch: list[Given]) -> None:
        self.waiting.append((batch, None))
        if batch:
            try:
                self.waiting[-1] = (batch, self._engine.submit(self._work, batch))
            except self._engine.lost:
                self._recover()

    def take(self) -> Sequence[Made | Killed]:
        while True:
            batch, promise = self.waiting[0]
            try:
                made = promise.result() if promise is not None else list(self._alone(batch))
            except self._engine.killed:
                made = list(self._alone(batch))
            except self._engine.lost:
                self._recover()
                continue
            self.waiting.popleft()
            return made

    def _recover(self) -> None:
        batches = [batch for batch, _ in self.waiting]
        promises = iter(self._engine.recover(self._work, [batch for batch in batches if batch]))
        self.waiting = deque((batch, next(promises) if batch else None) for batch in batches)

    def _alone(self, batch: list[Given]) -> Iterator[Made | Killed]:
        if not batch:
            return
        for _ in range(TRIES if len(batch) == 1 else 1):
            made = self._engine.alone(self._work, batch)
            if made is not None:
                yield from made
                return
        if len(batch) == 1:
            yield Killed()
            return
        for item in batch:
            yield from self._alone([item])
