"""One zip that people can download, check, cite and compare.

It holds the package as it is (its version is the release's), what explains it, and a checksum of each file.
All of it follows from the package, the version and the previous release: nothing from the clock, the machine
or its locale. The articles are not in it.
"""

import importlib.metadata
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.checking import check
from onrecord.errors import PackageError
from onrecord.packaging import dictionary, schema
from onrecord.packaging.metadata import is_package_name, name_by_folder
from onrecord.packaging.package import DESCRIPTOR, Package, dump, read_package
from onrecord.packaging.tablefile import explain
from onrecord.releasing import archive, verify
from onrecord.releasing.catalog import describe_citation, describe_croissant, describe_dataset
from onrecord.releasing.diff import Diff, compare, summarize

__all__ = ["DOCUMENTS", "Release", "make_release"]

CHANGELOG = "CHANGELOG.md"
DOCUMENTS = (
    CHANGELOG,
    "CITATION.cff",
    "LICENSE-DATA.md",
    "LICENSE-SOFTWARE.txt",
    "README.md",
    "croissant.json",
    "data-dictionary.md",
    "dataset.jsonld",
)
"""The files of a release beside its tables, its descriptor and its checksums."""

_NUMBER = r"(?:0|[1-9][0-9]*)"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_ENTRY = re.compile(r"^## \[([^\]]+)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Release:
    """What was released: the zip, its SHA-256 and bytes, rows by table, changes since the previous."""

    path: Path
    version: str
    sha256: str
    bytes: int
    tables: Mapping[str, int]
    changes: Diff | None = None


def make_release(
    package: Path,
    version: str,
    out: Path = Path("dist"),
    *,
    previous: Path | None = None,
    name: str | None = None,
) -> Release:
    """Validates a package and writes ``out/NAME-VERSION.zip``.

    NAME is ``name``, else what its makers called it, else the name of its folder.

    ``version`` is the data's own, of the form 1.2.3 or 1.2.3-rc.1 (``docs/versioning.md`` says which);
    ``previous`` is an earlier release, whose change log is carried on. Writing the same release again is no
    error. Raises PackageError for a package that is not valid, a version of another form, a version that the
    previous release has already, and where another zip of that name is there.
    """
    if not _VERSION.fullmatch(version):
        raise PackageError(f"{version!r} is not a version: give three numbers, such as 1.2.0 or 1.2.0-rc.1")
    report = check.validate(package)
    if not report.valid:
        told = "; ".join(problem.message for problem in report.problems[:3])
        raise PackageError(f"{package} is not valid and is not released: {told}")
    held = read_package(package)
    _require_named(held)
    named = name or name_by_folder(held.descriptor["name"], held.folder)
    descriptor = {**_set_version(held.descriptor, version), "name": named}
    changes, earlier = None, ""
    if previous is not None:
        with archive.open_package(previous) as before:
            earlier = _read_changelog(before, version)
            changes = compare(before, held)
    members: dict[str, bytes | Path] = {file.path: held.at(file) for file in held.files}
    documents = _write_documents(descriptor, report.tables, changes, earlier)
    members |= {DESCRIPTOR: dump(descriptor), **documents}
    hashes = {file.path: file.sha256 for file in held.files}
    hashes |= {
        name: verify.hash_bytes(data) for name, data in {DESCRIPTOR: dump(descriptor), **documents}.items()
    }
    members[verify.CHECKSUMS] = verify.format_checksums(hashes)
    path = out / f"{descriptor['name']}-{version}.zip"
    _put_in_place(path, members)
    return Release(path, version, verify.hash_file(path), path.stat().st_size, report.tables, changes)


def _require_named(package: Package) -> None:
    """Raises PackageError for a descriptor without the texts that every document of a release needs."""
    for key in ("name", "title", "description"):
        value = package.descriptor.get(key)
        if not isinstance(value, str) or not value:
            raise PackageError(f"{package.folder / DESCRIPTOR} has no {key}; build the package again")
    if not is_package_name(package.descriptor["name"]):
        raise PackageError(f"{package.descriptor['name']!r} cannot be the name of a package and of its file")


def _set_version(descriptor: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The descriptor with that version, in the place where a descriptor has it."""
    told: dict[str, Any] = {}
    for key, value in descriptor.items():
        if key == "version":
            continue
        told[key] = value
        if key == "description":
            told["version"] = version
    return told


def _put_in_place(path: Path, members: Mapping[str, bytes | Path]) -> None:
    beside = path.with_name(path.name + ".part")
    with explain(f"{path} cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        try:
            archive.write_zip(beside, members)
            if path.exists() and verify.hash_file(path) != verify.hash_file(beside):
                raise PackageError(
                    f"{path} is there with other contents; a version is released once: "
                    "give another version, or remove the file if nobody has it yet"
                )
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _read_changelog(previous: Package, version: str) -> str:
    """The entries of an earlier release's change log."""
    if previous.descriptor.get("version") == version:
        raise PackageError(f"the previous release is version {version} too; give the new one another version")
    path = previous.folder / CHANGELOG
    if not path.is_file():
        return ""
    text = path.read_text(encoding="utf-8")
    first = _ENTRY.search(text)
    return text[first.start() :] if first else ""


def _write_documents(
    descriptor: Mapping[str, Any], rows: Mapping[str, int], changes: Diff | None, earlier: str
) -> dict[str, bytes]:
    return {
        CHANGELOG: _write_changelog(descriptor, rows, changes, earlier).encode(),
        "CITATION.cff": describe_citation(descriptor),
        "LICENSE-DATA.md": _write_data_license(descriptor).encode(),
        "LICENSE-SOFTWARE.txt": _read_software_license(),
        "README.md": _write_readme(descriptor, rows).encode(),
        "croissant.json": describe_croissant(descriptor, schema.load()),
        "data-dictionary.md": dictionary.render().encode(),
        "dataset.jsonld": describe_dataset(descriptor),
    }


def _write_changelog(
    descriptor: Mapping[str, Any], rows: Mapping[str, int], changes: Diff | None, earlier: str
) -> str:
    head = (
        f"# Changes of {descriptor['title']}\n\n"
        "By the conventions of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/); "
        "rows are compared by their keys.\n"
    )
    entry = f"## [{descriptor['version']}]\n\n"
    if changes is None:
        entry += f"{sum(rows.values()):,} rows in {len(rows)} tables; not compared with an earlier release.\n"
    else:
        entry += summarize(changes)
    return "\n".join(part for part in (head, entry, earlier) if part)


def _write_data_license(descriptor: Mapping[str, Any]) -> str:
    told = [
        f"- {part.get('title') or part['name']} ({part['name']})"
        + (f": <{part['path']}>" if "path" in part else "")
        for part in descriptor.get("licenses", ())
    ]
    stated = (
        "The makers of this package release the data (the tables and their descriptions) under:\n\n"
        + "\n".join(told)
        if told
        else "The makers of this package have stated no licence for the data. Without one, the law of your "
        "country decides what you may do with them; ask the makers for a licence."
    )
    return (
        f"# Licence of the data\n\n{stated}\n\n"
        "## The articles\n\n"
        "The texts of the articles belong to their publishers and are not part of this release. The tables "
        "hold quotations from them, with offsets and hashes. What is known of each article's own licence "
        "stands in the column `license` of the table `sources`.\n\n"
        "## The software\n\n"
        "`LICENSE-SOFTWARE.txt` is the licence of onrecord, the program that made the package. It does not "
        "apply to the data.\n"
    )


def _read_software_license() -> bytes:
    """The licence of this program: of the checkout it runs from, or of the installed package."""
    checkout = Path(__file__).resolve().parents[3] / "LICENSE"
    if checkout.is_file():
        return checkout.read_bytes().replace(b"\r\n", b"\n")
    text = importlib.metadata.distribution("onrecord").read_text("licenses/LICENSE")
    if text is None:
        raise PackageError("onrecord's own LICENSE is not there; install onrecord again")
    return text.encode()


def _write_readme(descriptor: Mapping[str, Any], rows: Mapping[str, int]) -> str:
    name, version = descriptor["name"], descriptor["version"]
    tables = schema.load()
    listed = "\n".join(f"| {table} | {rows[table]:,} | {tables[table].description} |" for table in tables)
    homepage = f"<{descriptor['homepage']}>\n\n" if descriptor.get("homepage") else ""
    return (
        f"# {descriptor['title']}\n\n{descriptor['description']}\n\n{homepage}"
        f"Version {version}. Made by onrecord from articles that are not "
        "part of it.\n\n"
        "## Tables\n\nEach is there as `datapackage/TABLE.csv` and, with the same rows, as "
        "`datapackage/TABLE.parquet`. Every column is explained in `data-dictionary.md`.\n\n"
        f"| table | rows | what a row is |\n|---|---:|---|\n{listed}\n\n"
        "## Load\n\nUnpack the zip, then in its folder:\n\n"
        '```python\nimport pandas as pd\n\nclaims = pd.read_parquet("datapackage/claims.parquet")\n```\n\n'
        "`datapackage.json` is a [Data Package](https://datapackage.org): tools that know it need nothing "
        "else. `croissant.json` and `dataset.jsonld` say the same to machine-learning tools and search "
        "engines. In a spreadsheet, import the CSV with all columns as text: a cell can begin with `=`, `+`, "
        "`-` or `@`, as the article's words do.\n\n"
        "## Check\n\n"
        f"```sh\nfrictionless validate {name}-{version}.zip   # schemas, keys, hashes\n"
        f"onrecord verify {name}-{version}.zip         # all of it, and that nothing was added\n"
        "sha256sum --check SHA256SUMS          # in the unpacked folder\n```\n\n"
        "## Cite and reuse\n\n`CITATION.cff` says how to cite the data, `LICENSE-DATA.md` under what terms "
        "they can be used, `CHANGELOG.md` what changed since earlier releases.\n"
    )
