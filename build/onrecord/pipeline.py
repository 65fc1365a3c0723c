"""The way of the data: read → clean → tag → assemble → resolve → tables → check → publish.

This module composes the stages; none of them knows another. Work on single articles is ``intake``'s: each
is read once, here, in other processes or on other machines, and kept until it or the software changes. Work
across articles streams over what is kept. Results depend on the inputs alone: not on the number of workers,
the order of the inputs, the hash seed, the locale or the clock.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from onrecord import tables, workplace
from onrecord.annotate import default_reader
from onrecord.checking import check
from onrecord.checking.report import Report
from onrecord.correcting import amend, amend_world, corrections
from onrecord.engines import start_engine
from onrecord.errors import GroundingError, InputError, PackageError
from onrecord.intake import (
    Annotations,
    Held,
    Judged,
    Progress,
    annotate_articles,
    ask_model,
    fingerprint,
    fold_rejects,
    judge_articles,
    read_articles,
)
from onrecord.kept import FORGETFUL, FOUND, Kept, Memory, hash_of
from onrecord.llm.asked import Asked
from onrecord.llm.question import JUDGING, LISTING
from onrecord.llm.reader import LanguageModel
from onrecord.model import Annotated, Reject
from onrecord.packaging import metadata, package, publish, schema
from onrecord.packaging.tablefile import explain
from onrecord.resolving import entities, events, former, groups, origins, reprints, stories
from onrecord.world import MergedId, Placed, World

SOFTWARE_VERSION = version("onrecord")
UNCORRECTED = corrections.Corrections()
NO_PREVIOUS = "for the ids to stay, --previous must be a whole package or release; without it, ids may change"


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did: counts of articles and rejects, rows by table, seconds, where the package is, and
    what came of asking a language model. ``warnings`` tell what was not understood and left out: file and
    line, and what."""

    package: Path
    articles: int
    rejects: tuple[Reject, ...]
    rows: dict[str, int]
    seconds: float
    asked: Asked | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Corrected:
    """Articles with their corrections carried out; may be iterated as often as ``articles`` may."""

    articles: Iterable[Annotated]
    fixes: corrections.Corrections

    def __iter__(self) -> Iterator[Annotated]:
        for annotated in self.articles:
            lines = self.fixes.of_article(annotated.article.name)
            yield amend.correct_article(annotated, lines) if lines else annotated


def find_keys(annotated: Annotations | Judged, fixes: corrections.Corrections) -> list[bytes]:
    """What stands for each article with its corrections, in order."""
    lines = (fixes.of_article(name) for name in annotated.names)
    return [
        hash_of(key, repr(line).encode()) if line else key
        for key, line in zip(annotated.keys, lines, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the parts of each article stand, put together as they are asked for."""

    articles: Iterable[Annotated]
    columns: tuple[Iterable[Any], ...]

    def __iter__(self) -> Iterator[Placed]:
        for annotated, *ids in zip(self.articles, *self.columns, strict=True):
            yield Placed(annotated.article.source_id, *ids)


def resolve(
    articles: Iterable[Annotated],
    known: Sequence[entities.Known],
    fixes: corrections.Corrections = UNCORRECTED,
    scratch: Path | None = None,
    memory: Memory = FORGETFUL,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> World:
    """What is the same across articles, as corrected; ``scratch`` is where stages put by what they need,
    ``memory`` has what earlier builds found out."""
    on_stage("link entities")
    entity_ids, entity_rows = entities.link_entities(articles, known)
    if changed := fixes.of_table("entities"):
        entity_ids, entity_rows = amend_world.correct_entities(articles, entity_ids, entity_rows, changed)
    on_stage("find stories")
    told = stories.find_stories(articles, scratch, memory)
    on_stage("find reprints")
    reprinted = reprints.find_reprints(articles, scratch, memory)
    copies = reprints.copies(reprinted)
    origin_ids, own_origins, origin_rows = origins.trace_origins(
        articles, entity_ids, entity_rows, copies, told.publishers
    )
    on_stage("group claims")
    reviewed, refused = amend_world.relate_claims(articles, fixes.of_table("claim_relations"))
    group_ids, group_rows, relation_rows = groups.group_claims(
        articles,
        entity_ids,
        origin_ids,
        told,
        copies=copies,
        reviewed=reviewed,
        refused=refused,
        scratch=scratch,
        memory=memory,
    )
    related = origins.relate_sources(articles, own_origins, origin_ids, origin_rows, group_ids, scratch)
    related.extend(reprinted)
    on_stage("link events")
    event_ids, event_rows, participant_rows = events.link_events(
        articles, entity_ids, origin_ids, entity_rows, told, scratch, memory
    )
    if changed := fixes.of_table("events"):
        event_rows = amend_world.correct_events(articles, event_ids, tuple(event_rows), changed)
    placed = Placing(articles, (own_origins, entity_ids, event_ids, group_ids, origin_ids))
    return World(
        placed,
        entity_rows,
        event_rows,
        participant_rows,
        group_rows,
        relation_rows,
        origin_rows,
        related,
    )


def build(
    paths: Sequence[Path | str] | Path | str = ("seeds",),
    out: Path | str = ".",
    *,
    workers: int = 1,
    cluster: str | None = None,
    strict: bool = False,
    stdin: BinaryIO | None = None,
    wait: float = 0.0,
    previous: package.Package | Path | str | None = None,
    reader: LanguageModel | None = None,
    replace: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    on_written: Callable[[Path], None] = lambda stage: None,
) -> BuildResult:
    """Build a data package from articles and put it in place, whole or not at all.

    ``paths`` is a folder or file, or several: folders, article files or files of many articles; ``stdin`` is
    a stream of JSON lines to read instead. The package is ``out/datapackage.json`` and ``out/datapackage/``,
    and nothing else stands in ``out``: articles and what is kept for the next build lie in the user's cache
    folder (``workplace``). ``workers`` is the number of processes; ``cluster`` is the address of a
    dask.distributed scheduler whose workers read the articles instead (docs/cluster.md). ``strict`` turns any
    reject into an InputError. ``wait`` is how many seconds to wait for another build of the same folder.
    ``previous`` is the package before, which may be the one that is to be replaced: ids that it gave to
    entities, events, claim groups and origins stay with them, and the table ``merged_ids`` tells what went
    into what. Without it, all ids come from the articles alone. A package of other articles, none of which is
    built again, is replaced only with ``replace``. ``reader`` is a language model to read with, instead of
    the built-in reader or beside it: it is asked for what is not among the answers at hand, and an article
    that it gives no answer to ends in the rejects, or is read by the built-in reader alone. ``on_written`` is
    given the folder of the whole, checked package before it takes the place of the one that is there.

    Raises InputError where nothing usable is found, LockedError where another build is under way,
    GroundingError where a span does not match, CorrectionError where a correction does not fit: in each case
    the package that was there before is untouched.
    """
    began = time.monotonic()
    out = Path(out)
    given = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    with ExitStack() as stack:
        stack.enter_context(collect_seldom())
        stack.enter_context(explain(f"{out} is as it was: the build cannot go on"))
        stage = stack.enter_context(publish.stage(out, wait=wait))
        earlier = read_earlier(Path(previous)) if isinstance(previous, str | Path) else previous
        kept, work = stack.enter_context(workplace.work_on(out))
        articles = stack.enter_context(Kept(kept))
        engine = stack.enter_context(start_engine(workers, cluster))
        held, refused = read_articles(given, stdin, articles, engine, on_progress)
        require_usable(held, refused, strict)
        if not replace:
            _require_related(out, held)
        fixes = corrections.load_corrections(given)
        if fixes.lines:
            fixes.require_articles(article.name for article in held)
        asked, unread = (None, []) if reader is None else ask_model(held, reader, on_progress)
        require_usable(held, unread, strict)
        annotated, killed = annotate_articles(held, articles, engine, on_progress, reader)
        read: Annotations | Judged = annotated
        if reader is not None and asked is not None and reader.beside:
            read, judged, unjudged = judge_articles(annotated, reader, asked, on_progress)
            require_usable(held, unjudged, strict)
            asked, unread = asked + judged, []
        rejects = fold_rejects([*refused, *unread, *killed])
        require_usable(held, rejects, strict)
        shards = Corrected(read, fixes)
        known = entities.load_known(given)
        held.notices.add(known.notices)
        found = stack.enter_context(Kept(kept, FOUND))
        memory = Memory(found, fingerprint(), find_keys(read, fixes))
        world = resolve(
            shards, known.rows, fixes, work, memory, lambda stage: on_progress(Progress(stage, len(held)))
        )
        held.notices.add(known.find_unmatched(world.entities))
        merged: tuple[MergedId, ...] = ()
        if earlier is not None:
            world, merged = former.keep_ids(world, shards, earlier.read)
        on_progress(Progress("write", len(held)))
        store = stack.enter_context(closing(tables.RowStore(work)))
        _fill(store, shards, world, merged, rejects, memory)
        memory.finish()
        _add_activities(store, fixes, reader)
        store.close()
        schemas = schema.load()
        rows = {table: store.sorted_batches(table) for table in schemas}
        written = package.write_package(stage, rows, schemas, describe(shards, given))
        on_progress(Progress("check", len(held)))
        require_valid(check.validate(stage, held, work))
        on_written(stage)
        publish.publish(stage)
        counts = {table: store.count(table) for table in written.csv}
        seconds = round(time.monotonic() - began, 1)
        return BuildResult(out, len(held), rejects, counts, seconds, asked, held.notices.tell())


def _require_related(out: Path, held: Held) -> None:
    """Raise PackageError where ``out`` holds a sound package of which not one article is built again."""
    try:
        there = package.read_package(out)
        rows = [row for batch in there.read("sources", ("name",)) for row in batch.to_pylist()]
    except PackageError:
        return
    names = {row["name"] for row in rows}
    if names and not any(held.name(number) in names for number in range(len(held))):
        raise PackageError(
            f"{out} holds a package of {len(names)} other articles, such as {min(names)}; it was not "
            "replaced: give another folder, or --replace"
        )


def _fill(
    store: tables.RowStore,
    articles: Iterable[Annotated],
    world: World,
    merged: Sequence[MergedId],
    rejects: Sequence[Reject],
    memory: Memory,
) -> None:
    """Put the rows of all tables but ``activities`` into the store."""
    tables.add_articles(store, articles, world.placed, memory)
    tables.add_world(store, world)
    tables.add_merged(store, merged)
    tables.add_rejects(store, rejects)


def _add_activities(
    store: tables.RowStore, fixes: corrections.Corrections, reader: LanguageModel | None
) -> None:
    """What made the rows: this software with its reader, corrections, a language model with its prompt."""
    built_in = reader is None or reader.beside
    weights = default_reader().model_sha256 if built_in else None
    tables.add_activity(store, "build", SOFTWARE_VERSION, weights, {})
    if fixes.lines:
        tables.add_activity(store, "correction", SOFTWARE_VERSION, None, {"corrections": fixes.sha256})
    if reader is not None:
        for prompt in (LISTING, JUDGING) if reader.beside else (LISTING,):
            tables.add_activity(
                store, "reading", prompt.version, None, {"model": reader.name}, software=reader.name
            )


def read_earlier(path: Path) -> package.Package:
    """The package whose ids are to stay. Raises PackageError where it is not whole."""
    try:
        return package.read_sound_package(path)
    except PackageError as error:
        raise PackageError(f"{error}; {NO_PREVIOUS}") from error


@contextmanager
def collect_seldom() -> Iterator[None]:
    """Look for garbage in cycles a hundred times less often, within: records hold none, and to look through
    them all again and again took a seventh of the time of the stages across articles."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def describe(articles: Iterable[Annotated], paths: Sequence[Path] = ()) -> package.Metadata:
    """What the descriptor says of the package as a whole, from its inputs alone.

    A ``package.toml`` in a folder of ``paths`` tells what the articles cannot: see ``packaging.metadata``.
    """
    references = []
    published = []
    for annotated in articles:
        article = annotated.article
        references.append(package.Reference(article.title or article.name, article.url))
        published.append(article.published)
    default = package.Metadata(
        name=metadata.UNNAMED,
        title=f"Events, claims, entities and sources of {len(references)} news articles",
        description=(
            "What news articles say, who says it and where: every row points at the exact characters. "
            "Offsets count Unicode code points into the article's text, half open. "
            "The articles themselves belong to their publishers and are not part of the package."
        ),
        version=SOFTWARE_VERSION,
        created=metadata.find_created(published),
        sources=tuple(references),
        keywords=("news", "claims", "events", "entities", "attribution", "provenance"),
    )
    return metadata.load_metadata(paths, default)


def require_usable(held: Held, rejects: Sequence[Reject], strict: bool) -> None:
    """Raise InputError where there is no article, or under ``strict`` any input that cannot be used."""
    if strict and rejects:
        raise InputError(not_strict(rejects))
    if not len(held):
        raise InputError(nothing_usable(rejects))


def require_valid(report: Report) -> None:
    """Raise GroundingError or PackageError with the first problems of a report that has any."""
    if report.valid:
        return
    told = "; ".join(f"{p.code} in {p.table}, row {p.row}: {p.message}" for p in report.problems[:5])
    wrong = f"nothing was published, {len(report.problems)} problems were found: {told}"
    if any(problem.code == "ungrounded" for problem in report.problems):
        raise GroundingError(wrong)
    raise PackageError(wrong)


def nothing_usable(rejects: Sequence[Reject]) -> str:
    """Why there is nothing to build from, for people."""
    if not rejects:
        return "no articles found: give a folder or files of .txt, .md, .html, .jsonl, .parquet or .warc"
    return f"none of {len(rejects)} inputs can be used; the first: {rejects[0].message}"


def not_strict(rejects: Sequence[Reject]) -> str:
    """Why a strict build fails, for people: the first rejects, one a line, and how many more there are."""
    lines = [f"{len(rejects)} inputs cannot be used, and the build is strict:"]
    lines += [f"  {reject.message}" for reject in rejects[:10]]
    if len(rejects) > 10:
        lines.append(f"  ... and {len(rejects) - 10} more")
    return "\n".join(lines)
