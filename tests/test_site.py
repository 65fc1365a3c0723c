"""The documents as a site: recipes run, commands exist, every page is named, links lead somewhere."""

import contextlib
import io
import re
import shlex
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_shown_exist(page: Path) -> None:
    for block in SHELL.findall(page.read_text(encoding="utf-8")):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] != ["onrecord"]:
                continue
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
