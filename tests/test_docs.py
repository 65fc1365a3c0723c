"""What the documents show is run as it stands, in the folder of an unpacked release."""

import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
import yaml
from click.testing import CliRunner
from small_release import release_small

from onrecord.cli import main

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: str, *kinds: str) -> list[tuple[str, str]]:
    """The blocks of those kinds: the engine, where one is told, and the code."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [(engine, code) for kind, engine, code in BLOCK.findall(text) if kind in kinds]


PYTHON = [code for _, code in blocks("docs/load.md", "python")]
SQL = blocks("docs/load.md", "sql")
SHELL = [line for _, code in blocks("docs/load.md", "sh") for line in code.splitlines()]


SHELL_COMMANDS = ["onrecord sqlite --out story.db --datasette", "onrecord xlsx . --out story.xlsx"]


def name(code: str) -> str:
    """A short name of a block: the last library that it imports."""
    return str(re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)[-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked release, and beside its tables the database that the documents make."""
    place = tmp_path_factory.mktemp("docs")
    with zipfile.ZipFile(release_small(place)) as opened:
        opened.extractall(place / "harbour")  # made by this test
    return place / "harbour"


@pytest.fixture(autouse=True)
def stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HOME", str(folder.parent / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "build"))


def test_every_way_is_shown() -> None:
    assert [name(code) for code in PYTHON] == [
        "pandas", "pandas", "onrecord", "onrecord", "pandas", "polars", "duckdb", "datasets", "mlcroissant",
    ]  # fmt: skip
    assert [engine for engine, _ in SQL] == ["duckdb", "duckdb", "sqlite"]
    assert [line for line in SHELL if line.startswith("onrecord")] == SHELL_COMMANDS


@pytest.mark.parametrize("code", PYTHON, ids=name)
def test_python_runs(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("query", [code for engine, code in SQL if engine == "duckdb"])
def test_sql_over_files_runs(query: str) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(query).fetchall()


@pytest.mark.parametrize("query", [code for engine, code in SQL if engine == "sqlite"])
def test_commands_and_sql_in_sqlite_run(query: str, folder: Path) -> None:
    for line in SHELL_COMMANDS:
        done = CliRunner().invoke(main, line.split()[1:])
        assert done.exit_code == 0, done.output
    with closing(sqlite3.connect(folder / "story.db")) as opened:
        assert len(opened.execute(query).fetchall()) == 2


@pytest.mark.parametrize("code", [code for _, code in blocks("docs/load.md", "r")])
def test_r_runs(code: str) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    there = subprocess.run([rscript, "-e", 'quit(status = !requireNamespace("arrow", quietly = TRUE))'])
    if there.returncode:
        pytest.skip("R's package arrow is not installed")
    done = subprocess.run([rscript, "-e", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_readme_of_a_release_runs() -> None:
    text = (Path() / "README.md").read_text(encoding="utf-8")
    ((_, _, code),) = [found for found in BLOCK.findall(text) if found[0] == "python"]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("workflow", ["check", "release"])
def test_workflows_do_what_a_contributor_types(workflow: str) -> None:
    told = yaml.safe_load((ROOT / ".github" / "workflows" / f"{workflow}.yml").read_text(encoding="utf-8"))
    steps = told["jobs"][workflow]["steps"]
    assert any(step.get("run") == ".ci/run" for step in steps)
    commands = "\n".join(step.get("run", "") for step in steps)
    for command in re.findall(r"\.venv/bin/onrecord (\w+)", commands):
        assert command in main.commands
    assert all(re.search(r"@(?:[0-9a-f]{40}|v[0-9]+)$", step["uses"]) for step in steps if "uses" in step)
    assert told["permissions"] == {"contents": "read"}
