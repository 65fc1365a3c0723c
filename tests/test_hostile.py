"""What others put in a build's way ends in a reject or a line that says what is wrong: never in a traceback,
a build that waits for ever, or bytes that command a terminal."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from small_release import write_small

import onrecord
from onrecord import printing
from onrecord.cli import main
from onrecord.model import Article, Notice, Reject
from onrecord.reading import streams
from onrecord.reading.read import parse, scan

TEXT = "The mayor, Ana Ruiz, said on Tuesday that the bridge would close.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "bridge.txt").write_text(TEXT, encoding="utf-8")
    return folder


def run(*words: object) -> Result:
    """A command that ends by itself and has told people what it has to tell."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def read(folder: Path) -> list[Article | Reject]:
    found = [item for item in scan([folder]) if not isinstance(item, Notice)]
    return [item if isinstance(item, Reject) else parse(item) for item in found]


# --- files beside the articles

NESTED = "keywords = " + "[" * 5000 + "]" * 5000
FAULTS: dict[str, tuple[str, bytes, str]] = {
    "entities not UTF-8": ("entities.csv", b"name,type\n\xff,person\n", "entities.csv:2: is not UTF-8"),
    "corrections not UTF-8": ("corrections.csv", b"\xff\n", "corrections.csv:1: is not UTF-8"),
    "sources not UTF-8": ("sources.csv", b"\xff\n", "sources.csv:1: is not UTF-8"),
    "NUL": ("entities.csv", b"name,type\nAna\0,person\n", "entities.csv:2: holds NUL"),
    "a long cell": (
        "entities.csv",
        b"name,type\n" + b"x" * 140_000 + b",person\n",
        "entities.csv:2: not CSV",
    ),
    "quotes": ("corrections.csv", b'"date"x,action\n', "corrections.csv:1: not CSV"),
    "an empty file": ("entities.csv", b"", "the column 'name' is missing"),
    "deep TOML": ("package.toml", NESTED.encode(), "nested too deeply"),
    "a day before time": ("package.toml", b"created = 0001-01-01T00:00:00+14:00\n", "is out of range"),
    "a long number": ("package.toml", b"created = " + b"1" * 5000 + b"\n", "is not TOML"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_file_beside_the_articles_is_told(folder: Path, tmp_path: Path, name: str) -> None:
    file, data, told = FAULTS[name]
    (folder / file).write_bytes(data)
    result = run("build", folder, "--out", tmp_path / "out")
    assert result.exit_code in (1, 3)
    assert told in result.stderr
    assert not (tmp_path / "out" / "datapackage.json").exists()


def test_a_number_of_many_digits_in_corrections_is_told(folder: Path, tmp_path: Path) -> None:
    head = "date,action,table,source,text,occurrence,expects,value,reason\n"
    row = f"2026-04-29,drop,dates,bridge.txt,Tuesday,{'1' * 5000},,,why\n"
    (folder / "corrections.csv").write_text(head + row, encoding="utf-8")
    assert "occurrence is" in run("build", folder, "--out", tmp_path / "out").stderr


@pytest.mark.parametrize("file", ["sources.csv", "entities.csv", "corrections.csv", "package.toml"])
@pytest.mark.parametrize("kind", ["dangling link", "folder", "pipe"])
def test_what_is_no_file_beside_the_articles_is_told(
    folder: Path, tmp_path: Path, file: str, kind: str
) -> None:
    path = folder / file
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere")
    result = run("build", folder, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert f"{file}: cannot be read" in result.stderr


# --- one bad input

FRONT = {
    "beyond Unicode": 'title: "\\UFFFFFFFF"',
    "just beyond Unicode": 'title: "\\U00110000"',
    "a version of many digits": "%YAML 1." + "1" * 5000,
}


@pytest.mark.parametrize("name", FRONT)
def test_front_matter_that_breaks_its_reader_is_a_reject(folder: Path, name: str) -> None:
    (folder / "bad.md").write_text(f"---\n{FRONT[name]}\n---\n{TEXT}", encoding="utf-8")
    bad, good = read(folder)
    assert isinstance(bad, Reject)
    assert bad.code == "front-matter"
    assert isinstance(good, Article)


@pytest.mark.parametrize("field", ["author", "title", "publisher", "credit", "license", "id"])
def test_a_field_longer_than_the_limit_is_a_reject(folder: Path, field: str) -> None:
    record = {"id": "long", "text": TEXT, field: "x" * 5000}
    (folder / "long.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    _, found = read(folder)
    assert isinstance(found, Reject)
    assert found.code == "metadata"
    assert "4,096 characters" in found.message
    assert len(found.message) < 300


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_lines_without_end_are_given_up(folder: Path, ending: str) -> None:
    record = json.dumps({"id": "first", "text": TEXT}).encode() + b"\n"
    data = record + b"\n" * 150_000 + record.replace(b"first", b"second")
    if ending == "jsonl.gz":
        data = gzip.compress(data)
    elif ending == "jsonl.zst":
        data = pa.compress(data, "zstd", asbytes=True)
    (folder / f"lines.{ending}").write_bytes(data)
    _, first, found = read(folder)
    assert isinstance(found, Reject)
    assert (first.name, found.code, found.name) == ("first", "too-large", f"lines.{ending}:100002")


def test_a_packed_file_may_not_unpack_to_anything(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ROOM", 2**20)
    line = json.dumps({"text": TEXT, "title": "x" * 4000}).encode() + b"\n"
    (folder / "lines.jsonl.gz").write_bytes(gzip.compress(line * 2000))
    last = [item for item in scan([folder]) if isinstance(item, Reject)]
    assert [(item.code, "over 100 times its size" in item.message) for item in last] == [("too-large", True)]


# --- packages of others


def hostile(folder: Path, change: Callable[[Any], Any]) -> Path:
    """A valid package, but for its descriptor."""
    path = write_small(folder).folder / "datapackage.json"
    changed = change(json.loads(path.read_bytes()))
    path.write_text(changed if isinstance(changed, str) else json.dumps(changed), encoding="utf-8")
    return folder


def put(descriptor: Any, key: str, value: object) -> Any:
    place = descriptor["resources"][0] if key == "path" else descriptor
    place[key] = value
    return descriptor


DESCRIPTORS: dict[str, Callable[[Any], Any]] = {
    "deep": lambda found: "[" * 200_000,
    "deep and whole": lambda found: json.dumps(found)[:-1] + ', "x": ' + "[" * 5000 + "]" * 5000 + "}",
    "a path with half a pair": lambda found: put(found, "path", "datapackage/\ud800.csv"),
    "a title with half a pair": lambda found: put(found, "title", "\ud800"),
    "a version with half a pair": lambda found: put(found, "version", "\ud800"),
    "a number of many digits": lambda found: json.dumps(found)[:-1] + ', "x": ' + "1" * 5000 + "}",
    "no number": lambda found: json.dumps(found)[:-1] + ', "x": NaN}',
    "twice": lambda found: json.dumps(found)[:-1] + ', "resources": []}',
    "an odd title": lambda found: put(found, "title", ["no", "text"]),
    "an odd version": lambda found: put(found, "version", {"a": 1}),
}
COMMANDS: dict[str, list[str]] = {
    "validate": ["validate", "BAD"],
    "review": ["review", "BAD"],
    "diff": ["diff", "BAD", "GOOD"],
    "sqlite": ["sqlite", "BAD", "--out", "made.db"],
    "release": ["release", "BAD", "--version", "1.0.0", "--out", "dist"],
    "previous": ["build", "ARTICLES", "--out", "made", "--previous", "BAD"],
    "build": ["build", "ARTICLES", "--out", "BAD"],
    "verify": ["verify", "BAD/datapackage.json"],
}


@pytest.mark.parametrize("descriptor", DESCRIPTORS)
def test_no_command_stumbles_over_a_descriptor(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, descriptor: str
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"ARTICLES": "articles", "GOOD": "good", "BAD": "bad"}
    hostile(tmp_path / "bad", DESCRIPTORS[descriptor])
    write_small(tmp_path / "good")
    before = (tmp_path / "bad" / "datapackage.json").read_bytes()
    for command, words in COMMANDS.items():
        result = run(*(places.get(word, word.replace("BAD", "bad")) for word in words))
        if "odd" in descriptor and command not in ("validate", "release"):
            continue  # which go by the tables
        assert result.exit_code == 1, (command, result.output)
        assert result.output.strip(), command
        assert (tmp_path / "bad" / "datapackage.json").read_bytes() == before


@pytest.mark.parametrize("file", ["datapackage.json", "datapackage/claims.parquet", "datapackage/claims.csv"])
def test_a_pipe_in_a_package_holds_nobody_up(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_small(tmp_path / "good")
    path = write_small(tmp_path / "bad").folder / file
    path.unlink()
    os.mkfifo(path)
    places = {"ARTICLES": "articles", "GOOD": "good", "BAD": "bad"}
    for command, words in COMMANDS.items():
        if command == "build" and file != "datapackage.json":
            continue  # which replaces tables
        result = run(*(places.get(word, word.replace("BAD", "bad")) for word in words))
        assert result.exit_code == 1, (command, result.output)


# --- what reaches a terminal

ESCAPES = "\x1b]0;pwned\x07 \u202egnp \x9b31m \ud800"


def test_nothing_of_others_commands_the_terminal(folder: Path, tmp_path: Path) -> None:
    (folder / "entities.csv").write_text(
        "name,type,aliases\nAna Ruiz [/x],person,Ana Ruiz\n", encoding="utf-8"
    )
    words = (
        "Perhaps officials close it, it was said by some who knew of it, or so they say in Halden by night. "
    )
    odd = (
        "Mayor Ana Ruiz left Oslo on Monday. Lawyer Anna Ruiz met the board. \x1b]0;pwned\x07 "
        f"“We will go [/x] \u202e,” Anna Ruiz said. {words}"
    )
    (folder / "odd.txt").write_text(odd * 2, encoding="utf-8")
    out = tmp_path / "o[/x]\x1b[31m"
    told = [run("build", folder, "--out", out), run("build", folder, "--out", out, "--json")]
    told += [run("validate", out), run("review", out, "--articles", folder)]
    told += [run("review", out, "--articles", folder, "--json"), run("diff", out, out)]
    write_small(tmp_path / "old")
    found = json.loads((tmp_path / "old" / "datapackage.json").read_bytes())
    found["version"] = ESCAPES[:-1]
    (tmp_path / "old" / "datapackage.json").write_text(json.dumps(found), encoding="utf-8")
    told.append(run("diff", tmp_path / "old", out))
    told.append(run("validate", tmp_path / "none\x1b[31m"))
    for result in told:
        assert not set(result.output) & set(ESCAPES.replace("\ud800", "")) - set("]0;pwnedg 31m"), (
            result.output
        )
    assert "[/x]" in told[3].output
    assert json.loads(told[4].stdout)["findings"]


def test_what_is_escaped_in_json_is_read_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"name": "Zoë \U000e0041 \u202e \x7f \x85 日本 \U0001f600"}
    printing.print_json(value)
    line = capsys.readouterr().out
    assert json.loads(line) == value
    assert "日本 \U0001f600" in line
    assert "\u202e" not in line


# --- processes

COMMAND = [sys.executable, "-m", "onrecord", "build"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(onrecord.__file__).parents[1])}


def test_a_closed_standard_input_is_told(tmp_path: Path) -> None:
    line = f"exec {sys.executable} -m onrecord build - --out out <&-"
    done = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "standard input, which is closed" in done.stderr


@pytest.mark.parametrize("wait", ["nan", "inf"])
def test_a_time_to_wait_is_a_number(folder: Path, tmp_path: Path, wait: str) -> None:
    result = run("build", folder, "--out", tmp_path / "out", "--wait", wait)
    assert result.exit_code == 2
    assert "not a number of seconds" in result.stderr


def test_standard_output_of_any_encoding(folder: Path, tmp_path: Path) -> None:
    (folder / "empty 日本.txt").write_bytes(b"")
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(
        [*COMMAND, str(folder), "--out", str(tmp_path / "日本")],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert rb"empty \u65e5\u672c.txt" in done.stderr


def test_names_are_utf8_whatever_the_locale(folder: Path, tmp_path: Path) -> None:
    """A C locale without UTF-8 mode gives Python another encoding for the names of files."""
    for name in ("café.txt", "日本.txt"):
        (folder / name).write_text(TEXT + name, encoding="utf-8")
    found = []
    for number, environment in enumerate(
        ({}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    ):
        out = tmp_path / str(number)
        subprocess.run(
            [*COMMAND, str(folder), "--out", str(out)],
            env={**ENVIRONMENT, **environment},
            capture_output=True,
            check=True,
        )
        found.append({path.name: path.read_bytes() for path in (out / "datapackage").iterdir()})
    assert found[0] == found[1]
    assert "日本.txt" in found[0]["sources.csv"].decode()


def children_of(session: int) -> list[int]:
    """The processes of a session that are still there."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at Linux's list of processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_a_build_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    lines = (json.dumps({"id": str(n), "text": f"{TEXT} {n} {TEXT * 40}"}) for n in range(600))
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [*COMMAND, "articles.jsonl", "--out", "out", "--workers", "2"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**ENVIRONMENT, "ONRECORD_CACHE": str(tmp_path / "cache")},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as building:
        assert building.stderr is not None
        for line in building.stderr:
            if line.startswith("annotate"):
                break
        building.send_signal(number)
        said = building.stderr.read()
        building.wait(60)
        until = time.monotonic() + 30
        while (left := children_of(building.pid)) and time.monotonic() < until:
            time.sleep(0.1)
    assert left == []
    assert "Traceback" not in said
    if number != signal.SIGKILL:
        assert building.returncode == 128 + number
        assert f"stopped by {number.name}" in said
        assert not (tmp_path / "out").exists()
