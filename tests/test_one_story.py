"""One made-up story told by six articles: what is the same, what cannot both be so, and what is neither.

An explosion; deaths of three, at least four, five and six; 17 and 22 injured by the same mayor; a denial; a
report that relays another outlet; a printed correction.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from onrecord import tables
from onrecord.annotate import annotate, default_reader
from onrecord.intake import load_articles
from onrecord.pipeline import resolve

STORY = Path(__file__).parent / "data" / "one_story.jsonl"
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The rows of the tables that tell how the articles relate."""
    held = list(annotate(list(load_articles([STORY])), default_reader()))
    world = resolve(held, ())
    with closing(tables.RowStore(tmp_path_factory.mktemp("rows"))) as store:
        tables.add_articles(store, held, world.placed)
        tables.add_world(store, world)
        store.close()
        wanted = (
            "sources",
            "claims",
            "claim_groups",
            "claim_relations",
            "figures",
            "origins",
            "source_relations",
        )
        return {
            name: [row for batch in store.sorted_batches(name) for row in batch.to_pylist()]
            for name in wanted
        }


def names(rows: Rows) -> dict[str, str]:
    return {row["source_id"]: row["name"] for row in rows["sources"]}


def relations(rows: Rows, *kinds: str) -> Iterator[tuple[str, str, str, str]]:
    """Relation, basis, and the articles of the first and the second claim."""
    article = {row["claim_id"]: names(rows)[row["source_id"]] for row in rows["claims"]}
    for row in rows["claim_relations"]:
        if row["relation"] in kinds:
            yield row["relation"], row["basis"], article[row["claim_id"]], article[row["other_claim_id"]]


def test_counts_of_one_day_are_at_odds_and_later_ones_replace_earlier_ones(rows: Rows) -> None:
    found = {
        (kind, frozenset(basis.partition(": ")[2].lower().split(" / ")), frozenset((one, other)))
        for kind, basis, one, other in relations(rows, "conflict", "revision")
        if "people" in basis
    }
    assert found == {
        ("conflict", frozenset({"three", "at least four"}), frozenset({"wire", "gazette"})),
        ("conflict", frozenset({"17", "22"}), frozenset({"wire", "gazette"})),
        ("revision", frozenset({"five", "three"}), frozenset({"ledger", "wire"})),
        ("revision", frozenset({"six", "three"}), frozenset({"post", "wire"})),
        ("revision", frozenset({"six", "five"}), frozenset({"post", "ledger"})),
    }


def test_the_later_count_stands_first(rows: Rows) -> None:
    published = {row["name"]: row["published_edtf"] for row in rows["sources"]}
    revisions = list(relations(rows, "revision"))
    assert revisions
    assert all(published[one] > published[other] for _, _, one, other in revisions)


def test_a_denial_points_at_what_is_denied(rows: Rows) -> None:
    denials = {(one, other) for _, _, one, other in relations(rows, "denial")}
    assert denials == {("ledger", "wire"), ("ledger", "post")}


def test_a_printed_correction_points_at_what_it_corrects(rows: Rows) -> None:
    text = {row["claim_id"]: row["text"] for row in rows["claims"]}
    (row,) = [row for row in rows["claim_relations"] if row["relation"] == "corrects"]
    assert text[row["claim_id"]].startswith("An earlier article said that 22 people")
    assert text[row["other_claim_id"]] == "that 22 people were injured in the explosion"
    assert next(relations(rows, "corrects"))[2:] == ("gazette-late", "gazette")


def test_another_year_another_count_and_a_part_are_not_at_odds(rows: Rows) -> None:
    text = {row["claim_id"]: row["text"] for row in rows["claims"]}
    for row in rows["claim_relations"]:
        both = text[row["claim_id"]] + text[row["other_claim_id"]]
        assert not any(words in both for words in ("2019", "firefighters", "12 houses")), row
        if "340" in both:
            assert row["relation"] == "same"


def test_one_statement_in_several_articles_is_one_group(rows: Rows) -> None:
    grouped = {row["group_id"]: row for row in rows["claim_groups"]}
    by_text = {
        (names(rows)[row["source_id"]], row["text"]): grouped[row["group_id"]] for row in rows["claims"]
    }
    skipped = by_text["wire", "Brandt Chemie skipped a safety inspection of the plant in March"]
    assert (skipped["sources"], skipped["outlets"], skipped["in_conflict"]) == (2, 2, True)
    on_time = by_text["radio", "“Every inspection was carried out on time,”"]
    assert (on_time["sources"], on_time["origins"], on_time["unknown_origins"]) == (2, 1, 0)
    warned = by_text["gazette", "“We warned them for months,”"]
    assert warned["origins"] == 1
    asked = [group for (_, text), group in by_text.items() if "had opened an investigation" in text]
    assert {group["sources"] for group in asked} == {2}
    assert {group["origins"] for group in asked} == {1}


def test_no_group_holds_two_figures(rows: Rows) -> None:
    group = {row["claim_id"]: row["group_id"] for row in rows["claims"]}
    held: dict[tuple[str, str], set[float]] = {}
    for row in rows["figures"]:
        if row["claim_id"] is not None and row["measure"] is not None:
            held.setdefault((group[row["claim_id"]], row["measure"]), set()).add(row["value"])
    assert held
    assert all(len(values) == 1 for values in held.values())


def test_what_another_outlet_reports_rests_on_that(rows: Rows) -> None:
    labels = {row["origin_id"]: row["label"] for row in rows["origins"]}
    alarms = next(row for row in rows["claims"] if "ignored two earlier alarms" in row["text"])
    assert labels[alarms["origin_id"]] == "Coastal Wire"
    police = [row for row in rows["claims"] if row["speaker"] == "police"]
    assert police
    assert all(row["origin_id"] is None for row in police)
