"""The commands that hand a package on: as a release, as other forms of the same tables, as a page.

What a command needs it imports itself, as in ``cli``.
"""

import sys
import webbrowser
from dataclasses import asdict, replace
from pathlib import Path

import click

from onrecord.printing import print_json, say
from onrecord.releasing.signature import ENDING
from onrecord.running import INVALID, articles_option, examples, json_option, there, told

__all__ = ["COMMANDS"]


@click.command(
    epilog=examples(
        "onrecord release story/ --version 1.0.0",
        "onrecord release story/ --version 1.1.0 --previous dist/story-1.0.0.zip",
    )
)
@click.argument("package", type=there, default=Path())
@click.option("--version", required=True, help="The data's own version, such as 1.2.0.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dist"),
    show_default=True,
    help="Folder of the zip.",
)
@click.option(
    "--previous",
    type=there,
    help="The release before: what changed since goes into the change log, which is carried on.",
)
@json_option
def release(package: Path, version: str, out: Path, previous: Path | None, as_json: bool) -> None:
    """Make one zip of a PACKAGE (the one here) for people to download, check, cite and compare."""
    from onrecord.releasing.diff import summarize
    from onrecord.releasing.release import make_release

    with told():
        made = make_release(package, version, out, previous=previous)
    if as_json:
        print_json(asdict(made))
        return
    if made.changes is not None:
        say(summarize(made.changes))
    rows = f"{sum(made.tables.values()):,} rows in {len(made.tables)} tables"
    say(f"{made.path}: {rows}, {made.bytes:,} bytes\nsha256 {made.sha256}")


@click.command(
    epilog=examples(
        "onrecord verify dist/story-1.0.0.zip",
        "onrecord verify dist/story-1.0.0.zip --articles my-articles/",
        "onrecord verify dist/story-1.0.0.zip --identity desk@post.example --issuer https://accounts.google.com",
    )
)
@click.argument("archive", metavar="RELEASE", type=there)
@articles_option
@click.option("--rebuild", is_flag=True, help="Make the release again from --articles; compare every byte.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True),
    help="With --rebuild: the release before, where the release was made with one.",
)
@click.option(
    "--identity", help="Check the signature beside it: whose it must be, such as desk@post.example."
)
@click.option("--issuer", help="With --identity: who vouches for that, such as https://accounts.google.com.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=f"With --identity: the signature, if it is not RELEASE{ENDING}.",
)
@json_option
def verify(
    archive: Path,
    articles: tuple[Path, ...],
    rebuild: bool,
    previous: Path | None,
    identity: str | None,
    issuer: str | None,
    bundle: Path | None,
    as_json: bool,
) -> None:
    """Check a RELEASE: that nothing was changed, added, renamed or hidden; then all that validate checks.

    That nobody changed tables, checksums and all together is proved by --rebuild, or by the signature of
    somebody whom you trust (--identity, with the extra onrecord[sigstore]).
    """
    from onrecord.intake import load_articles
    from onrecord.releasing import verify as verifying
    from onrecord.releasing.rebuild import rebuild_release
    from onrecord.releasing.release import DOCUMENTS
    from onrecord.releasing.signature import check_signature, find_bundle

    if rebuild and not articles:
        raise click.UsageError("--rebuild needs --articles: the folders that the package was built from")
    signature = bundle or find_bundle(archive)
    _require_signer(archive, signature, identity, issuer, given=bundle is not None)
    with told():
        held = load_articles(articles) if articles else None
        verdict = verifying.verify(archive, held, documents=DOCUMENTS)
        if rebuild and verdict.valid:
            verdict = replace(verdict, problems=rebuild_release(archive, articles, previous))
        if identity and issuer and signature:
            found = check_signature(archive, signature, identity, issuer)
            signer = None if found else identity
            verdict = replace(verdict, problems=(*verdict.problems, *found), signed_by=signer)
    if as_json:
        told_of = {"valid": verdict.valid, **asdict(verdict)}
        print_json(told_of)
        sys.exit(0 if verdict.valid else INVALID)
    for problem in verdict.problems:
        say(f"{problem.code}: {problem.message}")
    if verdict.valid:
        proved = "" if verdict.spans is None else f", {verdict.spans:,} spans found in the articles"
        proved += ", every byte made again" if rebuild else ""
        proved += f", signed by {verdict.signed_by}" if verdict.signed_by else ""
        rows = f"{sum(verdict.tables.values()):,} rows in {len(verdict.tables)} tables{proved}"
        say(f"{archive}: version {verdict.version}, {verdict.files} files, {rows}: nothing is wrong")
    else:
        say(f"{archive}: refused, {len(verdict.problems)} problems")
    say(f"sha256 {verdict.sha256}")
    if signature and not identity:
        say(f"{signature.name} was not checked: name whose it must be, with --identity and --issuer")
    sys.exit(0 if verdict.valid else INVALID)


def _require_signer(
    archive: Path, signature: Path | None, identity: str | None, issuer: str | None, *, given: bool
) -> None:
    """Raise UsageError where a signature is asked for and not all is told that this needs."""
    if bool(identity) != bool(issuer) or (given and not identity):
        raise click.UsageError("a signature is checked with both --identity and --issuer")
    if identity and signature is None:
        raise click.UsageError(f"there is no {archive.name}{ENDING} beside the release; give --bundle")


@click.command(
    epilog=examples("onrecord diff dist/story-1.0.0.zip story/", "onrecord diff old/ new/ --out changes/")
)
@click.argument("old", type=there)
@click.argument("new", type=there)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="New folder for the rows, as CSV."
)
@json_option
def diff(old: Path, new: Path, out: Path | None, as_json: bool) -> None:
    """Compare two packages or releases: rows added, removed, merged and changed, matched by their keys."""
    from onrecord.releasing.archive import open_package
    from onrecord.releasing.diff import compare, summarize

    with told(), open_package(old) as before, open_package(new) as after:
        found = compare(before, after, out)
    if as_json:
        print_json(asdict(found))
    else:
        say(summarize(found), end="")


@click.command(
    epilog=examples(
        "onrecord sqlite story/ --out story.db", "onrecord sqlite story/ --out story.db --datasette"
    )
)
@click.argument("package", type=there, default=Path())
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write."
)
@click.option(
    "--datasette",
    "described",
    is_flag=True,
    help="Write metadata for Datasette beside it: titles, labels, facets, a query for disputes.",
)
@json_option
def sqlite(package: Path, out: Path, described: bool, as_json: bool) -> None:
    """Write a PACKAGE or release (the package here) as one SQLite file with keys and full-text search."""
    from onrecord.releasing.archive import open_package
    from onrecord.releasing.datasette import write_metadata
    from onrecord.releasing.sqlite import write_database

    with told(), open_package(package) as held:
        made = write_database(held, out)
        metadata = write_metadata(held, out) if described else None
    if as_json:
        print_json({**asdict(made), "metadata": metadata})
        return
    rows = f"{sum(made.tables.values()):,} rows in {len(made.tables)} tables"
    say(f"{made.path}: {rows}, {made.bytes:,} bytes")
    if metadata is not None:
        say(f"{metadata}: datasette {made.path} --metadata {metadata}")


@click.command(epilog=examples("onrecord xlsx story/", "onrecord xlsx story/ --out story.xlsx --replace"))
@click.argument("package", type=there, default=Path())
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; without it, the package's name with .xlsx, here.",
)
@click.option("--replace", "replacing", is_flag=True, help="Replace a file that is there.")
@json_option
def xlsx(package: Path, out: Path | None, replacing: bool, as_json: bool) -> None:
    """Write a PACKAGE or release (the package here) as one workbook for Excel, a sheet a table.

    Numbers, days and booleans are typed, texts are never formulas. What a sheet cannot hold is told.
    """
    from onrecord.packaging.metadata import name_by_folder
    from onrecord.releasing.archive import open_package
    from onrecord.releasing.xlsx import write_workbook

    with told(), open_package(package) as held:
        path = out or Path(f"{name_by_folder(held.descriptor['name'], held.folder)}.xlsx")
        if path.exists() and not replacing:
            raise click.UsageError(f"{path} exists; give --replace, or another name with --out")
        made = write_workbook(held, path)
    if as_json:
        print_json(asdict(made))
        return
    for note in made.notes:
        say(f"warning: {note}", err=True)
    rows = f"{sum(made.tables.values()):,} rows in {len(made.tables)} tables"
    say(f"{made.path}: {rows}, {made.bytes:,} bytes")


@click.command(
    epilog=examples(
        "onrecord view story/ --articles my-articles/ --open",
        "onrecord view story/ --out quotations.html",
    )
)
@click.argument("package", type=there, default=Path())
@click.option(
    "--articles",
    type=there,
    multiple=True,
    help="Folder or file of the articles: shows their texts, and lets rows be corrected. May be repeated.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("story.html"),
    show_default=True,
    help="The page to write.",
)
@click.option("--open", "opened", is_flag=True, help="Open the page in the browser.")
@json_option
def view(package: Path, articles: tuple[Path, ...], out: Path, opened: bool, as_json: bool) -> None:
    """Write a PACKAGE or release (the package here) as one page to look at, search and correct from.

    The page is one file that opens offline. Without --articles it shows quotations alone and may be
    published; with them it holds the articles' texts, which belong to their publishers.
    """
    from onrecord.intake import load_articles
    from onrecord.releasing.archive import open_package
    from onrecord.viewing.page import read_corrections, write_page

    with told(), open_package(package) as held:
        texts = load_articles(articles) if articles else None
        page = write_page(held, out, texts, read_corrections(articles))
    if as_json:
        print_json(asdict(page))
    else:
        shown = f" with the texts of {page.texts} articles" if articles else " of quotations alone"
        say(f"{page.path}: a page{shown}, {page.bytes:,} bytes")
    if opened:
        webbrowser.open(page.path.resolve().as_uri())


COMMANDS = (release, verify, diff, sqlite, xlsx, view)
