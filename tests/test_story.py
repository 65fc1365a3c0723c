"""The notebook on the seed story runs, draws the same charts twice, and says what the page says."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
CHARTS = ("story-timeline.svg", "story-voices.svg")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """What the notebook prints, and its charts, run on a copy of the package."""
    root = tmp_path_factory.mktemp("story")
    (root / "docs").mkdir()
    shutil.copy(ROOT / "datapackage.json", root)
    shutil.copytree(ROOT / "datapackage", root / "datapackage")
    book = nbformat.read(ROOT / "docs" / "story.ipynb", as_version=4)  # type: ignore[no-untyped-call]  # it has no types
    NotebookClient(book, timeout=180, resources={"metadata": {"path": str(root / "docs")}}).execute()
    printed = "".join(
        output.text
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )
    return printed, {name: (root / "docs" / name).read_text(encoding="utf-8") for name in CHARTS}


def test_the_page_says_what_the_notebook_says(told: tuple[str, dict[str, str]]) -> None:
    page = (ROOT / "docs" / "story.md").read_text(encoding="utf-8")
    answers = [line for line in told[0].splitlines() if line.endswith(".") and not line[0].isdigit()]
    answers += [line for line in told[0].splitlines() if " known origins " in line]
    assert len(answers) == 4
    for answer in answers:
        assert answer in page


def test_the_charts_are_those_of_the_package(told: tuple[str, dict[str, str]]) -> None:
    for name, drawn in told[1].items():
        labels = drawn.count("<!-- ")
        kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert labels > 5
        assert [line for line in kept.splitlines() if "<!--" in line] == [
            line for line in drawn.splitlines() if "<!--" in line
        ]
