"""The names of an article as a reader proposes them, settled by the article as a whole.

What no name is falls away, borders are put right (``edges``), mentions that were missed are found by those
that were not, and each name gets one kind (``kinds``).
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onrecord.model import Document, EntityType, Name
from onrecord.people.edges import LEAST, is_place_name, is_title, trim_name
from onrecord.people.kinds import head_kind, settle_kinds, told_beside
from onrecord.people.names import acronyms_of, by_initials, canonical_name, split_person
from onrecord.words import load

__all__ = ["settle_names"]

SURE = 0.8
"""Confidence of a mention from which other mentions of the same words count as names too."""

LONGEST_NAME = 200
"""Characters of a name: the longest of UNER EWT has 57. What is longer is no name."""
REACH = 150
"""Characters on each side into which a name may grow: it bounds the work on hostile texts."""

SHARED = 100
"""Names of one first word, the longest first, that are looked for elsewhere; it bounds the work as well."""

STEPS = ("junk", "trim", "repeat", "kinds", "doubtful", "initials")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an article writes its words: those it has in small letters, and those it capitalises elsewhere than
    at the head of a sentence, or before another capital."""

    small: frozenset[str]
    proper: frozenset[str]


def read_spelling(text: str) -> Spelling:
    """One pass over an article.

    >>> spelling = read_spelling("They hope. Hope is all that Ana has.")
    >>> "hope" in spelling.small, sorted(spelling.proper)
    (True, ['Ana'])
    """
    small = {m.group() for m in _SMALL_WORD.finditer(text)}
    proper = {
        m.group()
        for m in _CAPITAL_WORD.finditer(text)
        if not opens_sentence(text, m.start()) or _BEFORE_CAPITAL.match(text, m.end())
    }
    return Spelling(frozenset(small), frozenset(proper))


_SMALL_WORD = re.compile(r"(?<![\w’'-])[a-z]+(?![\w’'@-]|\.[.\w])")
_CAPITAL_WORD = re.compile(r"(?<![\w’'-])[A-Z][\w]*(?![\w-])")
_BEFORE_CAPITAL = re.compile(r" [A-Z]")


def opens_sentence(text: str, start: int) -> bool:
    """Whether a word at an offset opens a sentence, a line or a quotation."""
    while start and text[start - 1] == " ":
        start -= 1
    return not start or text[start - 1] in ".!?:;\n“\"‘'(•-–—*…"


def settle_names(document: Document, names: Sequence[Name], disabled: Iterable[str] = ()) -> tuple[Name, ...]:
    """The names of an article, sorted, none over another. ``disabled`` leaves out steps by their names.

    >>> from onrecord.model import Span
    >>> text = "Mr Hale met Ana Ruiz. Ruiz left the AI summit."
    >>> spans = ((0, 7, "person"), (12, 20, "person"), (36, 38, "organization"))
    >>> article = Document(text, (), (Span(0, 21), Span(22, 46)))
    >>> found = settle_names(article, [Name(*span, 0.9) for span in spans])
    >>> [(text[n.start : n.end], n.type) for n in found]
    [('Hale', 'person'), ('Ana Ruiz', 'person'), ('Ruiz', 'person')]
    """
    steps = set(STEPS) - set(disabled)
    text = document.text
    spelling = read_spelling(text)
    found = [
        name for name in names if 0 <= name.start < name.end <= min(len(text), name.start + LONGEST_NAME)
    ]
    if "trim" in steps:
        found = [trimmed for name in found if (trimmed := trim_name(text, name))]
    if "junk" in steps:
        found = [name for name in found if not is_junk(text, name, spelling)]
    found = drop_overlaps(found)
    if "junk" in steps:
        found = drop_half_names(text, found)
    if "repeat" in steps:
        found = repeat_names(document, found, spelling)
    if "kinds" in steps:
        found = settle_kinds(text, found)
    if "doubtful" in steps:
        found = drop_doubtful(text, found)
    if "initials" in steps:
        found = find_initials(text, found)
    return tuple(found)


_TURN = re.compile(r"^([A-Z]{2,3})(?=:[ \t])", re.MULTILINE)


def find_initials(text: str, names: Sequence[Name]) -> list[Name]:
    """The names with the initials that open a turn of an interview, where one person of the article has them.

    >>> text = "Ana Ruiz spoke to us.\\nAR: I wrote it.\\nPS: Buy it."
    >>> [text[n.start : n.end] for n in find_initials(text, [Name(0, 8, "person", 0.9)])]
    ['Ana Ruiz', 'AR']
    """
    turns = list(_TURN.finditer(text))
    people = {text[name.start : name.end] for name in names if name.type == "person"} if turns else set()
    known = {letters for letters, bearers in by_initials(people).items() if len(bearers) == 1}
    spoken = [Name(*turn.span(1), "person", SURE) for turn in turns if turn[1] in known]
    taken = {turn.start for turn in spoken}
    return sorted([*(n for n in names if n.start not in taken), *spoken], key=lambda n: (n.start, n.end))


def drop_overlaps(names: Sequence[Name]) -> list[Name]:
    """The names without those that lie over a longer one, sorted."""
    kept: list[Name] = []
    starts: list[int] = []
    for name in sorted(names, key=lambda n: (n.start - n.end, n.start, -n.confidence, n.type)):
        place = bisect_left(starts, name.start)
        before, after = kept[place - 1 : place] if place else [], kept[place : place + 1]
        if any(name.start < other.end and other.start < name.end for other in (*before, *after)):
            continue
        kept.insert(place, name)
        starts.insert(place, name.start)
    return kept


def is_junk(text: str, name: Name, spelling: Spelling) -> bool:
    """Whether a span is no name: part of an address, a number, a common noun in capitals or a word that only
    its place at the head of a sentence capitalises.

    >>> def junk(text, words):
    ...     start = text.rindex(words)
    ...     name = Name(start, start + len(words), "organization", 0.8)
    ...     return is_junk(text, name, read_spelling(text))
    >>> junk("see www.halden.org today", "halden"), junk("an AI firm", "AI"), junk("in 2026 Halden", "2026")
    (True, True, True)
    >>> junk("They hope. Hope is all.", "Hope"), junk("They hope that Hope Ruiz won. Hope did.", "Hope")
    (True, False)
    """
    words = text[name.start : name.end]
    if not any(c.isalpha() for c in words) or words in load("weekday_names"):
        return True
    if _EXCHANGE.search(text, max(0, name.start - 12), name.start):
        return True
    if words in load("generic_acronyms"):
        return not re.search(r"\w \($", text[max(0, name.start - 3) : name.start])
    if _in_address(text, name) or re.match(r" ?\$", text[name.end : name.end + 2]):
        return True
    if " " in words:
        return False
    if words.istitle() and words.lower() in load("function_words") and words not in spelling.proper:
        return True
    if words.islower():
        return name.confidence < SURE or words in load("function_words") or len(words) < 3
    return words.istitle() and words.lower() in spelling.small and words not in spelling.proper


def drop_doubtful(text: str, names: Sequence[Name]) -> list[Name]:
    """The names without those of which no mention was read with some confidence and nothing is known.

    >>> text = "Blown; Kenya"
    >>> kept = drop_doubtful(text, [Name(0, 5, "other", 0.4), Name(7, 12, "place", 0.4)])
    >>> [text[name.start : name.end] for name in kept]
    ['Kenya']
    """
    best: dict[str, float] = defaultdict(float)
    for name in names:
        words = text[name.start : name.end]
        best[words] = max(best[words], name.confidence)
    known = {w for w in best if is_place_name(w) or canonical_name(w, "organization")}
    known |= {words for name in names if told_beside(text, name, words := text[name.start : name.end])}
    kept = {words for words, sure in best.items() if sure >= LEAST} | known
    people = {text[name.start : name.end] for name in names if name.type == "person"}
    kept |= {words for words in best.keys() - kept - people if _is_vouched_for(words, kept)}
    return [name for name in names if text[name.start : name.end] in kept]


def _is_vouched_for(words: str, kept: set[str]) -> bool:
    """Whether a name of several words begins with a name that stays, or ends as laws and firms do."""
    first, _, rest = words.partition(" ")
    if not rest or not all(part[:1].isupper() for part in (first, rest)):
        return False
    return first in kept or head_kind(words) == "law" or words.split()[-1] in load("company_suffixes")


def _kinds_by_words(text: str, names: Sequence[Name]) -> dict[str, Counter[EntityType]]:
    """The names of an article with how often each was read as what; family names stand for people."""
    kinds: dict[str, Counter[EntityType]] = defaultdict(Counter)
    for name in names:
        words = text[name.start : name.end]
        kinds[words][name.type] += 1
        if name.type == "person" and split_person(words).given:
            kinds[split_person(words).family]["person"] += 1
    return kinds


def drop_half_names(text: str, names: Sequence[Name]) -> list[Name]:
    """The names without those that are a common noun of writs, or a title that is nobody's family name."""
    kinds = _kinds_by_words(text, names)
    families = {
        split_person(words).family for words, kind in kinds.items() if "person" in kind and " " in words
    }
    titles = load("titles_in_names") - families
    return [name for name in names if text[name.start : name.end] not in load("generic_names") | titles]


_EXCHANGE = re.compile(r"\b(?:NASDAQ|Nasdaq|NYSE|LSE|AMEX|TSX|ASX|OTC\w*|HKEX|SEHK|TSE): ?\Z")
"""What stands before a share's letters."""

LONGEST_ADDRESS = 100
"""Characters on each side in which a web address is looked for: longer ones are rare."""


def _in_address(text: str, name: Name) -> bool:
    """Whether a span is a part of a web or mail address or of a file's name."""
    before = re.search(r"\S*$", text[max(0, name.start - LONGEST_ADDRESS) : name.start])
    after = re.match(r"\S*", text[name.end : name.end + LONGEST_ADDRESS])
    words = text[name.start : name.end]
    around = (before.group() if before else "") + words + (after.group() if after else "")
    if _ADDRESS.search(around):
        return True
    return words.islower() and re.match(r"\.[a-z]{2,3}\b", text[name.end : name.end + 5]) is not None


_ADDRESS = re.compile(r"www\.|https?:|@\w|\w@|_\w|\w_|\w/\w+/|\.(?:doc|pdf|html?|xls)\b", re.IGNORECASE)


def repeat_names(document: Document, names: Sequence[Name], spelling: Spelling) -> list[Name]:
    """The names with the mentions that were missed: the same words again, the family name of somebody named
    in full, and countries cut short to letters."""
    text = document.text
    wanted = _wanted(text, names)
    by_first: dict[str, list[str]] = defaultdict(list)
    for words in sorted(wanted, key=lambda w: (-len(w), w)):
        if first := _WORD.match(words):
            by_first[first.group()].append(words)
    starts = [name.start for name in names]
    found = list(names)
    for sentence in document.sentences:
        shouted = text[sentence.start : sentence.end].isupper()
        for match in _WORD.finditer(text, sentence.start, sentence.end):
            place = bisect_left(starts, match.end())
            if match.group() not in by_first or (place and names[place - 1].end > match.start()):
                continue
            candidates = by_first[match.group()][:SHARED]
            words = next((w for w in candidates if _stands(text, match.start(), w)), "")
            if not words or (shouted and words.isupper()):
                continue
            end = match.start() + len(words)
            if " " in words or not _means_other(text, match.start(), end, words, spelling):
                found.append(Name(match.start(), end, wanted[words], SURE))
    return drop_overlaps(found)


_WORD = re.compile(r"(?<![\w@/.&’'-])[A-Z]\w*")
_BRACKETED = re.compile(r" \( ?([A-Z]{2,7}) ?\)")
_SHORT_COUNTRIES = ("US", "U.S.", "UK", "U.K.", "EU", "U.N.", "UN")


def _wanted(text: str, names: Sequence[Name]) -> dict[str, EntityType]:
    """What is looked for, with its kind: the most confident first. An acronym in brackets is a name."""
    kinds: dict[str, EntityType] = {}
    for name in sorted(names, key=lambda n: (-n.confidence, n.start)):
        words = text[name.start : name.end]
        if name.confidence < SURE or len(words) < 2 or not words[0].isupper():
            continue
        kinds.setdefault(words, name.type)
        person = split_person(words)
        if name.type == "person" and person.given and len(person.family) > 2 and not is_title(person.family):
            kinds.setdefault(person.family, "person")
        letters = _BRACKETED.match(text, name.end)
        if name.type != "person" and letters and letters[1] in acronyms_of(words):
            kinds.setdefault(letters[1], name.type)
    for country in _SHORT_COUNTRIES:
        kinds.setdefault(country, "place" if canonical_name(country, "place") else "organization")
    return kinds


def _stands(text: str, start: int, words: str) -> bool:
    """Whether these words stand whole at an offset; a sum of money is no country."""
    end = start + len(words)
    return text.startswith(words, start) and not re.match(r"[\w@/&]|-\w| ?\$", text[end : end + 2])


def _means_other(text: str, start: int, end: int, word: str, spelling: Spelling) -> bool:
    """Whether a word that names somebody elsewhere may be a common one or part of another name here."""
    before = text[max(0, start - 30) : start]
    if re.match(r" [A-Z][a-z]", text[end : end + 3]) or re.search(r"[A-Z]\w+ $", before):
        return not re.search(r"\b(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov)\.? $", before)
    return word.lower() in spelling.small and opens_sentence(text, start)
