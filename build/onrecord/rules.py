"""A reader without weights: cue verbs, capitals and grammar.

It is the plain baseline that a trained reader is measured against, and what reads where onnxruntime cannot
run. It knows English news prose only through the word lists in ``data/``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import count

from onrecord import words
from onrecord.model import (
    Certainty,
    Document,
    EntityType,
    Name,
    Reading,
    Role,
    Span,
    Statement,
    Time,
    Trigger,
)

CONFIDENCE = 0.5
"""What a rule's proposal is given: it has no probability of its own."""

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_NAME = re.compile(
    r"(?:[A-Z][\w'’&.-]*[\w]|[A-Z])(?:\s+(?:(?:of|for|the|and|de|van|von|al)\s+){0,2}(?:[A-Z][\w'’&.-]*[\w]|[A-Z]))*"
)
_QUOTED = re.compile(r"[“\"]([^“”\"]{2,600})[”\"]")
_NOMINAL_SOURCE = re.compile(
    r"(?:(?:a|an|the|one|two|three|some|several|many|both|other)\s+)?(?:[a-z-]+\s+){0,3}"
    r"(?:sources?|officials?|spokes(?:man|woman|person|people)|analysts?|experts?|aides?|lawyers?|people)"
    r"(?:\s+(?:familiar|close)\s+(?:with|to)\s+the\s+\w+)?",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:he|she|they|it)\b", re.IGNORECASE)
_MODAL = re.compile(r"\b(?:could|may|might|would|should|can|must)\b[^.;,]{0,30}$", re.IGNORECASE)
_FUTURE = re.compile(r"\b(?:will|shall|to|would|could|may|might)\b[^.;,]{0,20}$", re.IGNORECASE)
_PAST = re.compile(r"\b[a-z]{3,}ed\b")


@cache
def _cues() -> re.Pattern[str]:
    verbs = sorted(words.load("cue_verbs"), key=lambda term: (-len(term), term))
    return re.compile(r"\b(?:" + "|".join(map(re.escape, verbs)) + r")\b", re.IGNORECASE)


@cache
def _phrases() -> re.Pattern[str]:
    terms = sorted(words.load("cue_phrases"), key=lambda term: (-len(term), term))
    return re.compile(r"\b(?:" + "|".join(map(re.escape, terms)) + r")\b", re.IGNORECASE)


def judge_type(name: str) -> EntityType:
    """The kind of thing a name is, by its last and first word alone.

    >>> judge_type("Department of Transport"), judge_type("Dr. Amina Bello"), judge_type("NATO")
    ('organization', 'person', 'organization')
    """
    parts = name.split()
    if parts[0].rstrip(".").lower() in {"mr", "mrs", "ms", "dr", "sen", "rep", "gov", "president", "senator"}:
        return "person"
    if len(parts) == 1 and name.isupper() and len(name) > 1:
        return "organization"
    if any(part in {"of", "for", "and", "&"} for part in parts):
        return "organization"
    return "person" if len(parts) in (2, 3) and all(part.isalpha() for part in parts) else "other"


def find_names(document: Document) -> Iterator[Name]:
    """Runs of capitalised words; a single word that opens a sentence counts only if it stands elsewhere too."""
    inner = {
        match.group()
        for sentence in document.sentences
        for match in _NAME.finditer(document.text, sentence.start + 1, sentence.end)
    }
    for sentence in document.sentences:
        for match in _NAME.finditer(document.text, sentence.start, sentence.end):
            name = re.sub(r"['’]s$", "", match.group())
            if (
                " " not in name
                and match.start() == sentence.start
                and name not in inner
                and not name.isupper()
            ):
                continue
            if name.lower() in {"i", "a", "the"}:
                continue
            yield Name(match.start(), match.start() + len(name), judge_type(name), CONFIDENCE)


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start] in " \t\n,;:–—":
        start += 1
    while end > start and text[end - 1] in " \t\n,;:–—":
        end -= 1
    return Span(start, end) if end > start else None


def _nearest_source(text: str, start: int, end: int, names: Sequence[Name], *, after: bool) -> Span | None:
    """The words in [start, end) that can speak, nearest to the end of it (or to its start, for ``after``)."""
    found = [Span(m.start(), m.end()) for m in _NOMINAL_SOURCE.finditer(text, start, end)]
    found += [Span(m.start(), m.end()) for m in _PRONOUN.finditer(text, start, end)]
    found += [Span(name.start, name.end) for name in names if start <= name.start and name.end <= end]
    if not found:
        return None
    return (
        min(found, key=lambda s: (s.start, -s.end)) if after else max(found, key=lambda s: (s.end, -s.start))
    )


def read_sentence(
    text: str, sentence: Span, names: Sequence[Name]
) -> tuple[Span | None, Span, list[Span]] | None:
    """Source, cue and content fragments of one sentence, or null where nobody is said to say anything.

    >>> text = "The bridge will reopen, Mayor Jane Cole said."
    >>> source, cue, content = read_sentence(text, Span(0, 45), [Name(24, 39, "person", 1.0)])
    >>> [text[s.start:s.end] for s in (source, cue, *content)]
    ['Mayor Jane Cole', 'said', 'The bridge will reopen']
    """
    start, end = sentence.start, sentence.end
    stop = end - 1 if text[end - 1] in ".!?" else end
    if phrase := _phrases().search(text, start, end):
        comma = text.find(",", phrase.end(), stop)
        until = comma if comma >= 0 else stop
        source = _trim(text, phrase.end(), until)
        before, after = _trim(text, start, phrase.start()), _trim(text, until, stop)
        content = [part for part in (before, after) if part]
        if source and content:
            return source, Span(phrase.start(), phrase.end()), content
    quotes = [Span(m.start(), m.end()) for m in _QUOTED.finditer(text, start, end)]
    for cue in _cues().finditer(text, start, end):
        if any(q.start <= cue.start() < q.end for q in quotes):
            continue
        span = Span(cue.start(), cue.end())
        ahead = _nearest_source(text, max(start, cue.start() - 90), cue.start(), names, after=False)
        rest = _trim(text, cue.end(), stop)
        if ahead and rest and rest.end - rest.start > 20 and ahead.end >= cue.start() - 12:
            before = _trim(text, start, ahead.start)
            if before and text[ahead.start - 2 : ahead.start - 1] in {",", "”", '"'}:
                return ahead, span, [before]
            return ahead, span, [rest]
        if ahead and not rest and (before := _trim(text, start, ahead.start)):
            return ahead, span, [before]
        behind = _nearest_source(text, cue.end(), min(stop, cue.end() + 60), names, after=True)
        if behind and quotes and quotes[0].start < cue.start():
            return behind, span, quotes
    return None


def find_roles(document: Document, names: Sequence[Name]) -> Iterator[Role]:
    """At most one attribution a sentence; its fragments share a group."""
    groups = count()
    for sentence in document.sentences:
        near = [name for name in names if sentence.start <= name.start < sentence.end]
        if (found := read_sentence(document.text, sentence, near)) is None:
            continue
        source, cue, content = found
        group = next(groups)
        if source:
            yield Role(source.start, source.end, "source", group, CONFIDENCE)
        yield Role(cue.start, cue.end, "cue", group, CONFIDENCE)
        for part in content:
            yield Role(part.start, part.end, "content", group, CONFIDENCE)


def find_triggers(document: Document) -> Iterator[Trigger]:
    """Past-tense and participle forms that report nothing."""
    reports = words.load("cue_verbs")
    for sentence in document.sentences:
        for match in _PAST.finditer(document.text, sentence.start, sentence.end):
            if match.group() in reports:
                continue
            left = document.text[sentence.start : match.start()]
            certainty: Certainty = "possible" if _MODAL.search(left) else "certain"
            time: Time = "future" if _FUTURE.search(left) else "non_future"
            polarity = "neg" if re.search(r"(?:\bnot|n['’]t|\bnever)\W+(?:\w+\W+){0,2}$", left) else "pos"
            yield Trigger(
                match.start(), match.end(), certainty, "neg" if polarity == "neg" else "pos", time, CONFIDENCE
            )


class RulesReader:
    """See the module's docstring. Holds no state: every article is read by itself."""

    method: str = "rules"
    model_sha256: str | None = None

    def read(self, documents: Sequence[Document]) -> Iterable[Reading]:
        """One reading for each document, in order."""
        for document in documents:
            names = tuple(find_names(document))
            roles = tuple(sorted(find_roles(document, names), key=lambda r: (r.start, r.end)))
            taken = [(r.start, r.end) for r in roles if r.role == "content"]
            statements = tuple(
                Statement(s.start, s.end, CONFIDENCE)
                for s in document.sentences
                if len(_WORD.findall(document.text, s.start, s.end)) >= 6
                and document.text[s.end - 1] == "."
                and not any(a < s.end and s.start < b for a, b in taken)
            )
            yield Reading(names, roles, tuple(find_triggers(document)), (), statements)
