"""Notes in which an outlet corrects what it printed."""

from pathlib import Path

import pandas as pd
import pytest

import onrecord
from onrecord.cleaning.clean import find_blocks
from onrecord.cleaning.notes import correction_notes, is_correction
from onrecord.model import Document

STORY = (
    "Toll of ferry fire rises\n"
    "NORDHAVN — The fire on the ferry killed 22 people, the harbour master said on Monday.\n"
    "Divers searched the hull until dark and found nobody else.\n"
)
NOTE = "Correction: An earlier version of this article said that 27 people had died; it was 22."


@pytest.mark.parametrize(
    "line",
    [
        NOTE,
        "CORRECTION (May 3, 2016): The name of the ferry is Solvang, not Solberg.",
        "Correction, 3 May: the ferry was built in 1988 and not, as we wrote, in 1998.",
        "An earlier version of this story misstated the year in which the ferry was built.",
        "Editor's note: An earlier version of this article gave the wrong name for the captain.",
        "This article has been corrected to say that the harbour closed on Sunday.",
        "*Clarification: The mayor spoke of the old quay, not of the new one.*",
        "Due to an editing error, the name of the captain was wrong in the first paragraph.",
    ],
)
def test_a_note_of_correction_is_a_block_of_its_own(line: str) -> None:
    assert is_correction(line)
    blocks = find_blocks(f"{STORY}{line}\nShare this")
    assert [block.kind for block in blocks] == ["title", "body", "body", "correction", "furniture"]


@pytest.mark.parametrize(
    "line",
    [
        "Correction officers: how the county lost forty of them in a single year.",
        "The market saw a correction on Monday: shares fell by a tenth in an hour.",
        "An earlier version of the bill would have closed the harbour for a year.",
        "Editor's note: This is the second part of a series on the harbours of the north.",
        "Correction",
        "Submit a correction",
        "The ministry corrected its figures on Monday: 22 people had died, not 27.",
    ],
)
def test_what_tells_of_corrections_is_no_note(line: str) -> None:
    assert not is_correction(line)
    assert all(block.kind != "correction" for block in find_blocks(f"{STORY}{line}\nShare this"))


def test_the_line_below_a_label_is_the_note() -> None:
    text = f"{STORY}CORRECTION\nThe name of the ferry is Solvang; we called it Solberg.\n"
    blocks = find_blocks(text)
    assert [block.kind for block in blocks[-2:]] == ["furniture", "correction"]
    [note] = correction_notes(Document(text, blocks, ()))
    assert text[note.start : note.end] == "The name of the ferry is Solvang; we called it Solberg."


def test_a_note_is_one_claim_in_the_outlets_own_voice_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ferry.txt").write_text(f"{STORY}{NOTE}\n", encoding="utf-8")
    onrecord.build([tmp_path / "in"], tmp_path / "out")
    claims = pd.read_parquet(tmp_path / "out" / "datapackage" / "claims.parquet")
    notes = claims[claims.block == "correction"]
    assert notes[["text", "quote_type", "kind"]].to_numpy().tolist() == [
        [NOTE.removeprefix("Correction: "), "none", "statement"]
    ]
    start = (STORY + NOTE).index(NOTE)
    for table in ("event_mentions", "entity_mentions", "dates"):
        rows = pd.read_parquet(tmp_path / "out" / "datapackage" / f"{table}.parquet")
        assert (rows.start < start).all()
