"""Names in headlines: the body says what a capital means."""

from hypothesis import given
from hypothesis import strategies as st
from spans import any_span

from onrecord.cleaning.headlines import is_title_case, settle_headlines
from onrecord.model import Block, Document, Name


def settle(headline: str, body: str, *read: str) -> list[str]:
    """The names settled in the headline when a reader takes ``read`` for names wherever they stand."""
    text = f"{headline}\n{body}"
    blocks = (Block(0, len(headline), "title"), Block(len(headline) + 1, len(text), "body"))
    names = [
        Name(start, start + len(words), "organization", 0.9)
        for words in read
        for start in range(len(text))
        if text.startswith(words, start)
    ]
    found = settle_headlines(Document(text, blocks, ()), names)
    assert all(text[name.start : name.end] for name in found)
    return [text[name.start : name.end] for name in found if name.end <= len(headline)]


def test_what_only_capitals_make_a_name_is_dropped() -> None:
    body = "The council of Brightwater met Tellmark on Friday."
    assert settle("Council Meets Tellmark Over Harbour Deal", body, "Harbour Deal", "Tellmark") == [
        "Tellmark"
    ]


def test_the_longest_name_of_the_body_is_found_where_the_reader_saw_another() -> None:
    body = "North Harbour Board sued the Board of Tellmark."
    assert settle("Angry North Harbour Board Sues", body, "Angry North", "North Harbour Board") == [
        "North Harbour Board"
    ]


def test_a_headline_in_plain_case_keeps_its_names() -> None:
    assert settle("Talks with Tellmark break down again", "Nothing was said.", "Tellmark") == ["Tellmark"]


def test_no_part_of_a_word_is_a_name() -> None:
    assert settle("Tellmarkers Walk Out", "Workers at Tellmark walked out.", "Tellmark") == []


def test_lines_without_long_words_are_no_title_case() -> None:
    assert not is_title_case("A B C 12 of it")


def test_a_person_behind_a_title_stays_though_the_body_is_silent() -> None:
    text = "Remarks by Harbour Minister Ana Ruiz at Port Day\nGood evening."
    blocks = (Block(0, 48, "title"), Block(49, 62, "body"))
    names = [Name(28, 36, "person", 0.9), Name(40, 48, "organization", 0.9)]
    found = settle_headlines(Document(text, blocks, ()), names)
    assert [text[name.start : name.end] for name in found] == ["Ana Ruiz"]


@given(st.text(min_size=1, max_size=60), st.data())
def test_any_headline(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(text)))
    blocks = tuple(
        block for block in (Block(0, cut, "title"), Block(cut, len(text), "body")) if block.start < block.end
    )
    names = [Name(*span, "other", 0.5) for span in data.draw(st.lists(any_span(text), max_size=5))]
    found = settle_headlines(Document(text, blocks, ()), names)
    assert all(0 <= name.start < name.end <= len(text) for name in found)
    assert [n for n in found if n.start >= cut] == sorted(
        (n for n in names if n.start >= cut), key=lambda n: (n.start, n.end)
    ) or not is_title_case(text[:cut])
