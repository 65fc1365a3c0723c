"""Senses as WordNet's database files hold them, of words made up for the test."""

from pathlib import Path

import pytest
from train.wordnet import Senses

LICENCE = "  1 A licence stands before the senses.  \n"
FILES = {
    "data.noun": (
        "00000001 04 n 01 snatching 0 001 + 00000011 v 0101 | taking what is another's\n"
        "00000002 13 n 01 herring 0 000 | a dish of fish\n"
    ),
    "data.verb": (
        "00000011 40 v 01 snatch 0 001 + 00000001 n 0101 01 + 08 00 | take what is another's\n"
        "00000012 38 v 01 lift 0 000 01 + 08 00 | move upwards\n"
    ),
    "data.adj": "00000021 00 a 01 quick 0 000 | not slow\n",
    "index.noun": "snatching n 1 1 + 1 0 00000001\nherring n 1 0 1 0 00000002\n",
    "index.verb": "snatch v 1 1 + 1 1 00000011\nlift v 2 0 2 1 00000012 00000011\n",
    "index.adj": "quick a 1 0 1 0 00000021\n",
    "cntlist.rev": "lift%2:38:00:: 1 9\nlift%2:40:00:: 2 1\nsnatch%2:40:00:: 1 3\n",
}


@pytest.fixture
def senses(tmp_path: Path) -> Senses:
    for name, lines in FILES.items():
        (tmp_path / name).write_text(LICENCE + lines, encoding="latin-1")
    return Senses(tmp_path, str)


def test_a_verb_and_the_noun_made_of_it_share_a_sense(senses: Senses) -> None:
    shared = {(one, other): score for one, other, score in senses.shared(("snatch", "snatching"), 0.5)}
    assert shared == {("snatch", "snatching"): 0.97}


def test_a_sense_that_a_word_seldom_has_counts_for_little(senses: Senses) -> None:
    (told,) = senses.shared(("lift", "snatch"), 0.1)
    assert told == ("lift", "snatch", 0.39)
    assert not list(senses.shared(("lift", "snatch"), 0.5))


def test_what_names_a_thing_tells_no_happening(senses: Senses) -> None:
    stems = ("snatching", "lift", "herring", "quick", "unheard")
    assert [stem for stem in stems if senses.happens(stem)] == ["snatching", "lift"]
