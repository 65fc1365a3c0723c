"""The tables of a package as a notebook shows them, and two drawings of them: the timeline and a chain.

All is plain HTML and SVG without scripts, so that it shows in saved and published notebooks too.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from onrecord.viewing.svg import Moment, Voice, draw_chain, draw_timeline, shown

__all__ = ["Shown", "Tables"]

ROWS = 10
"""Rows of a table that are shown unless more are asked for."""
_ID = re.compile(r"[a-z]{3}-[0-9a-f]{16}|[0-9a-f]{64}")
_STYLE = "text-align:left;vertical-align:top;max-width:32em;white-space:normal"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a notebook shows: HTML, or an SVG drawing in it."""

    markup: str

    def _repr_html_(self) -> str:
        return self.markup


class Tables(dict[str, pd.DataFrame]):
    """The tables of a package by name. A notebook shows how many rows each has, and its first ones."""

    def _repr_html_(self) -> str:
        parts = (
            f"<details><summary><b>{html.escape(name)}</b> {len(table):,} rows</summary>"
            f"{self.show(name).markup}</details>"
            for name, table in self.items()
            if len(table)
        )
        empty = [name for name, table in self.items() if not len(table)]
        rest = f"<p>No rows: {html.escape(', '.join(empty))}</p>" if empty else ""
        return f"<div>{''.join(parts)}{rest}</div>"

    def show(self, table: str, rows: int = ROWS) -> Shown:
        """The first rows of a table, for people: ids cut short, no column that is empty, null as nothing.

        KeyError where there is no such table.
        """
        found = self[table]
        columns = [name for name in found.columns if found[name].notna().any()]
        head = "".join(f"<th style='{_STYLE}'>{html.escape(name)}</th>" for name in columns)
        body = "".join(
            "<tr>"
            + "".join(f"<td style='{_STYLE}' dir='auto'>{_cell(row[name])}</td>" for name in columns)
            + "</tr>"
            for row in found.head(rows).to_dict("records")
        )
        more = f"<p>{len(found) - rows:,} more rows</p>" if len(found) > rows else ""
        grid = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return Shown(f"<div style='overflow-x:auto'>{grid}{more}</div>")

    def timeline(self, most: int = 40) -> Shown:
        """The events that have a date on one axis, those told by the most articles, ``most`` at most.

        A sign tells the status, a bar a time longer than a day, a dashed one that it is not sure.
        """
        events = self["events"].dropna(subset=["date"])
        if "kind" in events.columns:
            events = events[events["kind"] != "report"]
        told = events.sort_values(["sources", "mentions", "event_id"], ascending=[False, False, True])
        moments = (
            Moment(str(row["label"]), str(row["date"]), str(row["status"]))
            for row in told.head(most).to_dict("records")
        )
        return Shown(draw_timeline(moments))

    def chain(self, claim_id: str) -> Shown:
        """Through whom a claim reached its article: its voices from left to right, the article last.

        KeyError where there is no claim of that id.
        """
        claims = self["claims"]
        found = claims[claims["claim_id"] == claim_id]
        if found.empty:
            raise KeyError(claim_id)
        claim = found.to_dict("records")[0]
        hops = self["attributions"]
        mine = hops[hops["claim_id"] == claim_id].sort_values("hop").to_dict("records")
        sources = self["sources"]
        source = sources[sources["source_id"] == claim["source_id"]].to_dict("records")[0]
        return Shown(draw_chain(str(claim["text"]), [*_voices(mine), _article(source)]))


def _voices(hops: Iterable[Mapping[Any, Any]]) -> Iterator[Voice]:
    for hop in hops:
        told = [hop["kind"] if hop["kind"] != "other" else None, hop["anonymity"], hop.get("standing")]
        yield Voice(
            _text(hop["agent"]) or "somebody not shown",
            ", ".join(str(word) for word in told if _text(word)),
            _text(hop["cue"]),
        )


def _article(source: Mapping[Any, Any]) -> Voice:
    name = _text(source["publisher"]) or _text(source["name"])
    return Voice(name, _text(source["published_edtf"]) or "this article", "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str) and _ID.fullmatch(value):
        return f"<code title='{value}'>{value[:8]}…</code>"
    return html.escape(shown(f"{value:,}" if isinstance(value, int) and value is not True else str(value)))
