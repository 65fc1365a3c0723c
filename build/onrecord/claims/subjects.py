"""Who a cue speaks of: the subject of "was accused of" or "seemed to", which is nobody's voice."""

import re

from onrecord import words

_BE = r"(?:is|are|was|were|be|been|being)"
_BETWEEN = r"(?:not|n[’']t|also|being|been|to be|\w+ly)"
_PASSIVE = re.compile(rf"(?<!\w){_BE}(?:\W+{_BETWEEN})*\W+(?P<participle>\w+)", re.IGNORECASE)
_DOES = re.compile(r"\W+(?:to\W+\w|\w+ing\b)", re.IGNORECASE)
_SEEMS = re.compile(
    r"(?:(?:may|might|could|would|will|did|does|do|has|have|had|not|n[’']t|also|still|now|\w+ly)\W+)*"
    r"(?:seem|appear)(?:s|ed|ing)?(?:\s+to)?",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\b(?:when|if|once)\s+\Z", re.IGNORECASE)
_RECEIVES = frozenset(
    [
        "asked",
        "told",
        "pressed",
        "questioned",
        "assured",
        "reminded",
        "reassured",
        "warned",
        "informed",
        "notified",
        "advised",
    ]
)
"""Passives whose subject hears the words: it is no part of them."""


def told_of(before: str, cue: str) -> str | None:
    """The participle of a cue whose subject does not speak, or "seem"; null for other cues.

    >>> [told_of("", cue) for cue in ("was accused of", "is widely expected", "were worried", "accused")]
    ['accused', 'expected', None, None]
    >>> told_of("", "is expected to announce"), told_of("", "is shown shouting"), told_of("", "’s said")
    (None, None, None)
    >>> told_of("He left when ", "asked about"), told_of("", "seemed to"), told_of("", "seemed to say")
    ('asked', 'seem', None)
    """
    if _SEEMS.fullmatch(cue):
        return "seem"
    if _WHEN.search(before):
        participle = cue.split()[0].lower()
        return participle if participle in _RECEIVES else None
    found = _PASSIVE.search(cue)
    if found is None or _DOES.match(cue, found.end()):
        return None
    participle = found["participle"].lower()
    return participle if participle in words.load("spoken_of") else None


def hears(participle: str) -> bool:
    """Whether the subject of a passive is the one who hears the words.

    >>> hears("asked"), hears("accused")
    (True, False)
    """
    return participle in _RECEIVES
