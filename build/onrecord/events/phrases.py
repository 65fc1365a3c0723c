"""The words of somebody or something without a name: a noun with what belongs to it, in one piece."""

from onrecord.english.text import Text

PHRASE = 9
"""Words in the phrase of somebody without a name."""
LEFT_OUT = frozenset(
    {
        "acl:relcl", "advcl", "advcl:relcl", "appos", "cc:preconj", "dep", "discourse", "dislocated", "list",
        "orphan", "parataxis", "punct", "reparandum", "vocative",
    }
)  # fmt: skip
"""Relations whose words tell no more of who or what."""


def noun_phrase(text: Text, word: int) -> list[int]:
    """The words of a noun's phrase without its preposition, clauses and asides, all in one piece."""
    case = {n for n in text.children[word] if text.tokens[n].relation == "case"}
    kept = [n for n in _short(text, word) if n not in case]
    first = last = kept.index(word)
    while first and _touch(text, kept[first - 1], kept[first]):
        first -= 1
    while last + 1 < len(kept) and _touch(text, kept[last], kept[last + 1]):
        last += 1
    return kept[first : last + 1]


def _short(text: Text, word: int) -> list[int]:
    """The words of a phrase; of a long one its participles and lists go, then the last of what follows."""
    without = LEFT_OUT
    numbers = _kept(text, word, without)
    if len(numbers) > PHRASE:
        without = without | {"acl", "conj", "cc"}
        numbers = _kept(text, word, without)
    behind = [c for c in text.children[word] if c > word and text.tokens[c].relation not in without]
    while len(numbers) > PHRASE and behind:
        last = set(_kept(text, behind.pop(), frozenset()))
        numbers = [n for n in numbers if n not in last]
    return numbers


def _kept(text: Text, word: int, without: frozenset[str]) -> list[int]:
    return [n for n in text.below(word, without) if text.tokens[n].relation != "part"]


def _touch(text: Text, one: int, two: int) -> bool:
    """Whether nothing but a hyphen or a word's later pieces stands between two words."""
    return all(
        text.tokens[n].relation == "part" or text.word(n) in ("-", "’", "'") for n in range(one + 1, two)
    )
