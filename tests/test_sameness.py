"""No look from afar may pass over what a close look would join."""

from hypothesis import given
from hypothesis import strategies as st

from onrecord.resolving.sameness import (
    NEVER,
    OF_ARTICLES,
    OF_STEMS,
    RULES,
    TRAITS,
    Ceilings,
    Told,
    compare_told,
    find_traits,
)
from onrecord.resolving.stories import WITHIN, Nearness

STEMS = st.sampled_from(["sign", "agre", "attack", "bomb", "said", "tell", "strike"])
WORDS = st.frozensets(st.sampled_from(["harbour", "herring", "nordhavn", "40", "14", "treati"]), max_size=4)
DAYS = st.none() | st.sampled_from(["2026-03-02", "2026-03-03", "2026-06-09", "2026"])
PARTS = st.lists(
    st.tuples(
        st.sampled_from(["ent-a", "ent-b"]), st.sampled_from(["agent", "patient", "recipient", "place"])
    ),
    max_size=3,
).map(tuple)
TOLD = st.builds(
    Told,
    mention_id=st.just("men-1"),
    source_id=st.sampled_from(["src-a", "src-b"]),
    published=DAYS,
    text=STEMS,
    stem=STEMS,
    sentence=WORDS,
    nearby=WORDS,
    figures=WORDS,
    lead=st.booleans(),
    says=st.booleans(),
    date=DAYS,
    status=st.sampled_from(["occurred", "planned", "denied"]),
    parts=PARTS,
    repeats=st.integers(1, 9),
    origin_id=st.none(),
    confidence=st.just(1.0),
    event=st.none(),
    phrase=STEMS,
    subjects=st.just(()),
    report=st.booleans(),
)
NEAR = st.builds(Nearness, st.floats(0.1, 1), st.floats(0, 2), st.booleans()) | st.just(WITHIN)


@given(TOLD, TOLD, NEAR)
def test_nothing_is_likelier_than_it_can_be(one: Told, other: Told, near: Nearness) -> None:
    ceilings, stems = Ceilings(), (hash(one.stem), hash(other.stem))
    most = ceilings.of_articles(one, other, near) + ceilings.of_stems(stems, (one, other))
    most += ceilings.of_traits(find_traits(one) & find_traits(other))
    score = compare_told(one, other, near)
    assert score <= round(most, 3) + 0.001
    assert score != NEVER or most > 1e9


@given(TOLD, TOLD, NEAR)
def test_the_order_of_two_mentions_changes_nothing(one: Told, other: Told, near: Nearness) -> None:
    assert compare_told(one, other, near) == compare_told(other, one, near)


def test_what_is_summed_up_once_are_rules() -> None:
    assert {rule for trait in TRAITS for rule in trait.sure | trait.open_rules} <= set(RULES)
    assert set(RULES) >= OF_ARTICLES | OF_STEMS
