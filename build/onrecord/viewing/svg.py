"""Drawings as SVG text: events on a timeline, and the chain of voices of a claim."""

import datetime as dt
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onrecord.dates.edtf import interval_of

__all__ = ["Moment", "Voice", "draw_chain", "draw_timeline", "shown"]

WIDTH = 900
LANE = 22
LETTER = 6.4
"""Width of a letter in 12 pixel letters, about."""
BESIDE = 460
"""Room beside the axis for labels and dates."""
BOX, STEP = 170, 230
LETTERS = 46
"""Letters of a label that are drawn at most."""
_HIDDEN = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_STYLE = (
    "<style>text{font:12px system-ui,sans-serif;fill:currentColor}.l{stroke:currentColor;fill:none}"
    ".f{fill:currentColor;stroke:currentColor}.b{fill:#f2c94c66;stroke:currentColor}"
    ".u{stroke-dasharray:4 3;fill:none;stroke:currentColor}.m{opacity:.75;font-size:11px}</style>"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An event to draw: its label, its date in EDTF and its status."""

    label: str
    date: str
    status: str


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice of a chain: its words, what kind of voice it is, and the words that attribute to it."""

    name: str
    kind: str
    cue: str


def shown(text: str) -> str:
    """The text with signs that are not seen, and steer the text around them, as their codes.

    >>> shown("no\\u202e!")
    'no[U+202E]!'
    """
    return _HIDDEN.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", text)


def _cut(text: str, most: int) -> str:
    text = " ".join(shown(text).split())
    return html.escape(text if len(text) <= most else text[: most - 1].rstrip() + "…")


def draw_timeline(moments: Iterable[Moment]) -> str:
    """An SVG drawing of events on one axis, in order of time; a sentence where none has a date to draw."""
    dated = _order(moments)
    if not dated:
        return "<p>No event has a date that the articles settle.</p>"
    first = min(begin for begin, _, _ in dated).toordinal()
    last = max(end for _, end, _ in dated).toordinal() + 1
    scale = (WIDTH - BESIDE) / max(last - first, 1)
    rows = []
    for place, (begin, end, moment) in enumerate(dated):
        x, y = 10 + (begin.toordinal() - first) * scale, 14 + place * LANE
        long = max((end.toordinal() + 1 - begin.toordinal()) * scale, 14.0)
        unsure = any(sign in moment.date for sign in "?~%")
        bar = end > begin or unsure
        look = f"class='{'u' if unsure else 'b'}'"
        rows.append(
            f"<g><title>{_cut(moment.label, 300)}: {_cut(moment.date, 60)}, {_cut(moment.status, 60)}</title>"
            + (f"<rect x='{x:.1f}' y='{y - 6}' width='{long:.1f}' height='12' rx='6' {look}/>" if bar else "")
            + _sign(moment.status, x + long / 2, y)
            + f"<text x='{x + long + 6:.1f}' y='{y + 4}'>{_cut(moment.label, LETTERS)} "
            f"<tspan class='m'>{html.escape(moment.date)}</tspan></text></g>"
        )
    height = len(dated) * LANE + 30
    began, ended = dt.date.fromordinal(first), dt.date.fromordinal(last - 1)
    ends = (
        f"<text x='10' y='{height - 6}' class='m'>{began}</text>"
        f"<text x='{WIDTH - BESIDE + 10}' y='{height - 6}' text-anchor='end' class='m'>{ended}</text>"
    )
    return _svg(WIDTH, height, "Timeline", "".join(rows) + ends)


def _order(moments: Iterable[Moment]) -> list[tuple[dt.date, dt.date, Moment]]:
    dated = [(*when, moment) for moment in moments if (when := interval_of(moment.date)) is not None]
    return sorted(dated, key=lambda row: (row[0], row[1], row[2].label))


def _sign(status: str, x: float, y: float) -> str:
    """A sign that tells the status by its shape alone."""
    ring = f"<circle cx='{x:.1f}' cy='{y}' r='5' class='{'f' if status == 'occurred' else 'l'}'/>"
    if status == "ongoing":
        return f"{ring}<path d='M{x:.1f} {y - 5} a5 5 0 0 0 0 10 z' class='f'/>"
    if status == "denied":
        return f"{ring}<path d='M{x - 3.5:.1f} {y - 3.5} l7 7 m0 -7 l-7 7' class='l'/>"
    if status == "hypothetical":
        return f"<path d='M{x:.1f} {y - 6} l6 6 l-6 6 l-6 -6 z' class='l' stroke-dasharray='2.5 1.8'/>"
    return ring


def draw_chain(text: str, voices: Sequence[Voice]) -> str:
    """An SVG drawing of a claim's voices, nearest the words first and the article last."""
    width = (len(voices) - 1) * STEP + BOX + 20
    parts = [f"<text x='10' y='16'>“{_cut(text, max(int(width / LETTER) - 4, 20))}”</text>"]
    for place, voice in enumerate(voices):
        x = 10 + place * STEP
        last = place == len(voices) - 1
        parts.append(
            f"<g><title>{_cut(voice.name, 300)}</title>"
            f"<rect x='{x}' y='30' width='{BOX}' height='44' rx='6' class='l'"
            + (" stroke-width='2'/>" if last else "/>")
            + f"<text x='{x + 10}' y='48'>{_cut(voice.name, 21)}</text>"
            f"<text x='{x + 10}' y='65' class='m'>{_cut(voice.kind, 26)}</text></g>"
        )
        if not last:
            middle = x + BOX + (STEP - BOX) / 2
            parts.append(
                f"<path d='M{x + BOX} 52 H{x + STEP - 3} m-6 -4 l6 4 l-6 4' class='l'/>"
                f"<text x='{middle:.0f}' y='92' text-anchor='middle' class='m'>{_cut(voice.cue, 30)}</text>"
            )
    return _svg(width, 102, "How the claim reached the article", "".join(parts))


def _svg(width: int, height: int, title: str, body: str) -> str:
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' role='img' aria-label='{title}' width='{width}'"
        f" height='{height}' viewBox='0 0 {width} {height}' style='max-width:100%'>{_STYLE}{body}</svg>"
    )
