"""What a notebook shows of a package, and the drawings of the timeline and a chain."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import onrecord
from onrecord.viewing.notebook import Tables
from onrecord.viewing.svg import Moment, Voice, draw_chain, draw_timeline

ROOT = Path(__file__).parent.parent
SVG = "{http://www.w3.org/2000/svg}"


def texts(markup: str) -> list[str]:
    """The words of a drawing, which must be sound XML."""
    return ["".join(node.itertext()) for node in ET.fromstring(markup).iter(f"{SVG}text")]  # noqa: S314


@pytest.fixture(scope="module")
def tables() -> Tables:
    return onrecord.load(ROOT)


def test_a_package_shows_each_table_and_never_null(tables: Tables) -> None:
    shown = tables._repr_html_()
    for name, table in tables.items():
        assert f"<b>{name}</b> {len(table):,} rows" in shown or (table.empty and name in shown)
    for word in (">None<", ">nan<", ">NaN<", "&lt;NA&gt;"):
        assert word not in shown


def test_a_table_shows_its_first_rows_and_no_empty_column(tables: Tables) -> None:
    shown = tables.show("claims", rows=3).markup
    assert shown.count("<tr>") == 4
    assert f"{len(tables['claims']) - 3} more rows" in shown
    assert "wikidata" not in tables.show("entities").markup
    with pytest.raises(KeyError):
        tables.show("nothing")


def test_hostile_cells_are_text() -> None:
    found = Tables({"x": pd.DataFrame({"a": ["<script>alert(1)</script>", "left\u202e right", None]})})
    shown = found.show("x").markup
    assert "<script" not in shown and "\u202e" not in shown and "U+202E" in shown


def test_the_timeline_draws_the_dated_happenings_in_order(tables: Tables) -> None:
    told = texts(tables.timeline().markup)
    events = tables["events"]
    dated = events[events.date.notna() & (events.kind != "report")]
    assert len(told) == len(dated) + 2
    assert [text.split()[-1] for text in told[:-2]] == sorted(text.split()[-1] for text in told[:-2])


def test_a_chain_ends_with_the_article(tables: Tables) -> None:
    hops = tables["attributions"]
    claim_id = hops[hops.hop == 2].claim_id.iloc[0]
    mine = hops[hops.claim_id == claim_id].sort_values("hop")
    drawn = ET.fromstring(tables.chain(claim_id).markup)  # noqa: S314
    titles = [node.text for node in drawn.iter(f"{SVG}title")]
    assert titles[:-1] == [
        agent or "somebody not shown" for agent in mine.agent.where(mine.agent.notna(), None)
    ]
    assert titles[-1] in {*tables["sources"].publisher.dropna(), *tables["sources"].name}
    with pytest.raises(KeyError):
        tables.chain("clm-0000000000000000")


def test_without_dates_the_timeline_says_so() -> None:
    assert "No event has a date" in draw_timeline([Moment("x", "soon", "planned")])


def test_what_is_not_sure_is_drawn_dashed() -> None:
    assert "class='u'" in draw_timeline([Moment("x", "2026-04~", "occurred")])
    assert "class='u'" not in draw_timeline([Moment("x", "2026-04", "occurred")])


@given(st.text(), st.sampled_from(["2026", "2026-04-29", "199X", "2026-04/2026-05"]), st.text(), st.text())
def test_drawings_are_sound_whatever_the_words(label: str, date: str, status: str, cue: str) -> None:
    texts(draw_timeline([Moment(label, date, status), Moment("x", "1871", "denied")]))
    texts(draw_chain(label, [Voice(label, status, cue), Voice("Article", "", "")]))
