"""How the commands behave to people: help with examples, quiet, replace, options from a file, explain."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import onrecord
from onrecord.cli import main
from onrecord.errors import PackageError

TEXT = "Mayor Ines Prado said the ferry would return in June. The harbour reopened after the storm.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.txt").write_text(TEXT, encoding="utf-8")
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("command", main.commands)
def test_help_shows_examples_that_are_understood(command: str) -> None:
    shown = run(command, "--help").stdout
    lines = [line.strip() for line in shown[shown.index("Examples:") :].splitlines()]
    examples = [line for line in lines if f"onrecord {command}" in line]
    assert examples
    for line in examples:
        words = line[line.index("onrecord ") :].split()[2:]
        known = [word for option in main.commands[command].params for word in option.opts]
        assert {word for word in words if word.startswith("--")} <= set(known), line


@pytest.mark.parametrize("command", main.commands)
def test_what_is_not_there_is_wrong_use_in_all_commands(command: str, tmp_path: Path) -> None:
    if command == "cache":
        return  # it tells of packages that are gone, too
    given: dict[str, list[object]] = {
        "release": ["--version", "1.0.0"],
        "sqlite": ["--out", tmp_path / "a.db"],
        "fetch": ["--out", tmp_path / "a"],
        "diff": ["nowhere"],
        "explain": ["nowhere"],
    }
    result = run(command, "nowhere", *given.get(command, []))
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


@pytest.mark.parametrize("command", main.commands)
def test_every_command_tells_its_outcome_as_json(command: str) -> None:
    assert "--json" in [word for option in main.commands[command].params for word in option.opts]


def test_the_place_of_the_package_is_said_last_and_quiet_says_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("build", folder, "--out", out).stdout.splitlines()[-1].endswith(f"{out / 'datapackage.json'}")
    (folder / "photo.jpg").write_bytes(b"x")
    quiet = run("build", folder, "--out", out, "--quiet")
    assert (quiet.output, quiet.exit_code) == ("", 0)
    for number in range(25):
        (folder / f"{number}.jpg").write_bytes(b"x")
    assert "... and 6 more; --verbose shows all" in run("build", folder, "--out", out).stderr
    assert run("build", folder, "--out", out, "--verbose").stderr.count("rejected (type)") == 26


def test_a_package_of_other_articles_is_replaced_only_when_told(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    onrecord.build(folder, out)
    before = (out / "datapackage.json").read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    (other / "tunnel.txt").write_text(TEXT.replace("ferry", "tunnel"), encoding="utf-8")
    with pytest.raises(PackageError, match=r"1 other articles, such as ferry\.txt"):
        onrecord.build(other, out)
    refused = run("build", other, "--out", out)
    assert refused.exit_code == 1 and "--replace" in refused.stderr
    assert (out / "datapackage.json").read_bytes() == before
    (other / "ferry.txt").write_text(TEXT, encoding="utf-8")
    assert run("build", other, "--out", out, "--quiet").exit_code == 0, "one article is built again"
    (other / "ferry.txt").unlink()
    (other / "tunnel.txt").rename(other / "bridge.txt")
    assert run("build", other, "--out", out, "--replace", "--quiet").exit_code == 0


def test_options_may_stand_in_a_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.onrecord.build]\nout = 'one'\nquiet = true\n", encoding="utf-8"
    )
    assert run("build", folder).output == ""
    assert (tmp_path / "one" / "datapackage.json").is_file()
    (tmp_path / "onrecord.toml").write_text("[build]\nout = 'two'\nstrict = true\n", encoding="utf-8")
    (folder / "photo.jpg").write_bytes(b"x")
    assert run("build", folder).exit_code == 3
    (folder / "photo.jpg").unlink()
    assert run("build", folder, "--out", "three").exit_code == 0
    assert (tmp_path / "three").is_dir() and not (tmp_path / "two").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[build]\nspeed = 9\n", "build has no option 'speed'; it has"),
        ("[fly]\nhigh = 1\n", "'fly' is no command"),
        ("build = 1\n", "'build' is no command; write a table"),
        ("[build]\nworkers = 'many'\n", "'many' is not a valid integer"),
        ("[build\n", "cannot be read as TOML"),
    ],
)
def test_a_file_of_options_that_is_not_understood_is_told(
    text: str, message: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "onrecord.toml").write_text(text, encoding="utf-8")
    result = run("build", folder)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_row_is_explained(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    onrecord.build(folder, out)
    claims = onrecord.load(out)["claims"]
    claim = claims[claims.speaker.notna()].iloc[0]
    told = json.loads(run("explain", claim.claim_id, out, "--articles", folder, "--json").stdout)
    assert told["table"] == "claims"
    assert f"[{claim.text}]" in told["around"] and told["around"].startswith("Mayor Ines Prado said")
    assert told["beside"]["source_id, in sources"][0]["name"] == "ferry.txt"
    assert told["beside"]["attributions by claim_id"][0]["agent"] == claim.speaker
    assert told["beside"]["made by"][0]["software"]
    shown = run("explain", claim.claim_id, out).stdout
    assert f"text: {claim.text}" in shown and "in the article" not in shown
    assert run("explain", "clm-0000000000000000", out).exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "."),
        ("release", ".", "--version", "1.0.0"),
        ("diff", ".", "."),
        ("sqlite", ".", "--out", "x.db"),
        ("xlsx", ".", "--out", "x.xlsx"),
        ("view", ".", "--out", "x.html"),
        ("review", "."),
        ("explain", "clm-0000000000000000", "."),
        ("update", ".", "--out", "."),
    ],
    ids=lambda words: words[0],
)
def test_all_commands_tell_alike_that_a_folder_holds_no_package(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 1
    assert "datapackage.json is not there" in " ".join(re.sub("[│┃]", " ", result.output).split())
    assert list(tmp_path.glob("x.*")) == []
