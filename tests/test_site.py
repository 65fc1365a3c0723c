"""The documents as a site: recipes run, commands exist, every page is named, links lead somewhere."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from onrecord.cli import main

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECIPES = PYTHON.findall((ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", RECIPES)
def test_a_recipe_runs_and_shows_something(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "recipes.md", "exec"), {})  # noqa: S102 - the code is ours
    assert out.getvalue().strip() or "assert " in code


def test_the_tutorial_runs_from_folder_to_release(tmp_path: Path) -> None:
    """Its blocks, one after the other, as somebody types them; then the commands of the recipes."""
    text = "\n".join(
        (ROOT / "docs" / page).read_text(encoding="utf-8") for page in ("tutorial.md", "recipes.md")
    )
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "onrecord"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m onrecord "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    path = f"{tmp_path / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT / "build")}
    told = ""
    shown = re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for kind, code in (block for block in shown if block[1] not in RECIPES):
        words = ["bash", "-euo", "pipefail", "-c"] if kind == "sh" else [sys.executable, "-c"]
        done = subprocess.run([*words, code], cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"
        told += done.stdout
    assert "in the articles: valid" in told
    assert "Tor Ekman" in told
    assert "- sources: 1 row" in told
    assert "nothing is wrong" in told
    made = {"story", "story.html", "story.db", "story.metadata.json", "story.xlsx"}
    assert made <= {entry.name for entry in tmp_path.iterdir()}
    releases = sorted(entry.name for entry in (tmp_path / "dist").iterdir())
    assert releases == ["story-1.0.0.zip", "story-1.1.0.zip"]
    assert sorted(entry.name for entry in (tmp_path / "story").iterdir()) == [
        "datapackage",
        "datapackage.json",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_shown_exist(page: Path) -> None:
    for block in SHELL.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            if not line.startswith("onrecord "):
                continue
            words = shlex.split(line, comments=True)
            known = {word for option in main.commands[words[1]].params for word in option.opts}
            assert {word for word in words[2:] if word.startswith("-")} <= known, line


def test_the_navigation_names_every_page() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    named = [page for entry in site["nav"] for page in entry.values()]
    assert sorted(named) == [page.name for page in PAGES]
    assert site["strict"] is True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
