"""The page as a file: whole, closed to the network, with what the package has and nothing it has not."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from story_articles import HOSTILE, write_articles

import onrecord
from onrecord.cli import main
from onrecord.errors import PackageError
from onrecord.packaging.package import read_package
from onrecord.packaging.schema import DAYS
from onrecord.viewing.contents import dump
from onrecord.viewing.page import write_page


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the articles in ``in`` and their package in ``package``."""
    folder = tmp_path_factory.mktemp("story")
    write_articles(folder / "in")
    onrecord.build([folder / "in"], folder / "package")
    return folder


def view(story: Path, *more: str) -> str:
    """The page that the command writes, its script and data taken out of the markup by the caller."""
    out = story / "page.html"
    run = CliRunner().invoke(main, ["view", str(story / "package"), "--out", str(out), *more])
    assert run.exit_code == 0, run.output
    return out.read_text(encoding="utf-8")


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_policy_allows_this_style_and_script_alone_and_no_requests(story: Path) -> None:
    page = view(story, "--articles", str(story / "in"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1].startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inline,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert not re.search(r'\s(?:src|href)="(?!#)', page.replace(inline, ""))
    assert "unsafe" not in policy[1]


def test_hostile_text_stays_in_the_data(story: Path) -> None:
    page = view(story, "--articles", str(story / "in"))
    assert page.count("<script") == 2 and "onerror='" not in page.replace(dump(HOSTILE)[1:-1], "")
    assert HOSTILE in [held["text"] for held in data_of(page)["texts"].values()]  # type: ignore[attr-defined]


def test_without_articles_no_text_is_in_the_page(story: Path) -> None:
    page = view(story)
    assert data_of(page)["texts"] is None
    assert "Storm" not in page


def test_the_same_package_gives_the_same_page(story: Path) -> None:
    assert view(story, "--articles", str(story / "in")) == view(story, "--articles", str(story / "in"))


def test_all_columns_of_the_package_are_in_the_page(story: Path) -> None:
    tables = data_of(view(story))["tables"]
    assert isinstance(tables, dict)
    for name, file in read_package(story / "package").parquet.items():
        if name not in ("merged_ids", "activities"):
            table = pq.read_table(story / "package" / file.path)
            assert tables[name]["rows"] == table.num_rows
            day, _ = DAYS.get(name, (None, None))
            assert list(tables[name]["columns"]) == [column for column in table.column_names if column != day]
            for column, cells in tables[name]["columns"].items():
                if isinstance(cells, dict):
                    cells = [None if n < 0 else cells["words"][n] for n in cells["of"]]
                assert cells == table[column].to_pylist()


def test_corrections_of_the_build_are_carried_into_the_page(story: Path, tmp_path: Path) -> None:
    (story / "in" / "corrections.csv").write_text("date,action\n", encoding="utf-8")
    try:
        assert data_of(view(story, "--articles", str(story / "in")))["corrections"] == "date,action\n"
    finally:
        (story / "in" / "corrections.csv").unlink()
    assert data_of(view(story, "--articles", str(story / "in")))["corrections"] == ""


def test_only_a_page_of_ours_is_replaced(story: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.html"
    letter.write_text("<p>mine</p>", encoding="utf-8")
    with pytest.raises(PackageError, match="is no page of onrecord"):
        write_page(read_package(story / "package"), letter)
    assert letter.read_text(encoding="utf-8") == "<p>mine</p>"


def test_articles_of_another_story_are_told(story: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("Something else happened in Halden on Monday.\n", encoding="utf-8")
    run = CliRunner().invoke(main, ["view", str(story / "package"), "--articles", str(tmp_path)])
    assert run.exit_code == 1
    assert "none of the articles is one that" in run.output


def test_a_broken_table_is_told(story: Path, tmp_path: Path) -> None:
    write_articles(tmp_path / "in")
    onrecord.build([tmp_path / "in"], tmp_path / "package")
    (tmp_path / "package" / "datapackage" / "events.parquet").write_bytes(b"no Parquet")
    run = CliRunner().invoke(main, ["view", str(tmp_path / "package"), "--out", str(tmp_path / "page.html")])
    assert run.exit_code == 1 and "cannot be read" in run.output
    assert not (tmp_path / "page.html").exists()
