"""One entity over all articles, whatever they call it, and never two made one."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.errors import InputError
from onrecord.model import Annotated, Article, EntityType, LocalEntity, Mention
from onrecord.resolving.entities import Known, link_entities, load_known


def article(
    name: str, *entities: tuple[EntityType, str] | tuple[EntityType, str, tuple[str, ...]]
) -> Annotated:
    """An article with one mention of each entity: kind, fullest name, other names."""
    local = tuple(LocalEntity(row[1], row[0], row[2] if len(row) > 2 else ()) for row in entities)
    mentions = tuple(
        Mention(place, place + 1, "name", entity.type, place, 1.0, "name")
        for place, entity in enumerate(local)
    )
    return Annotated(Article(name, "x" * 100, name), (), local, mentions, (), (), ())


def ids_of(*articles: Annotated, known: tuple[Known, ...] = ()) -> list[tuple[str, ...]]:
    return list(link_entities(articles, known)[0])


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("organization", "Pentagon", "the Department of Defense"),
        ("organization", "DoD", "U.S. Department of Defense"),
        ("organization", "the Defense Department", "Pentagon"),
        ("organization", "Fisheries Ministry", "Ministry of Fisheries"),
        ("organization", "Brightwater Foods Inc.", "Brightwater Foods"),
        ("organization", "Brightwater Foods' ", "Brightwater Foods"),
        ("organization", "local carmaker Halden Motors", "Halden Motors"),
        ("place", "U.S.", "the United States"),
        ("person", "Sen. Bob Hale", "Robert Hale"),
        ("group", "Republicans", "Republican"),
        ("group", "African-American", "African Americans"),
        ("group", "Democratic", "Democrats"),
        ("group", "Kenyans", "Kenyan"),
        ("person", "Ana Ortiz's", "Minister Ana Ortiz"),
        ("person", "Ana M. Ortiz", "Ana Ortiz"),
    ],
)
def test_names_of_one_bearer_are_one_entity(kind: EntityType, one: str, other: str) -> None:
    (first,), (second,) = ids_of(article("a", (kind, one)), article("b", (kind, other)))
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("organization", "Ortiz administration"), ("person", "Ana Ortiz")),
        (("organization", "Ortiz administration"), ("person", "Ortiz")),
        (("person", "Joe Hale"), ("person", "Jane Hale")),
        (("person", "Joe Hale Jr."), ("person", "Joe Hale Sr.")),
        (("group", "Kenyans"), ("place", "Kenya")),
        (("organization", "University of Velby"), ("organization", "Velby")),
        (("organization", "Norfield Mining"), ("organization", "Norfield Foods")),
        (("person", "Halden"), ("organization", "Halden")),
    ],
)
def test_names_of_two_bearers_stay_two(one: tuple[EntityType, str], other: tuple[EntityType, str]) -> None:
    (first,), (second,) = ids_of(article("a", one), article("b", other))
    assert first != second


def test_a_people_that_one_article_takes_for_an_organization_is_one_entity() -> None:
    people, one = article("a", ("group", "Millennials")), article("b", ("organization", "Millennial"))
    ids, (entity,) = link_entities([people, one, article("c", ("group", "Millennial"))])
    assert (entity.name, entity.type, entity.mentions) == ("Millennials", "group", 3)
    assert set(ids) == {(entity.entity_id,)}


def test_a_place_is_not_shown_as_a_dateline_writes_it() -> None:
    dateline = article("a", ("place", "LINDHOLM", ("Lindholm",)))
    _, (entity,) = link_entities([dateline, article("b", ("place", "LINDHOLM", ("Lindholm",)))])
    assert entity.name == "Lindholm"
    _, (agency,) = link_entities([article("a", ("organization", "NORAX"))])
    assert agency.name == "NORAX"
    apart = [article("a", ("place", "LINDHOLM")), article("b", ("place", "LINDHOLM"))]
    _, (place,) = link_entities([*apart, article("c", ("place", "Lindholm"))])
    assert place.name == "Lindholm"


def test_a_surname_is_whoever_its_article_says() -> None:
    placed = ids_of(
        article("a", ("person", "Susie Wiles", ("Wiles",))),
        article("b", ("person", "Tom Wiles", ("Wiles",))),
    )
    assert placed[0] != placed[1]


def test_a_surname_alone_goes_to_the_one_who_keeps_the_same_company() -> None:
    full = article("a", ("person", "Ana Ortiz"), ("organization", "Norfield Mining"))
    same = article("b", ("person", "Ortiz"), ("organization", "Norfield Mining"))
    stranger = article("c", ("person", "Ortiz"), ("organization", "Velby Choir"))
    placed = ids_of(full, same, stranger)
    assert placed[1][0] == placed[0][0]
    assert placed[2][0] != placed[0][0]


def test_a_surname_alone_stays_alone_where_two_would_fit() -> None:
    company: tuple[EntityType, str] = ("organization", "Norfield Mining")
    placed = ids_of(
        article("a", ("person", "Ana Ortiz"), company),
        article("b", ("person", "Luis Ortiz"), company),
        article("c", ("person", "Ortiz"), company),
    )
    assert placed[2][0] not in {placed[0][0], placed[1][0]}


def test_a_name_that_fits_two_people_joins_neither() -> None:
    placed = ids_of(
        article("a", ("person", "Joe P. Hale")),
        article("b", ("person", "Joe T. Hale")),
        article("c", ("person", "Joe Hale")),
    )
    assert len(set(placed)) == 3


def test_an_acronym_means_what_articles_explain_it_by() -> None:
    placed = ids_of(
        article("a", ("organization", "Office of Fair Rents", ("OFR",))),
        article("b", ("organization", "OFR")),
        article("c", ("organization", "Order of the Red Fox")),
    )
    assert placed[0] == placed[1] != placed[2]


def test_an_acronym_explained_in_two_ways_stays_by_itself() -> None:
    placed = ids_of(
        article("a", ("organization", "Office of Fair Rents", ("OFR",))),
        article("b", ("organization", "Order of Friendly Rivers", ("OFR",))),
        article("c", ("organization", "OFR")),
    )
    assert len(set(placed)) == 3


def test_what_the_reader_takes_a_name_for_does_not_part_it() -> None:
    articles = [article("a", ("organization", "Zetacorp")), article("b", ("place", "Zetacorp"))]
    placed, rows = link_entities(articles)
    assert placed[0] == placed[1]
    assert len(rows) == len({row.entity_id for row in rows}) == 1


def test_an_odd_long_name_hides_no_plain_one() -> None:
    placed, rows = link_entities(
        [
            article("a", ("organization", "Halden Motors Third Assembly", ("Halden Motors",))),
            article("b", ("organization", "Halden Motors")),
            article("c", ("organization", "Halden Motors")),
        ]
    )
    assert len(set(placed)) == 1
    assert [row.name for row in rows] == ["Halden Motors"]


def test_the_authority_file_decides(tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text(
        "name,type,aliases,wikidata\nVelby Water Board,organization,VWB|the Board,Q1\n", encoding="utf-8"
    )
    known = load_known([tmp_path]).rows
    placed, rows = link_entities(
        [article("a", ("organization", "VWB")), article("b", ("organization", "Board"))], known
    )
    assert placed[0] == placed[1]
    assert [(row.name, row.wikidata, row.sources) for row in rows] == [("Velby Water Board", "Q1", 2)]


@pytest.mark.parametrize("row", ["Velby,city,,", ",place,,", "Velby,place,a,b,c,d"])
def test_a_wrong_row_of_the_authority_file_is_named(tmp_path: Path, row: str) -> None:
    (tmp_path / "entities.csv").write_text(f"name,type,aliases,wikidata\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"entities\.csv, line 2"):
        load_known([tmp_path])


NAMES = st.sampled_from(
    [
        LocalEntity("Ana Ortiz", "person", ("Ortiz",)),
        LocalEntity("Ortiz", "person"),
        LocalEntity("Luis Ortiz", "person"),
        LocalEntity("Dr. Ortiz", "person"),
        LocalEntity("A. Ortiz", "person"),
        LocalEntity("Office of Fair Rents", "organization", ("OFR",)),
        LocalEntity("OFR", "organization"),
        LocalEntity("OFR", "place"),
        LocalEntity("Order of Friendly Rivers", "organization", ("OFR",)),
        LocalEntity("Pentagon", "organization"),
        LocalEntity("Pentagon", "product"),
        LocalEntity("DoD", "organization", ("Department of Defense",)),
        LocalEntity("Ortiz administration", "group"),
        LocalEntity("Halden", "organization"),
        LocalEntity("Halden T4", "product"),
        LocalEntity("T4", "product"),
        LocalEntity("’s", "person"),
    ]
)


@st.composite
def corpora(draw: st.DrawFn) -> list[Annotated]:
    chains = draw(st.lists(st.lists(NAMES, max_size=5, unique=True), min_size=1, max_size=7))
    return [
        article(f"a{number}", *((entity.type, entity.name, entity.aliases) for entity in row))
        for number, row in enumerate(chains)
    ]


@given(corpora(), st.randoms(use_true_random=False))
def test_the_order_of_articles_changes_nothing(corpus: list[Annotated], random: Random) -> None:
    shuffled = list(corpus)
    random.shuffle(shuffled)
    placed, rows = link_entities(corpus)
    again, rows_again = link_entities(shuffled)
    assert rows == rows_again
    assert dict(zip([a.article.name for a in corpus], placed, strict=True)) == dict(
        zip([a.article.name for a in shuffled], again, strict=True)
    )


@given(corpora())
def test_every_chain_has_one_entity_and_every_entity_a_row(corpus: list[Annotated]) -> None:
    placed, rows = link_entities(corpus)
    assert [len(row) for row in placed] == [len(annotated.entities) for annotated in corpus]
    assert len(rows) == len({row.entity_id for row in rows})
    assert {row.entity_id for row in rows} == {entity_id for row in placed for entity_id in row}
    assert sum(row.mentions for row in rows) == sum(len(annotated.mentions) for annotated in corpus)


@given(corpora(), st.integers(0, 3))
def test_entities_that_newcomers_do_not_name_keep_their_ids(corpus: list[Annotated], more: int) -> None:
    before = ids_of(*corpus)
    news = [
        article(f"n{number}", ("person", f"Vera Lund{number}"), ("place", f"Port {number}"))
        for number in range(more)
    ]
    assert ids_of(*corpus, *news)[: len(corpus)] == before


def test_a_surname_alone_is_the_person_whom_most_articles_name_by_it() -> None:
    told = [article(f"t{i}", ("person", "Ana Ortiz", ("Ortiz",))) for i in range(3)]
    ids = ids_of(*told, article("alone", ("person", "Ortiz")))
    assert ids[-1] == ids[0]


def test_a_surname_that_few_articles_explain_stays_alone() -> None:
    told = [article(f"t{i}", ("person", "Ana Ortiz", ("Ortiz",))) for i in range(2)]
    ids = ids_of(*told, article("alone", ("person", "Ortiz")))
    assert ids[-1] != ids[0]


def test_a_surname_of_two_prominent_people_stays_alone() -> None:
    told = [article(f"t{i}", ("person", "Ana Ortiz", ("Ortiz",))) for i in range(4)]
    told += [article(f"u{i}", ("person", "Bea Ortiz", ("Ortiz",))) for i in range(4)]
    ids = ids_of(*told, article("alone", ("person", "Ortiz")))
    assert ids[-1] not in (ids[0], ids[4])
