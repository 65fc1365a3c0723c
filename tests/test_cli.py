"""The command line as a person and a program meet it: what is printed where, and the exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from onrecord.cli import main
from onrecord.packaging.publish import stage

TEXT = "Mayor Ines Prado said the ferry would return in June. The harbour reopened after the storm.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.txt").write_text(TEXT, encoding="utf-8")
    return folder


def run(*words: object, given: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=given)


def test_build_tells_articles_rows_and_rejects(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    result = run("build", folder, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "1 articles, 1 rejected" in result.stdout
    assert "claims" in result.stdout
    assert "rejected (empty): empty.txt" in result.stderr


def test_build_for_programs(folder: Path, tmp_path: Path) -> None:
    result = run("build", folder, "--out", tmp_path / "out", "--json")
    told = json.loads(result.stdout)
    assert told["articles"] == 1
    assert told["rows"]["sources"] == 1
    assert set(told) == {"package", "articles", "rejects", "rows", "seconds", "asked", "warnings"}


def test_build_reads_json_lines_from_standard_input(tmp_path: Path) -> None:
    line = json.dumps({"id": "ferry", "text": TEXT})
    result = run("build", "-", "--out", tmp_path / "out", "--json", given=line + "\n")
    assert result.exit_code == 0, (result.output, result.exc_info)
    assert json.loads(result.stdout)["articles"] == 1


def test_where_there_is_no_terminal_progress_is_plain_lines(folder: Path, tmp_path: Path) -> None:
    result = run("build", folder, "--out", tmp_path / "out", "--json")
    assert "annotate: 0 of 1 articles\n" in result.stderr
    assert "\x1b" not in result.output


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["build", "nowhere"], 2, "nowhere"),
        (["build", "-", "."], 2, "- is read alone"),
        (["build", "--workers", "0"], 2, "--workers"),
        (["validate", "nowhere"], 2, "nowhere"),
        (["fly"], 2, "fly"),
    ],
)
def test_exit_codes(words: list[str], code: int, message: str) -> None:
    result = run(*words)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_strict_and_locked_have_codes_of_their_own(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    assert run("build", folder, "--out", tmp_path / "out", "--strict").exit_code == 3
    with stage(tmp_path / "out"):
        assert run("build", folder, "--out", tmp_path / "out").exit_code == 4


def test_validate_says_what_is_wrong_where(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("build", folder, "--out", out)
    good = run("validate", out, "--articles", folder)
    assert good.exit_code == 0
    assert good.stdout.strip().endswith("valid")
    claims = out / "datapackage" / "claims.csv"
    claims.write_bytes(claims.read_bytes().replace(b"ferry", b"fairy"))
    bad = run("validate", out)
    assert bad.exit_code == 1
    assert "hash" in bad.stdout
    assert "claims" in bad.stdout
    told = json.loads(run("validate", out, "--json").stdout)
    assert told["valid"] is False
    assert {"code", "table", "row", "field", "message"} == set(told["problems"][0])


def test_validate_proves_spans_against_the_articles(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("build", folder, "--out", out)
    (folder / "ferry.txt").write_text(TEXT.replace("ferry", "train"), encoding="utf-8")
    result = run("validate", out, "--articles", folder, "--json")
    assert result.exit_code == 1
    assert {problem["code"] for problem in json.loads(result.stdout)["problems"]} == {"article-changed"}


def test_every_command_and_option_says_what_it_does() -> None:
    for name, command in main.commands.items():
        assert command.help, name
        for option in command.params:
            assert isinstance(option, click.Argument) or getattr(option, "help", None), (name, option)


def test_python_m_is_the_same_command() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "onrecord", "--version"], check=True, capture_output=True, text=True
    )
    assert found.stdout.startswith("onrecord, version ")
