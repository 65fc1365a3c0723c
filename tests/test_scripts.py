"""The scripts of ``bench/`` and ``train/``: each can be started, and the clocks tick."""

import doctest
import importlib
import json
import re
from pathlib import Path

import pytest
from bench import annotate, layouts
from train import corpora

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(
    f"{path.parent.name}.{path.stem}" for path in [*ROOT.glob("bench/*.py"), *ROOT.glob("train/*.py")]
)
EXTRAS = frozenset({"onnx", "safetensors", "scipy", "spacy", "tokenizers", "torch"})
"""What the extras ``bench`` and ``train`` install."""


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_can_be_loaded(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in EXTRAS:
            raise
        pytest.skip(f"{error.name} is not installed")


def test_the_readme_lists_every_script_of_bench() -> None:
    listed = re.findall(
        r"^\| `(\w+)[^`]*` \|", (ROOT / "bench" / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(f"bench.{name}" for name in listed) == [
        name for name in SCRIPTS if name.startswith("bench.")
    ]


def test_the_table_of_layouts_is_what_its_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    layouts.main()
    assert capsys.readouterr().out == (ROOT / "bench" / "layouts.md").read_text(encoding="utf-8")


def test_the_examples_of_the_corpora_hold() -> None:
    assert doctest.testmod(corpora, raise_on_error=True).attempted > 0


def test_every_stage_of_an_article_is_timed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "Lina Park left Oslo on Monday. She said the strike may end.\nThe port closed in May, officials said."
    )
    articles = tmp_path / "articles.jsonl"
    articles.write_text(json.dumps({"id": "one", "text": text}) + "\n", encoding="utf-8")
    annotate.main(articles, None)
    told = capsys.readouterr().out
    for module, function in annotate.STAGES:
        assert f"{annotate.name_stage(module, function)} " in told
    assert all(not hasattr(getattr(module, function), "__wrapped__") for module, function in annotate.STAGES)
