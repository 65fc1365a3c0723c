"""Work that goes to other processes and machines: the same results in the same order, whoever is killed."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from killing import KILLER, annotate_batch, double, double_slowly

import onrecord
from onrecord import engines, intake
from onrecord.engines import Engine, Killed, map_batches, start_engine
from onrecord.errors import OnRecordError

BATCHES = [[1, 2], [], [3], [4, 5, 6]]
DOUBLED = [[2, 4], [], [6], [8, 10, 12]]
DASK = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
STORY = "Mayor Ines Prado said the ferry would return in June {}. The harbour reopened after the storm.\n"


def run(engine: Engine | None, batches: list[list[int]]) -> list[list[int | Killed]]:
    return [list(made) for made in map_batches(engine, double, batches)]


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the command ``dask``."""
    with subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        env={**os.environ, **DASK, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def scheduler_at(port: int) -> list[str]:
    return ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="module")
def address(port: int) -> Iterator[str]:
    """A cluster of two worker processes, which come again when they are killed."""
    address = f"tcp://127.0.0.1:{port}"
    worker = [
        "worker",
        address,
        "--nworkers",
        "2",
        "--nthreads",
        "1",
        "--no-dashboard",
        "--death-timeout",
        "120",
    ]
    with started(*scheduler_at(port)), started(*worker):
        yield address


@pytest.fixture(params=["processes", "cluster"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    cluster = request.getfixturevalue("address") if request.param == "cluster" else None
    with start_engine(2, cluster) as engine:
        assert engine
        yield engine


def test_one_worker_is_this_process() -> None:
    with start_engine(1, None) as engine:
        assert engine is None
        assert run(engine, BATCHES) == DOUBLED


def test_results_come_in_order_and_what_kills_its_worker_is_found(engine: Engine) -> None:
    assert run(engine, BATCHES) == DOUBLED
    assert run(engine, [[1, 2], [12, KILLER], [], [3]]) == [[2, 4], [24, Killed()], [], [6]]


def test_a_worker_killed_from_outside_loses_nothing(engine: Engine, tmp_path: Path) -> None:
    made = map_batches(
        engine, partial(double_slowly, folder=str(tmp_path)), [[number] for number in range(30)]
    )
    results = [list(next(made)) for _ in range(4)]
    victim = int(sorted(path.name for path in tmp_path.iterdir())[0])
    os.kill(victim, signal.SIGKILL)
    results += [list(some) for some in made]
    assert results == [[2 * number] for number in range(30)]


def contents(package: Path) -> dict[str, bytes]:
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in package.rglob("*.*")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(STORY.format(2030 + number), encoding="utf-8")
    return folder


def test_a_cluster_builds_the_same_bytes(folder: Path, tmp_path: Path, address: str) -> None:
    onrecord.build([folder], tmp_path / "one")
    onrecord.build([folder], tmp_path / "many", cluster=address)
    assert contents(tmp_path / "many") == contents(tmp_path / "one")


def test_an_article_that_always_kills_its_worker_is_a_reject(
    folder: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "annotate_batch", annotate_batch)
    (folder / "kraken.txt").write_text("The kraken rose, the mayor said on Monday.\n", encoding="utf-8")
    for name, given in (("cluster", {"cluster": address}), ("processes", {"workers": 2})):
        result = onrecord.build([folder], tmp_path / name, **given)
        assert result.articles == 3
        assert [(reject.name, reject.code) for reject in result.rejects] == [("kraken.txt", "killed")]
    assert contents(tmp_path / "cluster") == contents(tmp_path / "processes")
    assert onrecord.validate(tmp_path / "cluster", onrecord.load_articles([folder])).valid


def test_a_worker_with_other_software_is_told(
    folder: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "fingerprint", lambda: "another")
    with pytest.raises(OnRecordError, match="another version of onrecord"):
        onrecord.build([folder], tmp_path / "out", cluster=address)


def test_a_cluster_that_is_not_there_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 0.5)
    with pytest.raises(OnRecordError, match=r"no cluster with a worker answers at tcp://127\.0\.0\.1:1 "):
        onrecord.build([folder], tmp_path / "out", cluster="tcp://127.0.0.1:1")


def test_a_cluster_that_is_started_again_loses_nothing(tmp_path: Path) -> None:
    """Scheduler and workers are killed while work is under way, and come again at the same address."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    worker = ["worker", address, "--nthreads", "1", "--no-dashboard"]
    work = partial(double_slowly, folder=str(tmp_path))
    with ExitStack() as stack:
        with started(*scheduler_at(port)), started(*worker):
            engine = stack.enter_context(start_engine(1, address))
            made = map_batches(engine, work, [[number] for number in range(12)])
            results = [list(next(made)) for _ in range(2)]
        stack.enter_context(started(*scheduler_at(port)))
        stack.enter_context(started(*worker))
        results += [list(some) for some in made]
    assert results == [[2 * number] for number in range(12)]
