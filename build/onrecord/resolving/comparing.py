"""How two claims relate: the same, quoted otherwise, in conflict, denied, or two claims.

What is compared depends on the two claims and on whether their articles tell one story, not on what else is
held: a growing corpus changes no verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from unicodedata import combining, normalize

from onrecord import words
from onrecord.resolving.disagreements import compare_figures
from onrecord.resolving.propositions import LONG, Proposition, stem
from onrecord.resolving.statements import score_statements
from onrecord.resolving.wordings import compare_wordings, fold, show_edit, spelled_alike
from onrecord.world import Relation

__all__ = ["Verdict", "agree_dates", "compare", "measure_overlap"]

ALIKE = 0.8
"""Least probability that two statements of one story say the same for which they are called so. With topics
left out, 91 in 100 of the judged pairs above it do."""
DENIED = 0.45
"""The same, but for the negation, for one to be the denial of the other."""
TOLD = 3
"""Words that a claim and its denial share at least."""
NAMED = 0.15
"""Least share of words that two claims of one story have in common for names that are spelled otherwise to be
one person's."""
CORRECTED = 0.75
"""Least share of a claim's words that a note of correction repeats."""
WHOLE = 0.5
"""Share of what each of two claims quotes beyond which one quotation makes them one claim."""
SAME = 0.7
"""Least weighted share of content words and names that two claims have in common to say the same."""
CONFLICT = 0.75
"""The same for claims that differ in a figure, a date or a name: all else must agree closely."""
VARIANT = 0.6
"""Least share of words, in order, that two wordings of one quotation have in common."""
WEIGHT = 4
"""Least weight of what two claims share: a name weighs two, another content word one."""
KNOWN = 2
"""Names that two articles on one story share at least for an open "it" in both to be the same."""
COMPANY = 3
"""Names that two articles share when they tell one story, so that an open "he" or "the company" in both may
be the same."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two claims relate, what that rests on, how much they share, and whether they are one claim.
    ``turned`` tells that the second is the one of which the relation holds: the later, the denial."""

    relation: Relation
    basis: str
    score: float
    joins: bool = False
    turned: bool = False


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in words.table("opposites"):
        one, other = ({stem(word) for word in row[side].split("|")} for side in ("one", "other"))
        for here, there in ((one, other), (other, one)):
            for word in here:
                found.setdefault(word, set()).update(there - here)
    return {word: frozenset(against) for word, against in found.items()}


def measure_overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of tokens that two claims have in common, names counted twice (weighted Jaccard).

    >>> measure_overlap(("ent-1", "sign", "bill"), ("ent-1", "sign", "law"))
    0.6
    """
    here, there = set(one), set(other)
    both = sum(map(_weigh, here & there))
    return both / max(1, sum(map(_weigh, here | there)))


def _weigh(token: str) -> int:
    return 2 if token.startswith("ent-") else 1


def compare(one: Proposition, other: Proposition, story: bool = False) -> Verdict | None:
    """How two claims relate, or null where they are two; ``story``: their articles tell one story.

    Claims of which one stands in the other are not compared, nor are claims of one article taken for
    conflicts. A question says nothing. Beyond one quotation, only claims of one kind are compared, and what
    somebody wants or thinks only with what the same one wants or thinks.
    """
    if one.source_id == other.source_id and one.start < other.end and other.start < one.end:
        return None
    if "question" in (one.kind, other.kind):
        return None
    if one.correction or other.correction:
        return _find_corrected(one, other) if story else None
    if (verdict := _compare_quotations(one, other)) is not None:
        return verdict
    if one.kind != other.kind or (one.kind == "attitude" and one.speaker != other.speaker):
        return None
    if story and (verdict := _compare_in_story(one, other)) is not None:
        return verdict
    if not (one.told and other.told) or one.modality != other.modality or not _could_meet(one, other):
        return None
    return _find_same(one, other) or _find_conflict(one, other)


def _compare_in_story(one: Proposition, other: Proposition) -> Verdict | None:
    """What may be said of two claims because their articles tell one story."""
    if (found := compare_figures(one, other)) is not None:
        relation: Relation = "revision" if found.later else "conflict"
        return Verdict(relation, found.basis, found.score, turned=found.later == other.claim_id)
    if (spelled := _find_names_spelled_apart(one, other)) is not None:
        return spelled
    if _first_of_another(one, other) or _opposed(one, other) or _names_turned(one, other):
        return None
    if one.numbers != other.numbers or _dates_differ(one, other) or _names_differ(one, other):
        return None
    if not (one.told and other.told) or one.modality != other.modality:
        return None
    if not _could_meet_in_story(one, other):
        return None
    likely = score_statements(one, other)
    apart = one.speaker is not None and other.speaker is not None and one.speaker != other.speaker
    if one.negated == other.negated and likely >= ALIKE and not apart:
        return Verdict("same", _show_shared(one, other), round(likely, 2), joins=True)
    told = len(set(one.stems) & set(other.stems)) >= TOLD
    if one.negated != other.negated and told and likely >= DENIED and one.speaker != other.speaker:
        return Verdict("denial", _show_shared(one, other), round(likely, 2), turned=other.negated)
    return None


def _find_corrected(one: Proposition, other: Proposition) -> Verdict | None:
    """A note of correction, and a claim of another article that it repeats with its figures."""
    note, claim = (one, other) if one.correction else (other, one)
    if claim.correction or not claim.told or note.publisher is None or note.publisher != claim.publisher:
        return None
    if note.source_id == claim.source_id or not set(claim.numbers) <= set(note.numbers):
        return None
    shared = [stem for stem in claim.stems if stem in note.stems]
    held = len(shared) / max(1, len(claim.stems))
    if held < CORRECTED or len(shared) < TOLD:
        return None
    return Verdict("corrects", f"the note repeats: {' '.join(shared)}", round(held, 2), turned=note is other)


def _find_names_spelled_apart(one: Proposition, other: Proposition) -> Verdict | None:
    """Two spellings of one person's full name in claims that have something in common."""
    shared = measure_overlap(one.stems, other.stems)
    if one.source_id == other.source_id or shared < NAMED:
        return None
    people, others = (
        [name for name, kind in zip(side.written, side.kinds, strict=True) if kind == "person"]
        for side in (one, other)
    )
    for here, there in product(people, others):
        if _spells_apart(fold(plain(here)), fold(plain(there))):
            return Verdict("conflict", f"names: {here} / {there}", round(shared, 2))
    return None


def plain(name: str) -> str:
    """A name without accents, which some outlets leave out: that is no other spelling.

    >>> plain("Enrique Peña Nieto")
    'Enrique Pena Nieto'
    """
    return "".join(char for char in normalize("NFKD", name) if not combining(char))


def _spells_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names of several words are one but for the spelling of a word.

    >>> _spells_apart(("vicente", "fox"), ("vincente", "fox")), _spells_apart(("ana", "fox"), ("eva", "fox"))
    (True, False)
    """
    apart = [(here, there) for here, there in zip(one, other, strict=False) if here != there]
    return len(one) == len(other) > 1 and len(apart) == 1 and spelled_alike(*apart[0])


def _could_meet_in_story(one: Proposition, other: Proposition) -> bool:
    """Whether an open "it" can be the same in two claims of one story: both name somebody in common, one
    names who speaks in the other, or their articles have company in common."""
    names, others = ({*side.names, side.speaker} - {None} for side in (one, other))
    if not (one.loose or other.loose) or names & others:
        return True
    return len(one.company & other.company) >= KNOWN or _could_meet(one, other)


def _names_differ(one: Proposition, other: Proposition) -> bool:
    """Whether each names somebody or something that the other does not, by id and as it is written."""
    return all(set(side.names) - set(against.names) for side, against in ((one, other), (other, one))) and (
        set(one.stems) != set(other.stems)
    )


def _first_of_another(one: Proposition, other: Proposition) -> bool:
    """Whether one speaks of himself and the other is not said by him."""
    return (one.first or other.first) and (one.speaker is None or one.speaker != other.speaker)


def _could_meet(one: Proposition, other: Proposition) -> bool:
    """Whether two claims can be about one thing: what they leave open must be settled by who speaks or by the
    story that both articles tell."""
    if (one.first or other.first) and (one.speaker is None or one.speaker != other.speaker):
        return set(one.stems) == set(other.stems)
    if one.source_id == other.source_id or len(one.company & other.company) >= COMPANY:
        return True
    if one.words == other.words and len(one.words) >= LONG:
        return True
    if one.loose or other.loose:
        return one.speaker is not None and one.speaker == other.speaker
    return bool(set(one.names) & set(other.names))


def _compare_quotations(one: Proposition, other: Proposition) -> Verdict | None:
    """What the quotations in two claims make of them: a sentence of the one that the other has too, or with
    other words."""
    if one.speaker is not None and other.speaker is not None and one.speaker != other.speaker:
        return None
    best: Verdict | None = None
    for here in one.quotations:
        for there in other.quotations:
            score = compare_wordings(here, there)
            if here == there or score < VARIANT or (best is not None and score <= best.score):
                continue
            whole = one.negated == other.negated and _is_whole(one, other, here, there)
            best = Verdict("quote_variant", f"“{show_edit(here, there)}”", score, joins=whole)
    return best or _find_shared_quotation(one, other)


def _is_whole(one: Proposition, other: Proposition, here: Sequence[str], there: Sequence[str]) -> bool:
    """Whether a quotation is most of what each claim quotes, or of all that it says where its article says
    it, and both hold the same figures."""
    most = (
        len(said) > WHOLE * (claim.quoted if claim.quoted and not claim.own else len(claim.words))
        for claim, said in ((one, here), (other, there))
    )
    return one.numbers == other.numbers and all(most)


def _find_shared_quotation(one: Proposition, other: Proposition) -> Verdict | None:
    """The longest sentence in quotation marks that stands in both, or within a longer one of the other."""
    shared = [
        (len(short), here, there)
        for here in one.quotations
        for there in other.quotations
        for short, long in [sorted((here, there), key=len)]
        if _stands_in(short, long)
    ]
    if not shared:
        return None
    length, here, there = max(shared)
    basis = "the same words" if one.words == other.words else f"the same {length} words quoted"
    score = round(2 * length / (len(one.words) + len(other.words)), 2)
    return Verdict("same", basis, min(1.0, score), joins=_is_whole(one, other, here, there))


def _stands_in(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether words stand in a row in others.

    >>> _stands_in(("we", "stay"), ("we", "stay", "here")), _stands_in(("we", "go"), ("we", "stay", "here"))
    (True, False)
    """
    size = len(short)
    return any(tuple(long[place : place + size]) == tuple(short) for place in range(len(long) - size + 1))


def _find_same(one: Proposition, other: Proposition) -> Verdict | None:
    if one.words == other.words and len(one.words) > WEIGHT:
        return Verdict("same", "the same words", 1.0, joins=one.numbers == other.numbers)
    if one.negated != other.negated or one.numbers != other.numbers or _dates_differ(one, other):
        return None
    if _opposed(one, other) or _names_turned(one, other):
        return None
    score = max(measure_overlap(one.tokens, other.tokens), measure_overlap(one.stems, other.stems))
    if score < SAME or _shared_weight(one, other) < WEIGHT:
        return None
    left = set(one.names) - set(other.names), set(other.names) - set(one.names)
    if all(left) and set(one.stems) != set(other.stems):
        return None
    return Verdict("same", _show_shared(one, other), round(score, 2), joins=True)


def _shared_weight(one: Proposition, other: Proposition) -> int:
    return sum(map(_weigh, set(one.tokens) & set(other.tokens)))


def _show_shared(one: Proposition, other: Proposition) -> str:
    shared = [stem for stem in one.stems if stem in other.stems]
    return f"{len(shared)} of {len({*one.stems, *other.stems})} content words: {' '.join(shared)}"


def _find_conflict(one: Proposition, other: Proposition) -> Verdict | None:
    if one.source_id == other.source_id or one.negated != other.negated or _opposed(one, other):
        return None
    if _names_turned(one, other) or _shared_weight(one, other) < WEIGHT:
        return None
    figures, names = _left(one.numbers, other.numbers), _left(one.names, other.names)
    dates = _dates_differ(one, other)
    score = measure_overlap(
        [token for token in one.tokens if token not in names[0]],
        [token for token in other.tokens if token not in names[1]],
    )
    if score < CONFLICT or any(figures) + any(names) + dates != 1:
        return None
    shown: tuple[str, str] | None = None
    if all(len(side) == 1 for side in figures) and _are_comparable(one, other, figures[0][0], figures[1][0]):
        shown = _written(one, figures[0][0]), _written(other, figures[1][0])
    elif dates and _dates_contradict(one, other):
        shown = "; ".join(map(_date_words, one.dates)), "; ".join(map(_date_words, other.dates))
    elif all(len(side) == 1 for side in names):
        shown = _find_spellings(one, other, names[0][0], names[1][0])
    kind = "figures" if any(figures) else "dates" if dates else "names"
    return Verdict("conflict", f"{kind}: {shown[0]} / {shown[1]}", round(score, 2)) if shown else None


def _written(claim: Proposition, number: str) -> str:
    return claim.digits[claim.numbers.index(number)]


def _are_comparable(one: Proposition, other: Proposition, here: str, there: str) -> bool:
    """Whether two figures can count the same: in one unit where it is written with them, both or neither
    which in a row, both or neither with a date."""
    units = [figure.lstrip("0123456789.,:") for figure in (here, there)]
    return units[0] == units[1] and bool(one.dates) == bool(other.dates)


def _find_spellings(one: Proposition, other: Proposition, here: str, there: str) -> tuple[str, str] | None:
    """Two spellings of what must be one name: one word of it differs, in a letter or two.

    Two quite different names are most often two things that are both so.
    """
    place, twin = one.names.index(here), other.names.index(there)
    if one.kinds[place] != other.kinds[twin]:
        return None
    extra = _left(fold(one.written[place]), fold(other.written[twin]))
    if any(len(side) != 1 for side in extra) or not spelled_alike(extra[0][0], extra[1][0]):
        return None
    return one.written[place], other.written[twin]


def _left(one: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[str]]:
    """What one has and the other has not, either way."""
    return [value for value in one if value not in other], [value for value in other if value not in one]


def _date_words(date: str) -> str:
    return date.partition(" ")[2]


@cache
def _calendar_words() -> frozenset[str]:
    return words.load("weekdays") | words.load("months")


def agree_dates(one: str, other: str) -> bool:
    """Whether two dates, each a value (or none) and the words that give it, can be the same day.

    Words that no article date settles ("yesterday") agree with any date, words that name a day or month only
    with those that name none other.

    >>> agree_dates("1998 1998", "1998-06 june 1998"), agree_dates("1998-07 july 1998", "1998-06 june 1998")
    (True, False)
    >>> agree_dates(" on tuesday", " yesterday"), agree_dates(" on tuesday", " wednesday")
    (True, False)
    """
    value, said = one.split(" ", 1)
    other_value, other_said = other.split(" ", 1)
    if value and other_value:
        return value.startswith(other_value) or other_value.startswith(value)
    named, other_named = (_calendar_words() & set(fold(words)) for words in (said, other_said))
    return not (named and other_named) or bool(named & other_named)


def _dates_differ(one: Proposition, other: Proposition) -> bool:
    """Whether both give dates and none of one's agrees with one of the other's."""
    if not one.dates or not other.dates:
        return False
    return not any(agree_dates(here, there) for here in one.dates for there in other.dates)


def _dates_contradict(one: Proposition, other: Proposition) -> bool:
    """Whether dates that differ are written out on both sides and lie in one year: "last week" in two
    articles is two weeks, and what happened in two years is two happenings."""
    said = [{_date_words(date) for date in side.dates} for side in (one, other)]
    years = [{date[:4] for date in side.dates if not date.startswith(" ")} for side in (one, other)]
    written = all(
        any(char.isdigit() for char in words) or _calendar_words() & set(fold(words))
        for words in said[0] | said[1]
    )
    return written and said[0].isdisjoint(said[1]) and (not all(years) or bool(years[0] & years[1]))


def _opposed(one: Proposition, other: Proposition) -> bool:
    """Whether one claim has a word that the other says the opposite of: rose, fell."""
    here, there = _left(one.stems, other.stems)
    return any(word in _opposites().get(against, ()) for word in there for against in here)


def _names_turned(one: Proposition, other: Proposition) -> bool:
    """Whether the names that both hold stand in another order: who did it to whom."""
    return [n for n in one.names if n in other.names] != [n for n in other.names if n in one.names]
