"""How a claim reached the article: its voices, nearest the words first.

"According to sources familiar with the talks, the Cape Times reported" has two hops, the sources and then
the newspaper that relays them. The far end of the chain is the claim's origin, so a paper that only passes
words on must not be taken for another voice. Each rule finds one way in which news names a further or a
nearer voice.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from onrecord.claims.outlets import find_outlet, is_outlet
from onrecord.claims.voice import (
    core_of,
    find_apposed,
    judge_voice,
    kind_of_name,
    name_of,
)
from onrecord.model import Attribution, Document, Hop, LocalEntity, Name, Span
from onrecord.overlap import Overlaps

COVER = 0.9
"""Share of an attribution's content that an enclosing one must hold to be its outer voice."""

_RELAYED = re.compile(
    r",?\s+(?P<cue>(?:cited|quoted|interviewed|contacted|reached|polled|surveyed|obtained|seen|reviewed|reported"
    r"|published) by|who (?:spoke|talked) (?:to|with)|speaking (?:to|with))\s+(?P<outer>[^,;]+)",
    re.DOTALL,
)
_CITING = re.compile(
    r"\b(?P<cue>citing|quoting)\s+(?P<agent>(?:[^,;.:—\x00]|(?<=\b[A-Z])\.|(?<=\bMr)\.|(?<=\bMs)\.){3,120})",
    re.IGNORECASE,
)
_INNER_TAIL = re.compile(r",\s*(?P<cue>according to)\s+(?P<agent>[^,;:—]{3,120}?)[\s.,\"”]*$", re.IGNORECASE)
_INNER_HEAD = re.compile(
    r"\W*(?:that\s+)?(?P<agent>(?:[\w’'-]+\s+){1,8}?)(?P<cue>said|say|says|told|believe|believed)\b"
)
_SAYS = re.compile(
    r"\b(?:(?:has|had|have)\s+)?(?:(?:\w+ly|first|also|earlier|since|then)\s+)?"
    r"(?:reported|reports|said|says|wrote|writes|noted|notes|revealed|reveals|disclosed|learned)\b"
)
_BY = re.compile(
    r"\b(?P<cue>according to|(?:as |was |were )?(?:first |earlier )?(?:reported|cited|quoted|published) by"
    r"|(?:obtained|seen|viewed|reviewed|heard) by|per|in a report (?:by|from))"
    r"\s+(?=(?:the |an? )?(?:\w+ ){0,2}[A-Z0-9])"
)
_TO = re.compile(
    r"\b(?P<cue>told|tells|telling|interviews? (?:with|to|on)|statements? to|speaking (?:to|with|on)"
    r"|spoke (?:to|with|on)|appear(?:ing|ance|ed) on|op-eds? (?:in|for)"
    r"|(?:article|essay|letter|column)s? (?:in|for)|emails? to"
    r"|comments? to|remarks to|confirm(?:ed|s) to|said (?:to|on)|says (?:to|on)|posted on|wrote (?:in|for)"
    r"|[Oo]n)\s+"
    r"(?:(?:reporters?|journalists?) (?:at|for|from|with) )?(?=(?:the |The )?[A-Z0-9])"
)
_TO_ABROAD = re.compile(r"\b(?P<cue>to)\s+(?=(?:the |The )?[A-Z0-9][^,.;\x00]{1,40}?\s+as\b)")
_WRITES = re.compile(r"\b(?:wrote|writes|written|writing|argued|argues)\b", re.IGNORECASE)
_IN = re.compile(r"\b(?P<cue>in|for)\s+(?=(?:the |The )?[A-Z0-9])")
_NOBODY = re.compile(
    r"\b(?:reportedly|allegedly|purportedly|supposedly|apparently|said to have|rumou?red to)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Setting:
    """The sentence of an attribution, with the words of its contents blotted out."""

    text: str
    start: int
    blotted: str
    names: tuple[Name, ...]


def _blot(text: str, offset: int, spans: Iterable[Span]) -> str:
    """The text with NULs in place of the spans, which count from ``offset`` before it.

    >>> _blot("she said no", 100, [Span(90, 103), Span(109, 120)]).replace(chr(0), "*")
    '*** said **'
    """
    kept, done = [], 0
    for span in sorted(spans, key=lambda s: s.start):
        start, end = max(done, span.start - offset), min(len(text), span.end - offset)
        if start < end:
            kept += [text[done:start], "\x00" * (end - start)]
            done = end
    return "".join([*kept, text[done:]])


class Siblings:
    """The attributions of one document, by the characters that their words cover."""

    def __init__(self, attributions: Sequence[Attribution]) -> None:
        owned = [(s, a) for a in attributions for s in (*a.content, *a.cues, *a.speakers)]
        numbers = {id(a): number for number, a in enumerate(attributions)}
        self._attributions = attributions
        self._owners = [numbers[id(a)] for _, a in owned]
        self._overlaps = Overlaps([span for span, _ in owned])

    def near(self, start: int, end: int) -> list[Attribution]:
        """The attributions with words in [start, end), in order."""
        numbers = {self._owners[place] for place in self._overlaps.over(start, end)}
        return [self._attributions[number] for number in sorted(numbers)]


def _setting(document: Document, attribution: Attribution, names: Sequence[Name]) -> Setting:
    anchor = (attribution.cues or attribution.speakers or attribution.content)[0]
    sentence = document.sentence_at(anchor.start) or Span(anchor.start, anchor.end)
    held = [s for s in (*attribution.cues, *attribution.speakers) if s.start < sentence.end + 200]
    end = max([sentence.end, *(s.end for s in held)])
    blotted = _blot(document.text[sentence.start : end], sentence.start, attribution.content)
    low = bisect_left(names, sentence.start, key=lambda n: n.start)
    high = bisect_left(names, end, key=lambda n: n.start)
    inside = tuple(n for n in names[low:high] if n.end <= end)
    return Setting(document.text, sentence.start, blotted, inside)


def _narrow(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks and punctuation at its ends."""
    while start < end and text[start] in " \t\n\r\"'“”‘’`,;:.()\x00—–-":
        start += 1
    while end > start and text[end - 1] in " \t\n\r\"'“”‘’`,;:()\x00—–-":
        end -= 1
    if end > start + 1 and text[end - 1] == "." and not text[end - 2].isupper():
        end -= 1
    return start, end


def make_hop(text: str, start: int, end: int, cue: str | None, names: Sequence[Name] = ()) -> Hop | None:
    """The hop for the phrase at [start, end), or null where nothing but punctuation stands there.

    A named voice is shown by its name alone, without what the article says of it; an outlet's report by the
    outlet's name.

    >>> text = "according to a Cape Times report published on Friday"
    >>> make_hop(text, 13, 52, "according to").agent
    'Cape Times'
    """
    start, end = _narrow(text, start, end)
    if start >= end:
        return None
    phrase = text[start:end]
    voice = judge_voice(phrase, names, start)
    if apposed := find_apposed(phrase, names, start):
        start, end = start + apposed[0], start + apposed[1]
    elif voice.anonymity == "named":
        core = name_of(core_of(phrase), names, start)
        place = phrase.find(core)
        if core and place >= 0:
            start, end = start + place, start + place + len(core)
        outlet = find_outlet(text[start:end]) if voice.kind == "outlet" else None
        if outlet is not None:
            start, end = start + outlet[0], start + outlet[1]
    return Hop(start, end, text[start:end], cue, None, voice.anonymity, voice.kind)


def name_known(hop: Hop, entity: LocalEntity) -> Hop:
    """A hop whose words stand for an entity that the article names elsewhere: "she", "the company".

    What is known of it is its name, whatever this sentence calls it. Outlets stay as they are: by their own
    words it is not told whether "it" passes something on.

    >>> she = Hop(0, 3, "She", "said", 0, "described", "person")
    >>> name_known(she, LocalEntity("Ana Ruiz", "person")).anonymity
    'named'
    """
    if hop.anonymity not in ("described", "collective") or is_outlet(entity.name):
        return hop
    if hop.kind not in ("person", "organization", "other"):
        return hop
    kind = kind_of_name(entity.type) if hop.kind == "other" else None
    return replace(hop, anonymity="named", kind=kind or hop.kind)


def _outlet_at(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The outlet whose name begins at a place, after at most an article.

    One plain word before another capital is no outlet: the Times Square ball; nor is the Hill.
    """
    lead = re.match(r"(?:the |an? )?", text[start:end])
    skipped = start + (lead.end() if lead else 0)
    found = find_outlet(text[skipped : min(end, skipped + 80)])
    if found is None or found[0] != 0:
        return None
    name, after = text[skipped : skipped + found[1]], text[skipped + found[1] :]
    if re.fullmatch(r"(?:The )?[A-Z][a-z]+", name) and re.match(r"\s+[A-Z]", after):
        return None
    if name == "Hill":
        return None
    return skipped, skipped + found[1]


def split_relay(text: str, speaker: Span) -> list[tuple[Span, str | None]]:
    """A speaker phrase as its voices, nearest first, each after the first with the words that relay it.

    >>> text = "sources cited by Nordic Wire"
    >>> [(text[s.start : s.end], cue) for s, cue in split_relay(text, Span(0, 28))]
    [('sources', None), ('Nordic Wire', 'cited by')]
    >>> len(split_relay("the coach cited by nobody", Span(0, 9)))
    1
    """
    found = _RELAYED.search(text[speaker.start : speaker.end])
    if found is None or found.start() == 0:
        return [(speaker, None)]
    inner = Span(speaker.start, speaker.start + found.start())
    outer = Span(speaker.start + found.start("outer"), speaker.start + found.end("outer"))
    return [(inner, None), (outer, found["cue"])]


def _speaker_hops(setting: Setting, attribution: Attribution) -> list[Hop]:
    """The attribution's own speakers; two that stand together are one voice."""
    cue = " ".join(setting.text[c.start : c.end] for c in attribution.cues) or None
    speakers = list(attribution.speakers)
    if len(speakers) > 1 and speakers[-1].end - speakers[0].start <= 200:
        speakers = [Span(speakers[0].start, speakers[-1].end)]
    hops = []
    for speaker in speakers[:1]:
        for span, relay in split_relay(setting.text, speaker):
            hop = make_hop(setting.text, span.start, span.end, relay or cue, setting.names)
            if hop is not None:
                hops.append(hop)
    return hops


def _nobody_hop(setting: Setting, attribution: Attribution) -> list[Hop]:
    """Someone whom the article does not show: "reportedly", "it is said", a passive without an agent.

    What "is feared" is nobody's report."""
    if attribution.speakers or not attribution.cues or attribution.kind == "attitude":
        return []
    cue = attribution.cues[0]
    return [Hop(cue.start, cue.end, None, setting.text[cue.start : cue.end], None, "unnamed", "other")]


def _hearsay_hop(setting: Setting, attribution: Attribution) -> list[Hop]:
    """Someone unnamed who reports that the speaker spoke: "the minister reportedly told aides"."""
    if not attribution.speakers or not attribution.cues:
        return []
    start = min(attribution.cues[0].start, attribution.speakers[0].end)
    found = _NOBODY.search(setting.text, start, attribution.cues[-1].end)
    if found is None:
        return []
    return [Hop(found.start(), found.end(), None, found.group(), None, "unnamed", "other")]


def _cited_hops(setting: Setting, attribution: Attribution) -> list[Hop]:
    """Voices that the speaker itself cites: "the Cape Times reported, citing two officials"."""
    found = _CITING.search(setting.blotted)
    if found is None or not attribution.speakers:
        return []
    start = setting.start + found.start("agent")
    if any(s.start <= start < s.end for s in attribution.speakers):
        return []
    hop = make_hop(setting.text, start, setting.start + found.end("agent"), found["cue"], setting.names)
    return [hop] if hop is not None and hop.kind != "other" else []


def _inner_hops(setting: Setting, attribution: Attribution, siblings: Siblings) -> list[Hop]:
    """Voices inside what an outlet or a document says: "the Cape Times reported that officials said ..."."""
    last, first = attribution.content[-1], attribution.content[0]
    found = _INNER_TAIL.search(setting.text[last.start : last.end])
    offset = last.start
    if found is None:
        found, offset = _INNER_HEAD.match(setting.text[first.start : first.end]), first.start
        if found is None or judge_voice(found["agent"]).anonymity not in ("unnamed", "collective"):
            return []
    start, end = offset + found.start("agent"), offset + found.end("agent")
    others = (s for s in siblings.near(start, end) if s != attribution)
    if any(c.start < end and start < c.end for s in others for c in (*s.cues, *s.speakers)):
        return []
    hop = make_hop(setting.text, start, end, found["cue"], setting.names)
    return [hop] if hop is not None else []


def _free(setting: Setting, attribution: Attribution, siblings: Siblings) -> str:
    """The setting without this attribution's speakers and without what other speakers say of other things."""
    others = [
        s
        for s in siblings.near(setting.start, setting.start + len(setting.blotted))
        if s.speakers != attribution.speakers and not _shared(s.content, attribution.content)
    ]
    spans = [*attribution.speakers, *(f for o in others for f in (*o.content, *o.cues, *o.speakers))]
    return _blot(setting.blotted, setting.start, spans)


def _recipient_hops(setting: Setting, attribution: Attribution, free: str) -> list[Hop]:
    """An outlet that was told: "a spokesman told Nordic Wire", "in an interview with the Cape Times".

    "Pushed back on Nordic Wire's claim" tells it nothing.
    """
    ways = [*_TO.finditer(free)]
    if any(_WRITES.search(setting.text, cue.start, cue.end) for cue in attribution.cues):
        ways += _IN.finditer(free)
    hops = []
    for found in ways:
        outlet = _outlet_at(free, found.end(), len(free))
        owns = (
            outlet is not None and found["cue"] in ("on", "On") and free[outlet[1] :].startswith(("'s", "’s"))
        )
        if outlet is not None and not owns:
            hops.append(_outlet_hop(setting, outlet, found["cue"]))
    for cue in attribution.cues:
        told = setting.text[setting.start : min(setting.start + len(free), cue.end + 160)]
        aside = _TO_ABROAD.search(told, max(0, cue.end - setting.start))
        outlet = _outlet_at(told, aside.end(), len(told)) if aside else None
        if outlet is not None:
            hops.append(_outlet_hop(setting, outlet, "to"))
    return hops


def _outlet_hop(setting: Setting, place: tuple[int, int], cue: str) -> Hop:
    """The hop of an outlet that stands at a place of the setting."""
    start, end = setting.start + place[0], setting.start + place[1]
    return Hop(start, end, setting.text[start:end], cue, None, "named", "outlet")


def _relay_hops(setting: Setting, attribution: Attribution, free: str) -> list[Hop]:
    """An outlet that passes on what another voice said: "..., Nordic Wire reported", "as reported by ..."."""
    hops = []
    own = [Span(c.start - setting.start, c.end - setting.start) for c in attribution.cues]
    for found in _SAYS.finditer(free):
        if any(c.start < found.end() and found.start() < c.end for c in own):
            continue
        opening = max(free.rfind(mark, 0, found.start()) for mark in ",;—\x00(") + 1
        clause = free[opening : found.start()]
        start = found.start() - len(clause) + (len(clause) - len(clause.lstrip()))
        outlet = _outlet_at(free, start, found.start())
        if outlet is not None and not free[outlet[1] : found.start()].strip(" ’'s"):
            hops.append(_outlet_hop(setting, outlet, found.group()))
    for found in _BY.finditer(free):
        if any(c.start < found.end() and found.start() < c.end for c in own):
            continue
        outlet = _outlet_at(free, found.end(), len(free))
        if outlet is not None:
            hops.append(_outlet_hop(setting, outlet, found["cue"]))
    return hops


def _shared(some: Sequence[Span], others: Sequence[Span]) -> int:
    """Characters that two lists of spans have in common; the spans of one list do not overlap."""
    return sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in some for b in others)


def _size(spans: Sequence[Span]) -> int:
    return sum(span.end - span.start for span in spans)


def enclosing(attribution: Attribution, siblings: Siblings) -> Iterator[Attribution]:
    """The attributions whose content holds this one, the tightest first: its outer voices.

    >>> inner = Attribution((Span(40, 60),), (Span(30, 34),), (Span(20, 29),), "indirect", 1.0)
    >>> outer = Attribution((Span(20, 60),), (Span(6, 14),), (Span(0, 5),), "indirect", 1.0)
    >>> both = Siblings((inner, outer))
    >>> list(enclosing(inner, both)) == [outer], list(enclosing(outer, both))
    (True, [])
    """
    mine = _size(attribution.content)
    around = []
    for other in siblings.near(attribution.content[0].start, attribution.content[-1].end):
        theirs = _size(other.content) if other.quote_type != "none" else 0
        if theirs > mine and _shared(attribution.content, other.content) >= COVER * mine:
            around.append((theirs, other.content[0].start, other))
    for _, _, other in sorted(around, key=lambda entry: entry[:2]):
        yield other


RULES: Mapping[str, Callable[..., object]] = {
    "cited": _cited_hops,
    "inner": _inner_hops,
    "nobody": _nobody_hop,
    "recipient": _recipient_hops,
    "relay": _relay_hops,
    "hearsay": _hearsay_hop,
    "nested": enclosing,
}
"""What finds hops beside the speaker's own, by the rule's name."""


def _own_hops(
    document: Document,
    attribution: Attribution,
    siblings: Siblings,
    names: Sequence[Name],
    disabled: Collection[str],
) -> list[Hop]:
    setting = _setting(document, attribution, names)
    free = _free(setting, attribution, siblings)
    speakers = _speaker_hops(setting, attribution)
    relays = bool(speakers) and speakers[0].kind in ("outlet", "document")
    nearer = _cited_hops(setting, attribution) if "cited" not in disabled else []
    if relays and "inner" not in disabled:
        nearer += _inner_hops(setting, attribution, siblings)
    hops = [*nearer, *speakers]
    if "nobody" not in disabled:
        hops += _nobody_hop(setting, attribution)
    if hops and not (speakers and speakers[-1].kind == "outlet"):
        if "recipient" not in disabled:
            hops += _recipient_hops(setting, attribution, free)
        if "relay" not in disabled:
            hops += _relay_hops(setting, attribution, free)
    if "hearsay" not in disabled:
        hops += _hearsay_hop(setting, attribution)
    return hops


def trace_hops(
    document: Document,
    attribution: Attribution,
    siblings: Sequence[Attribution] | Siblings = (),
    names: Sequence[Name] = (),
    disabled: Collection[str] = (),
) -> tuple[Hop, ...]:
    """The voices through which a claim reached the article, hop 1 nearest the words.

    ``siblings`` are the attributions of the same document, which many calls may share as ``Siblings``, and
    ``names`` the reader's names in order; both may be empty.
    ``Hop.chain`` is left null; ``start`` and ``end`` hold the agent, or the cue where no agent is shown.
    Own-voice statements have no hops. ``disabled`` names rules of ``RULES`` to switch
    off.

    >>> text = 'A spokeswoman told Reuters the ferry would sail.'
    >>> said = Attribution((Span(27, 47),), (Span(14, 18),), (Span(0, 13),), "indirect", 1.0)
    >>> for hop in trace_hops(Document(text, (), (Span(0, 48),)), said):
    ...     print(hop.agent, hop.anonymity, hop.kind, hop.cue)
    A spokeswoman described person told
    Reuters named outlet told
    """
    if attribution.quote_type == "none":
        return ()
    if not isinstance(siblings, Siblings):
        siblings = Siblings(siblings)
    hops = _own_hops(document, attribution, siblings, names, disabled)
    if "nested" not in disabled:
        for outer in enclosing(attribution, siblings):
            hops += _own_hops(document, outer, siblings, names, {*disabled, "inner"})
    kept: list[Hop] = []
    for hop in hops:
        if any(hop.start < k.end and k.start < hop.end for k in kept):
            continue
        if hop.agent is not None and any(k.agent == hop.agent for k in kept):
            continue
        kept.append(hop)
    return tuple(kept)
