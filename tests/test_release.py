"""A release holds what it should and nothing that nobody said; the same inputs give the same bytes."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import mlcroissant
import pytest
import yaml
from click.testing import CliRunner
from small_package import ARTICLES, make_rows
from small_release import FULL, PLAIN, release_small, write_small

from onrecord.cli import main
from onrecord.errors import InputError, PackageError
from onrecord.model import Annotated
from onrecord.packaging import schema
from onrecord.packaging.metadata import METADATA, load_metadata
from onrecord.packaging.package import Contributor, License
from onrecord.pipeline import describe
from onrecord.releasing.catalog import describe_dataset
from onrecord.releasing.release import DOCUMENTS, make_release


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_small(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_small(tmp_path_factory.mktemp("full"), FULL)


def read(release: Path, name: str) -> str:
    with zipfile.ZipFile(release) as opened:
        return opened.read(name).decode()


def read_json(release: Path, name: str) -> dict[str, Any]:
    found = json.loads(read(release, name))
    assert isinstance(found, dict)
    return found


def test_frictionless_checks_every_table_of_the_zip(full: Path) -> None:
    report = frictionless.validate(str(full))
    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) == 2 * len(schema.load())
    tables = [task for task in report.tasks if task.type == "table"]
    assert [task.name for task in tables] == list(schema.TABLES)
    assert [task.stats["rows"] for task in tables] == [len(make_rows()[name]) for name in schema.TABLES]


def test_everything_is_there_and_nothing_else(plain: Path) -> None:
    with zipfile.ZipFile(plain) as opened:
        names = opened.namelist()
    tables = [f"datapackage/{name}.{kind}" for name in schema.TABLES for kind in ("csv", "parquet")]
    assert names == sorted([*tables, *DOCUMENTS, "datapackage.json", "SHA256SUMS"])
    assert plain.name == "harbour-1.0.0.zip"


def test_sha256sum_agrees_with_the_checksums(plain: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(plain) as opened:
        opened.extractall(tmp_path)  # made by this test
    for line in (tmp_path / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0


def test_same_inputs_same_bytes_on_any_machine(plain: Path, tmp_path: Path) -> None:
    folder = plain.parent.parent / "package"
    for path in (folder / "datapackage").iterdir():
        os.utime(path, (1, 1))
    code = (
        "import os, sys; from pathlib import Path; os.umask(0o077)\n"
        "from onrecord.releasing.release import make_release\n"
        "make_release(Path(sys.argv[1]), '1.0.0', Path(sys.argv[2]))\n"
    )
    others = {"PYTHONHASHSEED": "5", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONUTF8": "0"}
    environment = os.environ | others | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code, folder, tmp_path], env=environment, check=True)
    assert (tmp_path / plain.name).read_bytes() == plain.read_bytes()


def test_the_version_is_the_release_s_and_all_else_the_package_s(plain: Path) -> None:
    before = json.loads((plain.parent.parent / "package" / "datapackage.json").read_text())
    after = read_json(plain, "datapackage.json")
    assert after.pop("version") == "1.0.0"
    assert after == before


@pytest.mark.parametrize(
    "version", ["", "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0/../../x", "1.0.0\n"]
)
def test_a_version_of_another_form_is_refused(plain: Path, tmp_path: Path, version: str) -> None:
    with pytest.raises(PackageError, match="is not a version"):
        make_release(plain.parent.parent / "package", version, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_not_valid_is_not_released(tmp_path: Path) -> None:
    rows = make_rows()
    rows["claim_entities"][0]["entity_id"] = "ent-0000000000000000"
    write_small(tmp_path / "package", rows)
    with pytest.raises(PackageError, match=r"is not released: .*ent-0000000000000000"):
        make_release(tmp_path / "package", "1.0.0", tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


@pytest.mark.parametrize("name", ["../harbour", "Harbour", ""])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    write_small(tmp_path / "package", metadata=replace(PLAIN, name=name))
    with pytest.raises(PackageError, match="name"):
        make_release(tmp_path / "package", "1.0.0", tmp_path / "dist")
    assert [entry.name for entry in tmp_path.iterdir()] == ["package"]


def test_a_version_is_released_once(tmp_path: Path) -> None:
    path = release_small(tmp_path)
    data = path.read_bytes()
    assert make_release(tmp_path / "package", "1.0.0", tmp_path / "dist").path.read_bytes() == data
    rows = make_rows()
    rows["entities"][0]["name"] = "Ana Ruiz Vega"
    write_small(tmp_path / "other", rows)
    with pytest.raises(PackageError, match="released once"):
        make_release(tmp_path / "other", "1.0.0", tmp_path / "dist")
    assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


def test_the_change_log_is_carried_on(tmp_path: Path) -> None:
    first = release_small(tmp_path)
    rows = make_rows()
    rows["entities"][0]["name"] = "Ana Ruiz Vega"
    write_small(tmp_path / "second", rows)
    with pytest.raises(PackageError, match=r"is version 1\.0\.0 too"):
        make_release(tmp_path / "second", "1.0.0", tmp_path / "dist", previous=first)
    second = make_release(tmp_path / "second", "1.1.0", tmp_path / "dist", previous=first)
    third = make_release(tmp_path / "second", "1.1.1", tmp_path / "dist", previous=second.path)
    assert second.changes is not None
    assert second.changes.total("changed") == 1
    log = read(third.path, "CHANGELOG.md")
    heads = [line for line in log.splitlines() if line.startswith("## ")]
    assert heads == ["## [1.1.1]", "## [1.1.0]", "## [1.0.0]"]
    assert "No row was added, removed or changed since version 1.1.0." in log
    assert "- entities: 1 row (name 1)" in log


def test_no_licence_author_or_date_is_made_up(plain: Path) -> None:
    assert "have stated no licence" in read(plain, "LICENSE-DATA.md")
    for name in ("dataset.jsonld", "croissant.json", "datapackage.json"):
        told = read_json(plain, name)
        absent = {
            "license",
            "licenses",
            "creator",
            "contributors",
            "created",
            "dateCreated",
            "datePublished",
            "url",
        }
        assert not absent & set(told), name
    citation = yaml.safe_load(read(plain, "CITATION.cff"))
    assert citation["authors"] == [{"name": "The contributors to harbour"}]
    assert not {"license", "license-url", "date-released", "url"} & set(citation)


def test_what_is_told_stands_in_every_description(full: Path) -> None:
    license_url = "https://creativecommons.org/licenses/by/4.0/"
    assert license_url in read(full, "LICENSE-DATA.md")
    citation = yaml.safe_load(read(full, "CITATION.cff"))
    assert {key: citation[key] for key in ("cff-version", "type", "version", "url", "license-url")} == {
        "cff-version": "1.2.0",
        "type": "dataset",
        "version": "1.0.0",
        "url": "https://example.org/harbour",
        "license-url": license_url,
    }
    assert citation["authors"] == [{"name": "A. Person", "website": "https://example.org/person"}]
    dataset = read_json(full, "dataset.jsonld")
    assert dataset["@type"] == "Dataset"
    assert dataset["license"] == [license_url]
    assert dataset["dateCreated"] == "2025-03-04"
    assert [article["headline"] for article in dataset["isBasedOn"]] == ["Harbour talks fail", "No address"]
    assert len(dataset["distribution"]) == 2 * len(schema.load())
    package = read_json(full, "datapackage.json")
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["contributors"][0]["roles"] == ["creator"]
    assert "“no”, mostly" in read(full, "README.md")


def test_thousands_of_articles_are_not_listed_one_by_one(full: Path) -> None:
    told = read_json(full, "datapackage.json")
    told["sources"] = [{"title": "One"}] * 1001
    assert json.loads(describe_dataset(told))["isBasedOn"] == []


def test_the_software_s_licence_is_not_the_data_s(plain: Path) -> None:
    text = read(plain, "LICENSE-SOFTWARE.txt")
    assert text == (Path(__file__).parent.parent / "LICENSE").read_text(encoding="utf-8")
    assert "It does not apply to the data" in read(plain, "LICENSE-DATA.md")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("which", ["plain", "full"])
def test_croissant_s_own_library_reads_every_table(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with zipfile.ZipFile(request.getfixturevalue(which)) as opened:
        opened.extractall(tmp_path)  # made by this test
    dataset = mlcroissant.Dataset(tmp_path / "croissant.json")
    assert not dataset.metadata.ctx.issues.errors
    unsaid = {"datePublished"} if which == "full" else {"datePublished", "license"}
    assert len(dataset.metadata.ctx.issues.warnings) == len(unsaid)
    assert all(any(name in told for name in unsaid) for told in dataset.metadata.ctx.issues.warnings)
    for name, rows in make_rows().items():
        found = list(dataset.records(name))
        assert len(found) == len(rows)
        assert set(found[0]) == {f"{name}/{field}" for field in schema.load()[name].names}


def write_toml(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / METADATA).write_text(text, encoding="utf-8")
    return folder


def test_people_tell_what_articles_cannot(tmp_path: Path) -> None:
    folder = write_toml(
        tmp_path / "articles",
        """
        name = "dock-strike"
        title = "The dock strike"
        homepage = "https://example.org/"
        created = 2025-04-01T14:00:00+02:00
        keywords = ["docks"]
        [[licenses]]
        name = "CC0-1.0"
        [[contributors]]
        title = "A. Person"
        roles = ["creator", "editor"]
        """,
    )
    told = load_metadata([tmp_path, folder], PLAIN)
    assert (told.name, told.title, told.description) == ("dock-strike", "The dock strike", PLAIN.description)
    assert told.created == "2025-04-01T12:00:00Z"
    assert told.licenses == (License("CC0-1.0"),)
    assert told.contributors == (Contributor("A. Person", None, ("creator", "editor")),)
    assert load_metadata([tmp_path], PLAIN) == PLAIN


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name = ", "is not TOML"),
        ('licence = "x"', "unknown key 'licence'"),
        ('name = "Dock Strike"', "small letters"),
        ('name = "../x"', "small letters"),
        ("title = 3", "title: must be a text"),
        ('title = " "', "title: must be a text"),
        ('homepage = "example.org"', "must be an address"),
        ('created = "2025"', "must be a date"),
        ("created = 2025-04-01T14:00:00", "needs its zone"),
        ('keywords = "one"', "must be a list"),
        ('licenses = "MIT"', "[[licenses]]"),
        ('[[licenses]]\ntitle = "x"', "licenses 1: name is missing"),
        ('[[licenses]]\nname = "x"\npath = "file:///x"', "must be an address"),
        ('[[contributors]]\ntitle = "A"\nemail = "a@b"', "unknown key 'email'"),
    ],
)
def test_what_is_not_of_its_form_is_told(tmp_path: Path, text: str, word: str) -> None:
    folder = write_toml(tmp_path / "articles", text)
    with pytest.raises(InputError) as caught:
        load_metadata([folder], PLAIN)
    assert METADATA in str(caught.value)
    assert word in str(caught.value)


def test_a_build_takes_what_people_tell(tmp_path: Path) -> None:
    folder = write_toml(tmp_path / "articles", 'title = "The dock strike"')
    annotated = [Annotated(article, (), (), (), (), (), ()) for article in ARTICLES]
    told = describe(annotated, [folder])
    assert told.title == "The dock strike"
    assert told.created == f"{ARTICLES[0].published}T00:00:00Z"
    assert [reference.title for reference in told.sources] == [article.name for article in ARTICLES]
    assert replace(told, title="") == replace(describe(annotated), title="")


def test_the_seeds_are_described() -> None:
    told = load_metadata([Path(__file__).parent.parent / "seeds"], PLAIN)
    assert told.name == "white-house-anthropic"
    assert (told.licenses, told.contributors) == ((), ())


def test_two_descriptions_are_one_too_many(tmp_path: Path) -> None:
    folders = [write_toml(tmp_path / name, 'title = "x"') for name in ("a", "b")]
    with pytest.raises(InputError, match="keep one"):
        load_metadata(folders, PLAIN)


def test_the_command_tells_what_was_released(plain: Path, tmp_path: Path) -> None:
    package = str(plain.parent.parent / "package")
    run = CliRunner()
    done = run.invoke(
        main, ["release", package, "--version", "2.0.0", "--out", str(tmp_path), "--previous", str(plain)]
    )
    assert done.exit_code == 0, done.output
    path = tmp_path / "harbour-2.0.0.zip"
    assert f"sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}" in done.stdout
    assert "No row was added, removed or changed since version 1.0.0." in done.stdout
    told = run.invoke(main, ["release", package, "--version", "2.0.0", "--out", str(tmp_path), "--json"])
    assert told.exit_code == 1  # the change log is another without --previous
    assert "released once" in told.stderr
    told = run.invoke(main, ["release", package, "--version", "2.0.1", "--out", str(tmp_path), "--json"])
    assert json.loads(told.stdout)["version"] == "2.0.1"
    assert run.invoke(main, ["release", package, "--version", "two"]).exit_code == 1
