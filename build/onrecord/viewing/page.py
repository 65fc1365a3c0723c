"""One self-contained HTML file of a package: it opens offline and asks nothing of any network.

The template, the style and the scripts are the files in ``page/``. The page's content security policy allows
only the style and the script whose hashes it names, and no requests.
"""

import html
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from onrecord.correcting.review import review
from onrecord.errors import PackageError
from onrecord.model import Article
from onrecord.packaging.package import Package
from onrecord.packaging.tablefile import explain
from onrecord.viewing.contents import dump, read_articles, read_findings, read_meanings, read_tables

__all__ = ["LOOKED_AT", "Page", "make_page", "read_corrections", "write_page"]

LOOKED_AT = 200
"""Rows that the page's review walks through at most."""
GENERATOR = "onrecord view"
"""Tells a page of ours from another file, in the first lines of it."""
_SCRIPTS = (
    "tables",
    "words",
    "marks",
    "drawing",
    "story",
    "article",
    "card",
    "find",
    "lines",
    "correct",
    "main",
)
_HEAD = 2048


@dataclass(frozen=True, slots=True)
class Page:
    """What was written: the file, its bytes, and how many articles it shows with their texts."""

    path: Path
    bytes: int
    texts: int


def write_page(
    package: Package, path: Path, articles: Iterable[Article] | None = None, corrections: str = ""
) -> Page:
    """Writes the page of a package into ``path``, in the place of a page that is there.

    Raises PackageError where the package cannot be read, where ``path`` is a file but no page of onrecord,
    and when the disk does not take it.
    """
    if path.exists() and not _is_page(path):
        raise PackageError(f"{path} is there and is no page of onrecord; give another name, or move it away")
    texts = None if articles is None else read_articles(package, articles)
    content = make_page(package, texts, corrections).encode()
    beside = path.with_name(path.name + ".part")
    with explain(f"{path} cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    return Page(path, len(content), len(texts or ()))


def _is_page(path: Path) -> bool:
    with explain(f"{path} cannot be read"), path.open("rb") as stream:
        return f'content="{GENERATOR}"'.encode() in stream.read(_HEAD)


def make_page(package: Package, texts: dict[str, Any] | None = None, corrections: str = "") -> str:
    """The page as text: the same for the same package, articles and corrections.

    ``texts`` are what ``read_articles`` gives, null for a page of quotations alone; ``corrections`` is the
    text of the file of corrections that the package was built with, which the page's own lines follow.
    """
    title = str(package.descriptor.get("title") or package.descriptor.get("name") or "A story")
    data = {
        "title": title,
        "version": package.descriptor.get("version"),
        "created": package.descriptor.get("created"),
        "key": sha256(dump(package.descriptor).encode()).hexdigest()[:16],
        "texts": texts,
        "findings": read_findings(review(package.folder, limit=LOOKED_AT)),
        "corrections": corrections,
        "meanings": read_meanings(package),
        "tables": read_tables(package),
    }
    style = _part("page.css")
    script = "(() => {\n'use strict';\n" + "\n".join(_part(f"{name}.js") for name in _SCRIPTS) + "})();\n"
    parts = {
        "title": html.escape(title),
        "generator": GENERATOR,
        "policy": f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        "style": style,
        "script": script,
        "data": dump(data),
    }
    pieces = _part("page.html").split("@@")
    return "".join(parts[piece] if place % 2 else piece for place, piece in enumerate(pieces))


def _part(name: str) -> str:
    return (files("onrecord.viewing") / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def read_corrections(folders: Sequence[Path]) -> str:
    """The text of the one ``corrections.csv`` in these folders; empty where there is none, or several."""
    found = sorted(
        {folder / "corrections.csv" for folder in folders if (folder / "corrections.csv").is_file()}
    )
    if len(found) != 1:
        return ""
    with explain(f"{found[0]} cannot be read"):
        return found[0].read_text(encoding="utf-8-sig")
