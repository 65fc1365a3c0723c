"""Nothing but the package stands in ``--out``; articles and kept work lie in the cache folder, safely."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

import onrecord
from onrecord import workplace
from onrecord.cli import main
from onrecord.errors import LockedError, PackageError
from onrecord.kept import FILE

TEXT = "Mayor Ines Prado said the ferry would return in June. The harbour reopened after the storm.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "ferry.txt").write_text(TEXT, encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(workplace.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def contents(package: Path) -> dict[str, bytes]:
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in package.rglob("*.*")}


def kept(cache: Path) -> list[Path]:
    return sorted(cache.rglob(FILE))


def texts(cache: Path) -> list[str]:
    """The texts of the articles that are kept, as read and as annotated."""
    (path,) = kept(cache)
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT size, data FROM kept ORDER BY row").fetchall()
    return [pa.decompress(data, size, "zstd", asbytes=True).decode(errors="replace") for size, data in rows]


def test_nothing_but_the_package_stands_in_out(folder: Path, cache: Path, tmp_path: Path) -> None:
    onrecord.build([folder], tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["datapackage", "datapackage.json"]
    for data in contents(tmp_path / "out").values():
        assert TEXT.encode() not in data
    (path,) = kept(cache)
    assert [TEXT in text for text in texts(cache)] == [True, True]
    assert (path.parent.stat().st_mode & 0o077) == 0, "the cache holds articles: it is the user's alone"
    assert not list(cache.rglob("work-*"))


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[:-9],
        lambda data: data[:5000],
        lambda data: b"!" + data[1:],
        lambda data: data[:-300] + b"!" * 300,
        lambda data: data[:4096] + b"!" * (len(data) - 4096),
    ],
)
def test_what_is_kept_and_was_cut_or_garbled_is_made_again(
    harm: Callable[[bytes], bytes], folder: Path, cache: Path, tmp_path: Path
) -> None:
    onrecord.build([folder], tmp_path / "out")
    before, read = contents(tmp_path / "out"), texts(cache)
    (path,) = kept(cache)
    path.write_bytes(harm(path.read_bytes()))
    onrecord.build([folder], tmp_path / "out")
    assert contents(tmp_path / "out") == before
    assert sorted(texts(cache)) == sorted(read)


def test_what_an_article_no_longer_needs_is_removed(folder: Path, cache: Path, tmp_path: Path) -> None:
    onrecord.build([folder], tmp_path / "out")
    assert all("June" in text for text in texts(cache))
    (folder / "ferry.txt").write_text(TEXT.replace("June", "July"), encoding="utf-8")
    onrecord.build([folder], tmp_path / "out")
    assert [("June" in text, "July" in text) for text in texts(cache)] == [(False, True)] * 2


@pytest.mark.parametrize("link", ["", "packages", "packages/KEY", "packages/KEY/work-thesis"])
def test_a_link_never_leads_to_deletion_elsewhere(
    link: str, folder: Path, cache: Path, tmp_path: Path
) -> None:
    onrecord.build([folder], tmp_path / "out")
    (key,) = (path.name for path in (cache / "packages").iterdir())
    home = tmp_path / "home"
    (home / "work-thesis").mkdir(parents=True)
    (home / "work-thesis" / "thesis.txt").write_text("years", encoding="utf-8")
    (home / "own.sqlite").write_text("mine", encoding="utf-8")
    (home / key).mkdir()
    (home / key / "own.txt").write_text("mine", encoding="utf-8")
    place = cache / link.replace("KEY", key)
    if place.exists():
        place.rename(tmp_path / "moved")
    place.symlink_to(home)
    run("build", folder, "--out", tmp_path / "out")
    run("cache", "--clear")
    assert (home / "work-thesis" / "thesis.txt").is_file()
    assert (home / "own.sqlite").is_file()
    assert (home / key / "own.txt").is_file() or link == "packages", "there it is a folder of the cache"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_may_not_be_written_is_told(folder: Path, cache: Path, tmp_path: Path) -> None:
    cache.mkdir(mode=0o500)
    with pytest.raises(PackageError, match="ONRECORD_CACHE"):
        onrecord.build([folder], tmp_path / "out")


def test_a_cache_that_cannot_be_written_is_told(folder: Path, cache: Path, tmp_path: Path) -> None:
    cache.write_text("a file", encoding="utf-8")
    result = run("build", folder, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "set ONRECORD_CACHE to a folder that can be written" in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_builds_of_one_package_do_not_use_one_workplace_at_a_time(cache: Path, tmp_path: Path) -> None:
    with workplace.work_on(tmp_path / "out"), pytest.raises(LockedError), workplace.work_on(tmp_path / "out"):
        pass
    with workplace.work_on(tmp_path / "out") as (_, work):
        assert work.is_dir()
    assert not work.exists()


def test_the_cache_is_shown_and_cleared(folder: Path, cache: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        onrecord.build([folder], tmp_path / name)
    told = json.loads(run("cache", "--json").stdout)
    assert told["folder"] == str(cache)
    assert [kept["package"] for kept in told["kept"]] == [str(tmp_path / "one"), str(tmp_path / "two")]
    assert all(kept["bytes"] > len(TEXT) for kept in told["kept"])
    assert str(tmp_path / "one") in run("cache", tmp_path / "one").stdout
    assert str(tmp_path / "two") not in run("cache", tmp_path / "one").stdout
    cleared = run("cache", tmp_path / "one", "--clear")
    assert "1 packages cleared" in cleared.stdout
    assert [kept.package for kept in workplace.list_kept()] == [str(tmp_path / "two")]
    with workplace.work_on(tmp_path / "two"):
        assert "1 in use" in run("cache", "--clear").stdout
    run("cache", "--clear")
    assert not kept(cache)
    assert (tmp_path / "two" / "datapackage.json").is_file()


def test_a_package_within_the_folder_of_its_articles_is_not_read(folder: Path, cache: Path) -> None:
    for out in (folder, folder / "deep" / "story"):
        first = onrecord.build([folder], out)
        before = contents(out / "datapackage")
        second = onrecord.build([folder], out, strict=True)
        assert (first.articles, second.articles, second.rejects) == (1, 1, ())
        assert contents(out / "datapackage") == before


def test_a_descriptor_without_tables_beside_it_is_an_input_like_any_other(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "datapackage.json").write_text("{}", encoding="utf-8")
    result = onrecord.build([folder], tmp_path / "out")
    assert [reject.name for reject in result.rejects] == ["datapackage.json"]
