"""Training data: automatic names mended, and texts with other names in them."""

from hypothesis import given
from hypothesis import strategies as st
from train.corpora import Row
from train.silver import mend, usual_kinds
from train.swap import pools_of, swap

KINDS = ("person", "organization", "place", "group", None)
POOLS = pools_of([("Ana Lee", "person"), ("Harbor Trust", "organization")])


def silver(text: str, **kinds: str) -> Row:
    found = [
        (start, start + len(name), kind)
        for name, kind in kinds.items()
        if (start := text.find(name.replace("_", " "))) >= 0
    ]
    return {"text": text, "silver_entities": found}


def named(text: str, **kinds: str) -> dict[str, str | None]:
    doc = silver(text, **kinds)
    return {text[a:b]: kind for a, b, kind in mend(doc, usual_kinds([doc]))}


def test_a_title_is_no_part_of_a_name() -> None:
    text = "On Monday Mr. Okafor met the board."
    doc = {"text": text, "silver_entities": [(10, 20, "PERSON")]}
    assert [(text[a:b], kind) for a, b, kind in mend(doc, {})] == [("Okafor", "person")]


def test_the_pieces_of_a_body_s_name_are_joined() -> None:
    found = named(
        "It went to the Court of Appeals for the Ninth Circuit.",
        Court_of_Appeals="ORGANIZATION", Ninth_Circuit="ORGANIZATION")  # fmt: skip
    assert found == {"Court of Appeals for the Ninth Circuit": "organization"}


def test_a_name_passed_over_elsewhere_is_marked() -> None:
    text = "Okafor left. Later the firm said Okafor would return."
    rows = mend({"text": text, "silver_entities": [(0, 6, "PERSON")]}, {})
    assert (text.rindex("Okafor"), text.rindex("Okafor") + 6, "person") in rows


def test_a_capital_nobody_marked_is_left_open_and_a_title_is_no_name() -> None:
    assert named("They asked Quillon why the Senator left.") == {"Quillon": None}


@given(st.data())
def test_a_moved_span_holds_the_same_words_but_for_the_names(data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.tuples(st.text("ab \n", max_size=6), st.sampled_from(KINDS)), min_size=1))
    names = {"person": "Ana Lee", "organization": "NATO", "place": "Oslo", "group": "Danes", None: "Will"}
    text = ""
    rows: list[tuple[int, int, str | None]] = []
    for between, kind in parts:
        text += between
        rows.append((len(text), len(text) + len(names[kind]), kind))
        text += names[kind]
    new, move = swap(data.draw(st.text()), text, rows, POOLS)
    at = 0
    for start, end, kind in rows:
        assert new[slice(*move(at, start))] == text[at:start] or at == start
        a, b = move(start, end)
        assert a < b
        if kind in ("group", None):
            assert new[a:b] == text[start:end]
        at = end
    assert move(0, len(text)) == (0, len(new))


def test_one_string_becomes_one_string_throughout_and_a_surname_follows_its_full_name() -> None:
    text = "Ana Lee spoke in Oslo. Lee left Oslo."
    rows = [(0, 7, "person"), (17, 21, "place"), (23, 26, "person"), (32, 36, "place")]
    for key in "abcdefgh":
        new, move = swap(key, text, rows, POOLS)
        first, city, last, again = (new[slice(*move(a, b))] for a, b, _ in rows)
        assert city == again
        assert first.endswith(last)
        assert swap(key, text, rows, POOLS)[0] == new


def test_places_with_an_article_keep_it() -> None:
    text = "The war in the Gambia ended."
    new, _ = swap("k", text, [(15, 21, "place")], POOLS)
    assert new == text
