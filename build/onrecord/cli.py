"""The command line: commands, options and exit codes; ``printing`` prints."""

import math
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console

from onrecord import pipeline, workplace
from onrecord.checking import check
from onrecord.correcting.review import review as find_doubts
from onrecord.correcting.review import write_skeleton
from onrecord.errors import InputError, LockedError, OnRecordError, PackageError
from onrecord.intake import load_articles
from onrecord.llm.asked import Asked, tell_cost
from onrecord.llm.options import reader_options
from onrecord.packaging.package import DESCRIPTOR, Package, read_package
from onrecord.packaging.tablefile import tell_reason
from onrecord.pipeline import BuildResult, read_earlier
from onrecord.printing import print_json, print_table, say, use_any_encoding
from onrecord.progress import progress
from onrecord.releasing.archive import open_package
from onrecord.releasing.diff import Diff, compare, summarize
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
  129, 130, 143  stopped by SIGHUP, SIGINT (Ctrl-C), SIGTERM; a whole package is in place
"""
STOPS = ("SIGHUP", "SIGINT", "SIGTERM")


class Stopped(BaseException):
    """A signal asks the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Within, the first signal to end raises Stopped, so that what is half done is cleaned up; a second one
    ends the program at once. Signals that whoever started it has told to ignore are ignored."""

    def stop(number: int, frame: FrameType | None) -> None:
        for stopping in replaced:
            signal.signal(stopping, signal.SIG_DFL)
        raise Stopped(number)

    known = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    here = threading.current_thread() is threading.main_thread()
    replaced = {number: signal.getsignal(number) for number in known if here}
    replaced = {number: handler for number, handler in replaced.items() if handler is not signal.SIG_IGN}
    try:
        for number in replaced:
            signal.signal(number, stop)
        yield
    finally:
        for number, handler in replaced.items():
            signal.signal(number, handler)


@contextmanager
def told() -> Iterator[None]:
    """Known errors and signals become one line on standard error and an exit code."""
    use_any_encoding()
    try:
        with stop_on_signals():
            yield
    except OnRecordError as error:
        say(f"onrecord: {error}", err=True)
        code = {InputError: NOTHING, LockedError: LOCKED}.get(type(error), FAILED)
        sys.exit(code)
    except OSError as error:
        say(f"onrecord: {tell_reason(error)}", err=True)
        sys.exit(FAILED)
    except MemoryError:
        say("onrecord: there is not enough memory; give fewer articles or --workers", err=True)
        sys.exit(FAILED)
    except Stopped as stopped:
        say(f"onrecord: stopped by {signal.Signals(stopped.number).name}; no package is left half", err=True)
        sys.exit(128 + stopped.number)


articles_option = click.option(
    "--articles",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="Folder or file of the articles: proves every span. May be given several times.",
)


def seconds(context: click.Context, option: click.Parameter, value: float) -> float:
    """A number of seconds: neither infinite nor no number at all."""
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number of seconds", context, option)
    return value


json_option = click.option("--json", "as_json", is_flag=True, help="Tell the outcome as one JSON object.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(package_name="onrecord")
def main() -> None:
    """News articles in, a validated data package out; every row points at the characters that say it."""


def build_options(command: Callable[..., None]) -> Callable[..., None]:
    """What ``build`` and ``update`` have in common."""
    for option in (
        json_option,
        click.option(
            "--wait", type=click.FloatRange(0), default=0, help="Seconds to wait for another build."
        ),
        click.option("--strict", is_flag=True, help="Fail where an input cannot be used."),
        click.option(
            "--cluster",
            metavar="ADDRESS",
            help="Read articles on a dask.distributed cluster, such as tcp://10.0.0.5:8786.",
        ),
        click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes."),
        click.option(
            "--out",
            type=click.Path(path_type=Path, file_okay=False),
            default=Path(),
            help="Folder of the package.",
        ),
        click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True)),
    ):
        command = option(command)
    return reader_options(workplace.cache_folder)(command)


@main.command(epilog=EXIT_CODES)
@build_options
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True),
    help="The package or release before, also the one in --out: its ids stay, merged_ids tells what merged.",
)
def build(paths: tuple[Path, ...], previous: Path | None, as_json: bool, **given: Any) -> None:
    """Build a data package from PATHS: folders, article files (.txt, .md, .html), or files of many articles:
    JSON lines (.jsonl, packed as .gz or .zst), Parquet, archives of web pages (.warc, .wacz).

    Without PATHS, the folder seeds/ is built; PATHS of - reads JSON lines from standard input.
    """
    with told(), ExitStack() as stack:
        zipped = previous is not None and previous.is_file() and previous.name != DESCRIPTOR
        earlier = stack.enter_context(_previous_release(previous)) if previous and zipped else previous
        result = _build(paths, previous=earlier, **given)
    _tell_built(result, None, as_json)


@main.command(epilog=EXIT_CODES)
@build_options
def update(paths: tuple[Path, ...], as_json: bool, out: Path, **given: Any) -> None:
    """Build PATHS over the package in --out, and tell what was added, removed or changed.

    PATHS are all articles, as for build: those that are not new are not read again, and what is left out
    goes. Ids of the package stay; merged_ids tells what those became whose rows are now one.
    """
    found: list[Diff] = []
    with told():
        earlier = read_earlier(out)
        result = _build(
            paths,
            out=out,
            previous=earlier,
            on_written=lambda stage: found.append(compare(earlier, read_package(stage))),
            **given,
        )
    _tell_built(result, found[0], as_json)


def _build(paths: tuple[Path, ...], *, workers: int, cluster: str | None, **given: Any) -> BuildResult:
    if Path("-") in paths and len(paths) > 1:
        raise click.UsageError("- is read alone: build standard input without other PATHS")
    if Path("-") in paths and sys.stdin is None:
        raise click.UsageError("- needs standard input, which is closed")
    if cluster is not None and workers > 1:
        raise click.UsageError("give --workers or --cluster: a cluster has workers of its own")
    stdin = sys.stdin.buffer if paths == (Path("-"),) else None
    with progress(Console(stderr=True)) as on_progress:
        return pipeline.build(
            () if stdin else paths or (Path("seeds"),),
            workers=workers,
            cluster=cluster,
            stdin=stdin,
            on_progress=on_progress,
            **given,
        )


def _tell_built(result: BuildResult, changes: Diff | None, as_json: bool) -> None:
    if as_json:
        print_json(asdict(result) | ({} if changes is None else {"changes": asdict(changes)}))
        return
    counts = [(name, f"{rows:,}") for name, rows in result.rows.items()]
    print_table(("table", "rows"), counts, title=str(result.package / DESCRIPTOR), right="rows")
    if changes is not None:
        say(summarize(changes))
    rejected = f", {len(result.rejects)} rejected" if result.rejects else ""
    say(f"{result.articles} articles{rejected}, {result.seconds} s")
    for reject in result.rejects[:20]:
        say(f"rejected ({reject.code}): {reject.message}", err=True)
    if len(result.rejects) > 20:
        say(f"... and {len(result.rejects) - 20} more in the table rejects", err=True)
    if result.asked is not None:
        _tell_asked(result.asked)


def _tell_asked(asked: Asked) -> None:
    """What asking a language model has cost, what it left unread, and what was not admitted."""
    say(f"asked: {tell_cost(asked.spent)}", err=True)
    for reason, count in asked.dropped.items():
        say(f"not admitted: {reason}: {count:,}", err=True)
    for unread in asked.unread[:20]:
        say(f"not read by the model ({unread.code}): {unread.message}", err=True)
    if len(asked.unread) > 20:
        say(f"... and {len(asked.unread) - 20} more", err=True)


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
        report = check.validate(package, load_articles(articles) if articles else None)
    if as_json:
        print_json({"valid": report.valid, **asdict(report)})
    elif report.problems:
        names = ("code", "table", "row", "field", "message")
        print_table(names, report.flatten(*names))
    if not as_json:
        proved = "" if report.spans is None else f", {report.spans:,} spans found in the articles"
        rows = f"{sum(report.tables.values()):,} rows in {len(report.tables)} tables{proved}"
        say(f"{rows}: {'valid' if report.valid else f'{len(report.problems)} problems'}")
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
        print_json(asdict(made))
        return
    if made.changes is not None:
        say(summarize(made.changes))
    rows = f"{sum(made.tables.values()):,} rows in {len(made.tables)} tables"
    say(f"{made.path}: {rows}, {made.bytes:,} bytes\nsha256 {made.sha256}")


@main.command(epilog=EXIT_CODES)
@click.argument("archive", metavar="RELEASE", type=click.Path(path_type=Path))
@articles_option
@json_option
def verify(archive: Path, articles: tuple[Path, ...], as_json: bool) -> None:
    """Check a RELEASE: that nothing was changed, added, renamed or hidden; then all that validate checks."""
    with told():
        held = load_articles(articles) if articles else None
        verdict = verify_release(archive, held, documents=DOCUMENTS)
    if as_json:
        told_of = {"valid": verdict.valid, **asdict(verdict)}
        print_json(told_of)
        sys.exit(0 if verdict.valid else INVALID)
    for problem in verdict.problems:
        say(f"{problem.code}: {problem.message}")
    if verdict.valid:
        proved = "" if verdict.spans is None else f", {verdict.spans:,} spans found in the articles"
        rows = f"{sum(verdict.tables.values()):,} rows in {len(verdict.tables)} tables{proved}"
        say(f"{archive}: version {verdict.version}, {verdict.files} files, {rows}: nothing is wrong")
    else:
        say(f"{archive}: refused, {len(verdict.problems)} problems")
    say(f"sha256 {verdict.sha256}")
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
        print_json(asdict(found))
    else:
        say(summarize(found), end="")


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
    say(f"{made.path}: {rows}, {made.bytes:,} bytes")


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
        found = find_doubts(package, load_articles(articles) if articles else None, limit)
    if out is not None:
        try:
            with out.open("x", encoding="utf-8", newline="") as stream:
                stream.write(write_skeleton(found))
        except FileExistsError:
            raise click.UsageError(f"{out} exists; give the name of a new file") from None
        except OSError as error:
            raise click.UsageError(f"{out} cannot be written: {error.strerror}; give another place") from None
    if as_json:
        print_json({"findings": [asdict(row) for row in found]})
        return
    shown = [(row.why, row.table, row.source, row.around or row.text) for row in found]
    print_table(("why", "table", "article", "text"), shown)
    say(f"{len(found)} rows to look at{f', corrections to fill in: {out}' if out else ''}")


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
        print_json(told_of)
        return
    for row in removed if clear else kept:
        say(f"{'removed ' if clear else ''}{row.bytes:>12,} bytes  {row.package}")
    in_use = f"; {len(kept)} in use by builds stay" if clear and kept else ""
    say(f"{folder}: {len(removed if clear else kept)} packages{' cleared' if clear else ''}{in_use}")
