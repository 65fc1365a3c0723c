"""The command line: its commands; ``running`` runs them, ``printing`` prints.

What a command needs it imports itself: help is there at once.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onrecord import sharing
from onrecord.errors import PackageError
from onrecord.printing import print_json, print_table, say
from onrecord.progress import progress
from onrecord.running import (
    EXIT_CODES,
    INVALID,
    NOTHING,
    articles_option,
    build_options,
    examples,
    json_option,
    quiet_option,
    read_options,
    there,
    told,
)

if TYPE_CHECKING:
    from onrecord.intake import Progress
    from onrecord.llm.asked import Asked
    from onrecord.packaging.package import Package
    from onrecord.pipeline import BuildResult
    from onrecord.reading.fetch import Fetched
    from onrecord.releasing.diff import Diff

SHOWN = 20
"""Warnings and rejects that a build shows unless it is to show all."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.version_option(package_name="onrecord")
@click.pass_context
def main(context: click.Context) -> None:
    """News articles in, a validated data package out; every row points at the characters that say it.

    Options may stand in onrecord.toml, or in pyproject.toml under [tool.onrecord]: a table for each command.
    """
    context.default_map = read_options(Path(), dict(main.commands))


for command in sharing.COMMANDS:
    main.add_command(command)


@main.command(
    epilog=examples(
        "onrecord build my-articles/ --out story/",
        "cat articles.jsonl | onrecord build - --out story/ --workers 2",
        "onrecord build my-articles/ --out story/ --previous story/",
    )
)
@build_options
@click.option("--replace", is_flag=True, help="Replace a package of other articles too.")
@click.option(
    "--previous",
    type=there,
    help="The package or release before, also the one in --out: its ids stay, merged_ids tells what merged.",
)
def build(paths: tuple[Path, ...], previous: Path | None, as_json: bool, verbose: bool, **given: Any) -> None:
    """Build a data package from PATHS: folders, article files (.txt, .md, .html, .pdf, .docx), or files of
    many articles: JSON lines (.jsonl, packed as .gz or .zst), JSON, CSV, Parquet, RSS and Atom, archives of
    files (.zip, .tar.gz) and of web pages (.warc, .wacz).

    Without PATHS, the folder seeds/ is built; PATHS of - reads JSON lines from standard input.
    """
    from onrecord.packaging.package import DESCRIPTOR

    with told(), ExitStack() as stack:
        zipped = previous is not None and previous.is_file() and previous.name != DESCRIPTOR
        earlier = stack.enter_context(_previous_release(previous)) if previous and zipped else previous
        result = _build(paths, previous=earlier, **given)
    _tell_built(result, None, as_json, SHOWN if not verbose else None, given["quiet"])


@main.command(epilog=examples("onrecord update my-articles/ --out story/"))
@build_options
def update(paths: tuple[Path, ...], as_json: bool, out: Path, verbose: bool, **given: Any) -> None:
    """Build PATHS over the package in --out, and tell what was added, removed or changed.

    PATHS are all articles, as for build: those that are not new are not read again, and what is left out
    goes. Ids of the package stay; merged_ids tells what those became whose rows are now one.
    """
    from onrecord.packaging.package import read_package
    from onrecord.pipeline import read_earlier
    from onrecord.releasing.diff import compare

    found: list[Diff] = []
    with told():
        earlier = read_earlier(out)
        result = _build(
            paths,
            out=out,
            previous=earlier,
            replace=True,
            on_written=lambda stage: found.append(compare(earlier, read_package(stage))),
            **given,
        )
    _tell_built(result, found[0], as_json, SHOWN if not verbose else None, given["quiet"])


def _build(
    paths: tuple[Path, ...], *, workers: int, cluster: str | None, quiet: bool, **given: Any
) -> "BuildResult":
    from onrecord.pipeline import build

    if Path("-") in paths and len(paths) > 1:
        raise click.UsageError("- is read alone: build standard input without other PATHS")
    if Path("-") in paths and sys.stdin is None:
        raise click.UsageError("- needs standard input, which is closed")
    if cluster is not None and workers > 1:
        raise click.UsageError("give --workers or --cluster: a cluster has workers of its own")
    stdin = sys.stdin.buffer if paths == (Path("-"),) else None
    with nullcontext(_say_nothing) if quiet else progress() as on_progress:
        return build(
            () if stdin else paths or (Path("seeds"),),
            workers=workers,
            cluster=cluster,
            stdin=stdin,
            on_progress=on_progress,
            **given,
        )


def _say_nothing(now: "Progress") -> None:
    pass


def _tell_built(
    result: "BuildResult", changes: "Diff | None", as_json: bool, most: int | None, quiet: bool
) -> None:
    from onrecord.packaging.package import DESCRIPTOR
    from onrecord.releasing.diff import summarize

    if as_json:
        print_json(asdict(result) | ({} if changes is None else {"changes": asdict(changes)}))
        return
    if quiet:
        return
    print_table(("table", "rows"), [(name, f"{rows:,}") for name, rows in result.rows.items()], right="rows")
    rejects = [f"rejected ({reject.code}): {reject.message}" for reject in result.rejects]
    for lines in ([f"warning: {warning}" for warning in result.warnings], rejects):
        for line in lines[:most]:
            say(line, err=True)
        if hidden := len(lines) - len(lines[:most]):
            say(f"... and {hidden} more; --verbose shows all", err=True)
    if changes is not None:
        say(summarize(changes))
    rejected = f", {len(result.rejects)} rejected" if result.rejects else ""
    if result.asked is not None:
        _tell_asked(result.asked)
    say(f"{result.articles} articles{rejected}, {result.seconds} s: {result.package / DESCRIPTOR}")


def _tell_asked(asked: "Asked") -> None:
    """What asking a language model has cost, what it left unread, and what was not admitted."""
    from onrecord.llm.asked import tell_cost

    say(f"asked: {tell_cost(asked.spent)}", err=True)
    for reason, count in asked.dropped.items():
        say(f"not admitted: {reason}: {count:,}", err=True)
    for unread in asked.unread[:20]:
        say(f"not read by the model ({unread.code}): {unread.message}", err=True)
    if len(asked.unread) > 20:
        say(f"... and {len(asked.unread) - 20} more", err=True)


@contextmanager
def _previous_release(path: Path) -> Iterator["Package"]:
    from onrecord.pipeline import NO_PREVIOUS
    from onrecord.releasing.archive import open_package

    with ExitStack() as stack:
        try:
            package = stack.enter_context(open_package(path))
        except PackageError as error:
            raise PackageError(f"{error}; {NO_PREVIOUS}") from error
        yield package


@main.command(epilog=examples("onrecord validate story/", "onrecord validate story/ --articles my-articles/"))
@click.argument("package", type=there, default=Path())
@articles_option
@json_option
def validate(package: Path, articles: tuple[Path, ...], as_json: bool) -> None:
    """Check a PACKAGE (the one here): schemas, keys, CSV = Parquet, hashes; with articles, every span."""
    from onrecord.checking import check
    from onrecord.intake import load_articles

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


@main.command(
    epilog=examples(
        "onrecord review story/ --articles my-articles/",
        "onrecord review story/ --articles my-articles/ --limit 20 --out look.csv",
    )
)
@click.argument("package", type=there, default=Path())
@click.option(
    "--articles",
    type=there,
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
    from onrecord.correcting import review as reviewing
    from onrecord.intake import load_articles

    if out is not None and not articles:
        raise click.UsageError("--out needs --articles: a correction tells which of equal words it means")
    with told():
        found = reviewing.review(package, load_articles(articles) if articles else None, limit)
    if out is not None:
        try:
            with out.open("x", encoding="utf-8", newline="") as stream:
                stream.write(reviewing.write_skeleton(found))
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


@main.command(
    epilog=examples(
        "onrecord fetch urls.txt --out my-articles/",
        "onrecord fetch mediacloud.csv --out my-articles/ --contact rosa@post.example",
    )
)
@click.argument("lists", nargs=-1, required=True, type=there)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the articles."
)
@click.option(
    "--pause",
    type=click.FloatRange(0),
    default=1,
    show_default=True,
    help="Seconds to wait between two requests to a host.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=20,
    show_default=True,
    help="Seconds to wait for an answer.",
)
@click.option(
    "--retries", type=click.IntRange(0), default=3, show_default=True, help="How often to ask again."
)
@click.option("--contact", help="Your address, which hosts are told with each request.")
@quiet_option
@json_option
def fetch(
    lists: tuple[Path, ...],
    out: Path,
    pause: float,
    timeout: float,
    retries: int,
    contact: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Fetch the pages of LISTS, files of addresses, into a folder of articles: the one command that goes
    online.

    A list has one address a line, or is a CSV with a column of them, as Media Cloud and GDELT export. Hosts'
    robots.txt is held to; pages that are there already are not fetched again.
    """
    from onrecord.reading import fetch as fetching

    agent = f"{fetching.AGENT} ({contact})" if contact else fetching.AGENT
    policy = fetching.Policy(pause=pause, timeout=timeout, retries=retries, agent=agent)
    with told():
        urls = dict.fromkeys(url for path in lists for url in fetching.read_addresses(path))
        pages = fetching.fetch(urls, out, policy, lambda page: _tell_page(page, quiet))
    failed = [page for page in pages if page.problem]
    if as_json:
        print_json({"out": out, "pages": [asdict(page) for page in pages]})
    elif not quiet:
        new = sum(page.new and not page.problem for page in pages)
        say(
            f"{out}: {new} pages fetched, {len(pages) - new - len(failed)} there before, {len(failed)} failed"
        )
    sys.exit(NOTHING if len(failed) == len(pages) else 0)


def _tell_page(page: "Fetched", quiet: bool) -> None:
    if page.problem or not quiet:
        say(f"{page.url}: {page.problem or page.file}", err=True)


@main.command(epilog=examples("onrecord explain clm-5a0b6ff4d5bb5aef story/ --articles my-articles/"))
@click.argument("row_id", metavar="ROW-ID")
@click.argument("package", type=there, default=Path())
@articles_option
@json_option
def explain(row_id: str, package: Path, articles: tuple[Path, ...], as_json: bool) -> None:
    """Show the row of a PACKAGE (the one here) with the id ROW-ID, and what it rests on.

    That is its words in the article, its chain of voices, the rows that belong to it, and what made it.
    """
    from onrecord.intake import load_articles
    from onrecord.releasing import explain as explaining
    from onrecord.releasing.archive import open_package

    with told(), open_package(package) as held:
        found = explaining.explain(held, row_id, load_articles(articles) if articles else None)
    if as_json:
        print_json(asdict(found))
        return
    say(f"{found.table} {row_id}")
    for name, value in found.row.items():
        say(f"  {name}: {value}")
    if found.around is not None:
        say(f"in the article: {found.around}")
    for title, rows in found.beside.items():
        say(f"{title}:")
        for row in rows:
            say("  " + ", ".join(f"{name} {value}" for name, value in row.items()))


@main.command(epilog=examples("onrecord cache", "onrecord cache story/ --clear"))
@click.argument("packages", nargs=-1, type=click.Path(path_type=Path))
@click.option("--clear", is_flag=True, help="Remove what is kept: for PACKAGES, or for all packages.")
@json_option
def cache(packages: tuple[Path, ...], clear: bool, as_json: bool) -> None:
    """Show what builds keep of articles for the next build, of PACKAGES or of all, and where; or clear it.

    A package carries no whole articles; this folder does. ONRECORD_CACHE tells another place for it.
    """
    from onrecord import workplace

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
