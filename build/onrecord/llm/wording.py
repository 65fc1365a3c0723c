"""What a model words itself, held against the article: labels of events, and their dates."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

import snowballstemmer

from onrecord import words
from onrecord.dates.edtf import interval_of, is_edtf

__all__ = ["Vocabulary", "tells_date"]

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_PART = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?[~?%]?")


_STEMMER = snowballstemmer.stemmer("english")


def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word.casefold()))


@cache
def _numbers() -> Mapping[str, str]:
    return words.values("number_words")


class Vocabulary:
    """The words of an article, for what is said of it in other words.

    ``people`` are the names of its people, each with all its forms.
    """

    def __init__(self, texts: Sequence[str], people: Sequence[Collection[str]] = ()) -> None:
        self._written = {word for text in texts for word in _WORD.findall(text)}
        self._any_case = {word.casefold() for word in self._written}
        self._stems = {_stem(word) for word in self._written if word.islower()}
        figures = {figure for text in texts for figure in _FIGURE.findall(text)}
        self._counts = figures | {_numbers().get(word, word) for word in self._any_case}
        self._known = _other_names(texts, self._any_case)
        self._people = [{word for form in forms for word in _WORD.findall(form)} for forms in people]

    def foreign(self, label: str) -> str | None:
        """The first name or number of a label that the article does not have, or null where it has all.

        Names are told by their capitals; another name of general knowledge for what the article names will
        do, and so will a title. The first word has a capital whatever it is: there, a word for people in
        general will do too, and one with the stem of a word that the article writes small. Names of two
        people do not make one of a third.

        >>> article = Vocabulary(["Ana Ruiz met Bo Hale. Two men demonstrated."], [["Ana Ruiz"], ["Bo Hale"]])
        >>> labels = ("Ana Ruiz meets 2 men", "Demonstrators march", "Hales meets Ruiz", "Three men march")
        >>> [article.foreign(label) for label in labels]
        [None, None, 'Hales', 'Three']
        >>> article.foreign("Two men meet Bo Ruiz"), article.foreign("Police meet Obama")
        ('Bo Ruiz', 'Obama')
        >>> Vocabulary(["China and the U.S. agree."]).foreign("Chinese and United States officials agree")
        >>> Vocabulary(["A Republican, Sen. Ruiz"]).foreign("Republicans meet Senator Ruiz")
        """
        for place, word in enumerate(_WORD.findall(label)):
            if not (self._has(word) or (place == 0 and self._opens(word))):
                return str(word)
        return next((" ".join(run) for run in _runs(label) if self._mixes(set(run))), None)

    def _has(self, word: str) -> bool:
        """Whether a word is neither name nor number, or stands in the article."""
        low = word.casefold()
        if word in self._written or _numbers().get(low, word) in self._counts:
            return True
        if low in _numbers() or any(letter.isdigit() for letter in word):
            return False
        return not word[0].isupper() or low in self._any_case or low in self._known or low in _titles()

    def _opens(self, word: str) -> bool:
        """Whether a first word is no name, or number, for all that its capital tells."""
        low = word.casefold()
        if low in _numbers() or any(letter.isdigit() for letter in word):
            return False
        return low in _common() or low.removesuffix("s") in _common() or _stem(word) in self._stems

    def _mixes(self, run: set[str]) -> bool:
        """Whether all words of a run are people's, and no one person's."""
        known = set[str]().union(*self._people)
        return run <= known and not any(run <= person for person in self._people)


@cache
def _common() -> frozenset[str]:
    """Words for people and bodies in general, and words that open sentences."""
    lists = (
        "role_nouns",
        "role_plurals",
        "group_nouns",
        "plain_bodies",
        "function_words",
        "sentence_starters",
    )
    return frozenset(word.casefold() for name in lists for word in words.load(name))


@cache
def _titles() -> frozenset[str]:
    return frozenset(
        part.casefold() for title in words.load("person_titles") for part in _WORD.findall(title)
    )


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    """Names of general knowledge for one thing, of a place with those for who or what is from there, and of
    peoples and parties' followers for one and for many."""
    groups = {row["name"]: [row["name"], *row["aliases"].split("|")] for row in words.table("known_names")}
    for demonym, place in words.values("demonyms").items():
        groups.setdefault(place, [place]).extend([demonym, f"{demonym}s"])
    peoples = frozenset(words.load("peoples"))
    groups |= {one: [one, f"{one}s"] for one in peoples if f"{one}s" in peoples}
    return tuple(tuple(filter(None, group)) for group in groups.values() if len(group) > 1)


def _other_names(texts: Sequence[str], written: Collection[str]) -> frozenset[str]:
    """The words of all names for what some texts name, whose words are given as well."""
    found = set[str]()
    for group in _groups():
        if any(_stands(name, texts, written) for name in group):
            found.update(part.casefold() for name in group for part in _WORD.findall(name))
    return frozenset(found)


def _stands(name: str, texts: Sequence[str], written: Collection[str]) -> bool:
    if not all(part.casefold() in written for part in _WORD.findall(name)):
        return False
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for text in texts)


def _runs(label: str) -> Iterator[list[str]]:
    """Words with capitals that stand side by side.

    >>> list(_runs("Ana Ruiz sues Bo Hale, Ruiz-Hale and the Port"))
    [['Ana', 'Ruiz'], ['Bo', 'Hale'], ['Ruiz'], ['Hale'], ['Port']]
    """
    run: list[str] = []
    end = -1
    for match in _WORD.finditer(label):
        if not match.group()[0].isupper():
            continue
        if run and label[end : match.start()] != " ":
            yield run
            run = []
        run.append(match.group())
        end = match.end()
    if run:
        yield run


def tells_date(value: str, told: Iterable[str], text: str) -> bool:
    """Whether an article gives a date: one of its date phrases means it or something finer, or all its parts
    are written in the text.

    ``told`` are the values of the date phrases.

    >>> tells_date("2016-03", ["2016-03-04"], ""), tells_date("2016-03-04", ["2016-03"], "")
    (True, False)
    >>> tells_date("1862-05-05", ["1862"], "On May 5th they won the battle of 1862.")
    True
    >>> tells_date("2016-13-40", ["2016"], "2016"), tells_date("2016", [], "It rained.")
    (False, False)
    """
    if not is_edtf(value):
        return False
    wide = interval_of(value)
    days = [days for known in told if (days := interval_of(known))]
    if value in told or (wide and any(wide[0] <= first and last <= wide[1] for first, last in days)):
        return True
    return all(_is_written(part, text) for part in value.split("/"))


def _is_written(date: str, text: str) -> bool:
    match = _PART.fullmatch(date)
    if not match:
        return False
    year, month, day = match.groups()
    names = [name for name, number in words.values("months").items() if int(number) == int(month or 0)]
    asked = [rf"\b{year}\b"]
    if month:
        asked.append(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    if day:
        asked.append(rf"\b0?{int(day)}(?:st|nd|rd|th)?\b")
    return all(re.search(pattern, text, re.IGNORECASE) for pattern in asked)
