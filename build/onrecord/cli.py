"""The command line: the only module that prints."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from onrecord import pipeline, workplace
from onrecord.checking import check
from onrecord.correcting.review import review as find_doubts
from onrecord.correcting.review import write_skeleton
from onrecord.errors import InputError, LockedError, OnRecordError, PackageError
from onrecord.packaging.package import DESCRIPTOR, Package
from onrecord.releasing.archive import open_package
from onrecord.releasing.diff import compare, summarize
from onrecord.releasing.release import DOCUMENTS, make_release
from onrecord.releasing.sqlite import write_database
from onrecord.releasing.verify import verify as verify_release

INVALID, FAILED, NOTHING, LOCKED = 1, 1, 3, 4
EXIT_CODES = """
\b
Exit codes:
  0  done; the package is valid
  1  the package is not valid, or the build failed; what was there before is untouched
  2  the command was used wrongly
  3  nothing usable to build from, or an input was rejected under --strict
  4  another build holds the same folder
"""


@contextmanager
def told() -> Iterator[None]:
    """Known errors become one line on standard error and an exit code."""
    try:
        yield
    except OnRecordError as error:
        click.echo(f"onrecord: {error}", err=True)
        code = {InputError: NOTHING, LockedError: LOCKED}.get(type(error), FAILED)
        sys.exit(code)


@contextmanager
def progress(console: Console) -> Iterator[Callable[[pipeline.Progress], None]]:
    """A bar where there is a terminal; else a line when a stage begins and every 1,000 articles."""
    if console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} articles"))
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
            task = bar.add_task("read", total=None)
            yield lambda now: bar.update(task, description=now.stage, completed=now.articles)
        return
    said: dict[str, int] = {}

    def line(now: pipeline.Progress) -> None:
        if now.stage not in said or now.articles - said[now.stage] >= 1000:
            said[now.stage] = now.articles
            click.echo(f"{now.stage}: {now.articles} articles", err=True)

    yield line


articles_option = click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Folder or file of the articles: proves every span. May be given several times.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Tell the outcome as one JSON object.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(package_name="onrecord")
def main() -> None:
    """News articles in, a validated data package out; every row points at the characters that say it."""


@main.command(epilog=EXIT_CODES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder of the package."
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes.")
@click.option("--strict", is_flag=True, help="Fail where an input cannot be used.")
@click.option("--wait", type=click.FloatRange(0), default=0, help="Seconds to wait for another build to end.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True),
    help="The package or release before, also the one in --out: its ids stay, merged_ids tells what merged.",
)
@json_option
def build(
    paths: tuple[Path, ...],
    out: Path,
    workers: int,
    strict: bool,
    wait: float,
    previous: Path | None,
    as_json: bool,
) -> None:
    """Build a data package from PATHS: folders, article files (.txt, .md, .html), or files of many articles:
    JSON lines (.jsonl, packed as .gz or .zst), Parquet, archives of web pages (.warc, .wacz).

    Without PATHS, the folder seeds/ is built; PATHS of - reads JSON lines from standard input.
    """
    if Path("-") in paths and len(paths) > 1:
        raise click.UsageError("- is read alone: build standard input without other PATHS")
    stdin = sys.stdin.buffer if paths == (Path("-"),) else None
    given = () if stdin else paths or (Path("seeds"),)
    console = Console(stderr=True)
    with told(), ExitStack() as stack:
        zipped = previous is not None and previous.is_file() and previous.name != DESCRIPTOR
        earlier = stack.enter_context(_previous_release(previous)) if previous and zipped else previous
        on_progress = stack.enter_context(progress(console))
        result = pipeline.build(
            given,
            out,
            workers=workers,
            strict=strict,
            stdin=stdin,
            wait=wait,
            previous=earlier,
            on_progress=on_progress,
        )
    if as_json:
        click.echo(json.dumps(asdict(result), default=str, ensure_ascii=False))
        return
    table = Table("table", "rows", title=f"{result.package / 'datapackage.json'}")
    table.columns[1].justify = "right"
    for name, rows in result.rows.items():
        table.add_row(name, f"{rows:,}")
    Console().print(table)
    rejected = f", {len(result.rejects)} rejected" if result.rejects else ""
    click.echo(f"{result.articles} articles{rejected}, {result.seconds} s")
    for reject in result.rejects[:20]:
        click.echo(f"rejected ({reject.code}): {reject.message}", err=True)
    if len(result.rejects) > 20:
        click.echo(f"... and {len(result.rejects) - 20} more in the table rejects", err=True)


@contextmanager
def _previous_release(path: Path) -> Iterator[Package]:
    with ExitStack() as stack:
        try:
            package = stack.enter_context(open_package(path))
        except PackageError as error:
            raise PackageError(f"{error}; {pipeline.NO_PREVIOUS}") from error
        yield package


@main.command(epilog=EXIT_CODES)
@click.argument("package", type=click.Path(path_type=Path), default=Path())
@articles_option
@json_option
def validate(package: Path, articles: tuple[Path, ...], as_json: bool) -> None:
    """Check a PACKAGE (the one here): schemas, keys, CSV = Parquet, hashes; with articles, every span."""
    with told():
        report = check.validate(package, pipeline.load_articles(articles) if articles else None)
    if as_json:
        click.echo(json.dumps({"valid": report.valid, **asdict(report)}, default=dict, ensure_ascii=False))
    elif report.problems:
        table = Table("code", "table", "row", "field", "message")
        for problem in report.problems:
            cells = (problem.code, problem.table, problem.row, problem.field, problem.message)
            table.add_row(*("" if cell is None else escape(str(cell)) for cell in cells))
        Console().print(table)
    if not as_json:
        proved = "" if report.spans is None else f", {report.spans:,} spans found in the articles"
        rows = f"{sum(report.tables.values()):,} rows in {len(report.tables)} tables{proved}"
        click.echo(f"{rows}: {'valid' if report.valid else f'{len(report.problems)} problems'}")
    sys.exit(0 if report.valid else INVALID)


@main.command(epilog=EXIT_CODES)
@click.argument("package", type=click.Path(path_type=Path), default=Path())
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
    type=click.Path(path_type=Path, exists=True),
    help="The release before: what changed since goes into the change log, which is carried on.",
)
@json_option
def release(package: Path, version: str, out: Path, previous: Path | None, as_json: bool) -> None:
    """Make one zip of a PACKAGE (the one here) for people to download, check, cite and compare."""
    with told():
        made = make_release(package, version, out, previous=previous)
    if as_json:
        click.echo(json.dumps(asdict(made), default=dump_value, ensure_ascii=False))
        return
    if made.changes is not None:
        click.echo(summarize(made.changes))
    rows = f"{sum(made.tables.values()):,} rows in {len(made.tables)} tables"
    click.echo(f"{made.path}: {rows}, {made.bytes:,} bytes\nsha256 {made.sha256}")


@main.command(epilog=EXIT_CODES)
@click.argument("archive", metavar="RELEASE", type=click.Path(path_type=Path))
@articles_option
@json_option
def verify(archive: Path, articles: tuple[Path, ...], as_json: bool) -> None:
    """Check a RELEASE: that nothing was changed, added, renamed or hidden; then all that validate checks."""
    with told():
        held = pipeline.load_articles(articles) if articles else None
        verdict = verify_release(archive, held, documents=DOCUMENTS)
    if as_json:
        told_of = {"valid": verdict.valid, **asdict(verdict)}
        click.echo(json.dumps(told_of, default=dump_value, ensure_ascii=False))
        sys.exit(0 if verdict.valid else INVALID)
    for problem in verdict.problems:
        click.echo(f"{problem.code}: {problem.message}")
    if verdict.valid:
        proved = "" if verdict.spans is None else f", {verdict.spans:,} spans found in the articles"
        rows = f"{sum(verdict.tables.values()):,} rows in {len(verdict.tables)} tables{proved}"
        click.echo(f"{archive}: version {verdict.version}, {verdict.files} files, {rows}: nothing is wrong")
    else:
        click.echo(f"{archive}: refused, {len(verdict.problems)} problems")
    click.echo(f"sha256 {verdict.sha256}")
    sys.exit(0 if verdict.valid else INVALID)


@main.command(epilog=EXIT_CODES)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="New folder for the rows, as CSV."
)
@json_option
def diff(old: Path, new: Path, out: Path | None, as_json: bool) -> None:
    """Compare two packages or releases: rows added, removed, merged and changed, matched by their keys."""
    with told(), open_package(old) as before, open_package(new) as after:
        found = compare(before, after, out)
    if as_json:
        click.echo(json.dumps(asdict(found), default=dump_value, ensure_ascii=False))
    else:
        click.echo(summarize(found), nl=False)


@main.command(epilog=EXIT_CODES)
@click.argument("package", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file to write."
)
def sqlite(package: Path, out: Path) -> None:
    """Write a PACKAGE or release (the package here) as one SQLite file with keys and full-text search."""
    with told(), open_package(package) as held:
        made = write_database(held, out)
    rows = f"{sum(made.tables.values()):,} rows in {len(made.tables)} tables"
    click.echo(f"{made.path}: {rows}, {made.bytes:,} bytes")


@main.command(epilog=EXIT_CODES)
@click.argument("package", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Folder or file of the articles: shows the words around. May be given several times.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="Rows at most.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="New file of corrections to fill in."
)
@json_option
def review(package: Path, articles: tuple[Path, ...], limit: int, out: Path | None, as_json: bool) -> None:
    """List what in a PACKAGE (the one here) most deserves a look, and write corrections to fill in."""
    if out is not None and not articles:
        raise click.UsageError("--out needs --articles: a correction tells which of equal words it means")
    with told():
        found = find_doubts(package, pipeline.load_articles(articles) if articles else None, limit)
    if out is not None:
        try:
            with out.open("x", encoding="utf-8", newline="") as stream:
                stream.write(write_skeleton(found))
        except FileExistsError:
            raise click.UsageError(f"{out} exists; give the name of a new file") from None
        except OSError as error:
            raise click.UsageError(f"{out} cannot be written: {error.strerror}; give another place") from None
    if as_json:
        click.echo(json.dumps({"findings": [asdict(row) for row in found]}, ensure_ascii=False))
        return
    table = Table("why", "table", "article", "text")
    for row in found:
        table.add_row(row.why, row.table, escape(row.source or ""), escape(row.around or row.text))
    Console().print(table)
    click.echo(f"{len(found)} rows to look at{f', corrections to fill in: {out}' if out else ''}")


@main.command(epilog=EXIT_CODES)
@click.argument("packages", nargs=-1, type=click.Path(path_type=Path))
@click.option("--clear", is_flag=True, help="Remove what is kept: for PACKAGES, or for all packages.")
@json_option
def cache(packages: tuple[Path, ...], clear: bool, as_json: bool) -> None:
    """Show what builds keep of articles for the next build, of PACKAGES or of all, and where; or clear it.

    A package carries no whole articles; this folder does. ONRECORD_CACHE tells another place for it.
    """
    with told():
        folder = workplace.cache_folder()
        removed = workplace.clear_kept(packages) if clear else ()
        kept = workplace.list_kept(packages)
    if as_json:
        found = {"folder": folder, "kept": [asdict(row) for row in kept]}
        told_of = {**found, "removed": [asdict(row) for row in removed]} if clear else found
        click.echo(json.dumps(told_of, default=dump_value, ensure_ascii=False))
        return
    for row in removed if clear else kept:
        click.echo(f"{'removed ' if clear else ''}{row.bytes:>12,} bytes  {row.package}")
    in_use = f"; {len(kept)} in use by builds stay" if clear and kept else ""
    click.echo(f"{folder}: {len(removed if clear else kept)} packages{' cleared' if clear else ''}{in_use}")


def dump_value(value: object) -> object:
    """What JSON does not know, as it does: mappings as objects, paths and the like as text."""
    return dict(value) if isinstance(value, Mapping) else str(value)
