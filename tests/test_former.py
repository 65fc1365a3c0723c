"""Ids that stay when a corpus grows, and where those went that could not."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

import onrecord
from onrecord import tables
from onrecord.annotate import annotate, default_reader
from onrecord.checking.check import validate
from onrecord.errors import PackageError
from onrecord.intake import load_articles
from onrecord.model import Annotated, Article
from onrecord.pipeline import resolve
from onrecord.resolving.former import Read, keep_ids
from onrecord.world import MergedId, World

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.fixture(scope="module")
def corpus() -> list[Annotated]:
    """Forty-four articles without dates, of paragraphs drawn from the seed articles."""
    chance = random.Random(11)
    paragraphs = [
        line for article in load_articles([SEEDS]) for line in article.text.split("\n") if len(line) > 80
    ]
    texts = ["\n\n".join([f"Part {n}.", *chance.sample(paragraphs, 5)]) for n in range(44)]
    made = [Article(str(n), text, sha256(text.encode()).hexdigest()) for n, text in enumerate(texts)]
    return list(annotate(made, default_reader()))


def tables_of(world: World, articles: Iterable[Annotated], merged: Sequence[MergedId], folder: Path) -> Read:
    """The tables of a package that holds a world."""
    folder.mkdir()
    with closing(tables.RowStore(folder)) as store:
        tables.add_articles(store, articles, world.placed)
        tables.add_world(store, world)
        tables.add_merged(store, merged)

    def read(table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        return (batch.select(list(columns)) for batch in store.sorted_batches(table))

    return read


def no_rows(table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    return iter(())


def events_of(world: World, articles: Iterable[Annotated]) -> Mapping[tuple[str, int], str]:
    return {
        (annotated.article.name, index): event_id
        for annotated, placed in zip(articles, world.placed, strict=True)
        for index, event_id in enumerate(placed.event_ids)
    }


def ids_of(world: World) -> dict[str, set[str]]:
    return {
        "entity": {row.entity_id for row in world.entities},
        "event": {row.event_id for row in world.events},
        "claim_group": {row.group_id for row in world.groups},
        "origin": {row.origin_id for row in world.origins},
    }


@pytest.mark.parametrize("seed", range(3))
def test_ids_stay_when_a_corpus_without_dates_grows_by_a_tenth(
    corpus: list[Annotated], tmp_path: Path, seed: int
) -> None:
    old = random.Random(seed).sample(corpus, 40)
    before = resolve(old, ())
    held = {annotated.article.name for annotated in old}
    after, merged = keep_ids(resolve(corpus, ()), corpus, tables_of(before, old, (), tmp_path / "old"))
    former, present = ids_of(before), ids_of(after)
    pointers = {row.former_id: row for row in merged}
    for kind, ids in former.items():
        assert ids - present[kind] <= {one for one, row in pointers.items() if row.kind == kind}
    assert all(row.present_id in present[row.kind] & former[row.kind] for row in merged)
    assert not any(row.former_id in present[row.kind] for row in merged)
    told, now = events_of(before, old), events_of(after, corpus)
    together: dict[str, set[tuple[str, int]]] = {}
    for mention, event_id in now.items():
        if mention[0] in held:
            together.setdefault(event_id, set()).add(mention)
    whole: dict[str, set[tuple[str, int]]] = {}
    for mention, event_id in told.items():
        whole.setdefault(event_id, set()).add(mention)
    same = [mentions for mentions in whole.values() if mentions in together.values()]
    assert same and all(told[mention] == now[mention] for mentions in same for mention in mentions)


def test_what_is_unchanged_keeps_its_id_without_help(corpus: list[Annotated]) -> None:
    old = corpus[:40]
    told, now = (events_of(resolve(held, ()), held) for held in (old, corpus))

    def gathered(placed: Mapping[tuple[str, int], str]) -> dict[str, set[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        for mention, event_id in placed.items():
            found.setdefault(event_id, set()).add(mention)
        return found

    before, after = gathered(told), gathered(now)
    unchanged = [event_id for event_id, mentions in before.items() if mentions in after.values()]
    assert len(unchanged) > 0.4 * len(before)
    assert all(after[event_id] == before[event_id] for event_id in unchanged)


def test_the_same_articles_change_nothing(corpus: list[Annotated], tmp_path: Path) -> None:
    world = resolve(corpus, ())
    again, merged = keep_ids(world, corpus, tables_of(world, corpus, (), tmp_path / "same"))
    assert again is world
    assert merged == ()
    assert keep_ids(world, corpus, no_rows) == (world, ())


def test_pointers_are_carried_on_to_where_they_lead(corpus: list[Annotated], tmp_path: Path) -> None:
    old = random.Random(1).sample(corpus, 40)
    world = resolve(old, ())
    live = next(iter(world.events)).event_id
    earlier = (
        MergedId("evt-0000000000000001", "event", live),
        MergedId("evt-0000000000000002", "event", "evt-00000000000000ff"),
        MergedId(live, "event", max(row.event_id for row in world.events)),
    )
    _, merged = keep_ids(world, old, tables_of(world, old, earlier, tmp_path / "old"))
    assert merged == earlier[:1]


TALKS = (
    "Ministers in Velby signed the herring treaty with Norland on Friday, said Ana Ortiz of the council.\n"
)


def test_a_build_is_told_of_the_package_before(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "one.txt").write_text(TALKS, encoding="utf-8")
    (folder / "two.txt").write_text(
        "Dockers in Halden marched against the port of Lindholm.\n", encoding="utf-8"
    )
    onrecord.build([folder], tmp_path / "a")
    first = onrecord.load(tmp_path / "a")
    for number in range(6):
        (folder / f"more{number}.txt").write_text(f"{TALKS}This is edition {number}.\n", encoding="utf-8")
    onrecord.build([folder], tmp_path / "plain")
    onrecord.build([folder], tmp_path / "a", previous=tmp_path / "a")
    onrecord.build([folder], tmp_path / "again", previous=tmp_path / "a")
    assert validate(tmp_path / "a", load_articles([folder])).valid
    kept, plain = onrecord.load(tmp_path / "a"), onrecord.load(tmp_path / "plain")
    for table, key in (("entities", "entity_id"), ("events", "event_id"), ("claim_groups", "group_id")):
        assert set(first[table][key]) <= set(kept[table][key]) | set(kept["merged_ids"].former_id)
        assert len(kept[table]) == len(plain[table])
    files = [path.name for path in (tmp_path / "a" / "datapackage").iterdir()]
    assert files
    for name in files:
        one, other = (tmp_path / place / "datapackage" / name for place in ("a", "again"))
        assert one.read_bytes() == other.read_bytes()


def test_a_package_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TALKS, encoding="utf-8")
    done: list[object] = []
    with pytest.raises(PackageError, match="none holds no package"):
        onrecord.build([tmp_path], tmp_path / "out", previous=tmp_path / "none", on_progress=done.append)
    assert done == []


def _cut_short(package: Path) -> None:
    path = package / "datapackage" / "event_mentions.parquet"
    path.write_bytes(path.read_bytes()[:-40])


def _change(package: Path) -> None:
    path = package / "datapackage" / "claims.parquet"
    path.write_bytes(path.read_bytes().replace(b"PAR1", b"PAR2", 1))


def _take_out(package: Path) -> None:
    (package / "datapackage" / "origins.parquet").unlink()


def _describe_another(package: Path) -> None:
    (package / "datapackage.json").write_text('{"name": "wells", "resources": [{"path": "wells.csv"}]}')


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (_cut_short, "event_mentions.parquet was changed or cut short"),
        (_change, "claims.parquet was changed or cut short"),
        (_take_out, "origins.parquet is missing"),
        (_describe_another, "datapackage.json: a resource lacks its name"),
    ],
)
def test_a_damaged_package_before_is_told_at_once(
    damage: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text(TALKS, encoding="utf-8")
    onrecord.build([tmp_path / "one.txt"], tmp_path / "old")
    damage(tmp_path / "old")
    done: list[object] = []
    with pytest.raises(PackageError, match=told) as raised:
        onrecord.build(
            [tmp_path / "one.txt"], tmp_path / "new", previous=tmp_path / "old", on_progress=done.append
        )
    assert "whole package or release" in str(raised.value)
    assert done == []
    assert not (tmp_path / "new").exists()
