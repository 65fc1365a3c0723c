"""Who "he" or "she" is that says something: whoever spoke last, where nobody else has come up since.

'"We dug," Hale said. "We had no water," he added.' News carries a speaker on over paragraphs, past whomever
the quotations speak about; nearness and salience alone would take those for him.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from onrecord.model import Span
from onrecord.people.focus import Focus, Ref

__all__ = ["Voices", "calls_somebody", "gather_voices", "pick_last_speaker"]

BACK = 6
"""Speakers before a pronoun that are looked at, at most."""
SENTENCES = 8
"""Sentences from a speaker to the pronoun that carries it on at most, quotations counted. A choice."""
_SAME = {"he": "male", "she": "female"}


@dataclass(frozen=True, slots=True)
class Voices:
    """The speakers of an article's claims, in order, and what each says by where its words begin."""

    speakers: tuple[Span, ...] = ()
    said: Mapping[int, Sequence[Span]] = field(default_factory=dict)


def gather_voices(claims: Iterable[tuple[Span, Span]]) -> Voices:
    """Speakers in order, from pairs of what is said and who says it."""
    said: dict[int, list[Span]] = {}
    speakers = {}
    for content, speaker in claims:
        said.setdefault(speaker.start, []).append(content)
        speakers[speaker.start] = speaker
    return Voices(tuple(speakers[start] for start in sorted(speakers)), said)


def pick_last_speaker(
    focus: Focus, place: int, voices: Voices, barred: set[tuple[int, ...]], other: str
) -> tuple[int, ...] | None:
    """The person who spoke last before a pronoun that speaks, if no one else whom it may mean was the subject
    of what the article tells since. ``barred`` cannot be meant, nor can anybody of the ``other`` gender."""
    token = focus.scene.tokens[place]
    end = bisect_left(voices.speakers, token.start, key=lambda span: span.start)
    for speaker in reversed(voices.speakers[max(0, end - BACK) : end]):
        ref = _read(focus, speaker)
        if ref is None:
            gender = _SAME.get(focus.scene.low(focus.scene.at(speaker.start)))
            if gender == other:
                continue
            return None
        if token.sentence - ref.sentence > SENTENCES:
            return None
        if ref.type != "person" or ref.chains in barred or focus.gender_of(ref) == other:
            continue
        if ref.plural or min(ref.chains) < 0 or _rivals(focus, place, ref, barred, other):
            return None
        return ref.chains
    return None


def _read(focus: Focus, speaker: Span) -> Ref | None:
    """Whom or what a speaker's words name, by the first of them that is read and owns nothing."""
    for ref in focus.around(speaker):
        if ref.start < speaker.end and speaker.start < ref.end and ref.position != "owner":
            return ref
    return None


def _rivals(focus: Focus, place: int, ref: Ref, barred: set[tuple[int, ...]], other: str) -> bool:
    """Whether the article tells of another one since whom the pronoun may mean."""
    return any(
        rival.start >= ref.end
        and rival.type == "person"
        and rival.position == "subject"
        and rival.quote is None
        and rival.chains != ref.chains
        and rival.chains not in barred
        and focus.gender_of(rival) != other
        for rival in focus.before(place, SENTENCES)
    )


def calls_somebody(focus: Focus, quoted: Iterable[Span], words: frozenset[str]) -> bool:
    """Whether one of some pronouns stands in a quotation: who says it speaks of somebody else by it."""
    scene = focus.scene
    return any(
        scene.low(at) in words
        for span in quoted
        for at in range(scene.at(span.start), scene.at(max(span.start, span.end - 1)) + 1)
    )
