"""The command line: the only module that prints."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from onrecord import check, pipeline
from onrecord.errors import InputError, LockedError, OnRecordError

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
@click.option("--strict", is_flag=True, help="Fail on the first input that cannot be used.")
@click.option("--wait", type=click.FloatRange(0), default=0, help="Seconds to wait for another build to end.")
@click.option("--json", "as_json", is_flag=True, help="Tell the outcome as one JSON object.")
def build(paths: tuple[Path, ...], out: Path, workers: int, strict: bool, wait: float, as_json: bool) -> None:
    """Build a data package from PATHS: folders, article files (.txt, .md, .html) or JSON lines (.jsonl).

    Without PATHS, the folder seeds/ is built; PATHS of - reads JSON lines from standard input.
    """
    stdin = sys.stdin.buffer if paths == (Path("-"),) else None
    given = () if stdin else paths or (Path("seeds"),)
    console = Console(stderr=True)
    with told(), progress(console) as on_progress:
        result = pipeline.build(
            given, out, workers=workers, strict=strict, stdin=stdin, wait=wait, on_progress=on_progress
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


@main.command(epilog=EXIT_CODES)
@click.argument("package", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Folder or file of the articles: proves every span. May be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Tell the outcome as one JSON object.")
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
