"""Claims that a reader lists ready-made, beside those that are joined from its fragments."""

from collections.abc import Sequence

from onrecord.claims.chain import make_hop
from onrecord.claims.quotation import find_quotations, judge_quote
from onrecord.model import Attribution, Document, Hop, ListedClaim, Name, Span

__all__ = ["add_voices", "as_attributions"]


def as_attributions(document: Document, listed: Sequence[ListedClaim]) -> list[Attribution]:
    """The listed claims as attributions; how far their words are a quotation is told by the marks. What has
    neither speaker nor cue is the article's own.

    >>> text = '"No deal," said Ana Ruiz.'
    >>> claim = ListedClaim(
    ...     kind="statement",
    ...     content=(Span(0, 10),),
    ...     cues=(Span(11, 15),),
    ...     speakers=(Span(16, 24),),
    ...     confidence=0.9,
    ... )
    >>> as_attributions(Document(text, (), (Span(0, 25),)), [claim])[0].quote_type
    'direct'
    """
    quotations = find_quotations(document.text) if listed else ()
    return [
        Attribution(
            claim.content,
            claim.cues,
            claim.speakers,
            judge_quote(document.text, claim.content, quotations) if claim.cues or claim.speakers else "none",
            claim.confidence,
            claim.kind,
        )
        for claim in listed
    ]


def add_voices(
    text: str, hops: Sequence[Hop], voices: Sequence[Span], names: Sequence[Name]
) -> tuple[Hop, ...]:
    """The chain of a claim, with the voices that the reader lists and the chain does not have behind it.

    >>> text = "Ana Ruiz said in a talk with Nordic Wire"
    >>> ana = Hop(0, 8, "Ana Ruiz", "said", None, "named", "person")
    >>> [hop.agent for hop in add_voices(text, [ana], [Span(0, 8), Span(29, 40)], ())]
    ['Ana Ruiz', 'Nordic Wire']
    """
    found = list(hops)
    for voice in voices:
        if all(voice.end <= hop.start or hop.end <= voice.start for hop in found):
            hop = make_hop(text, voice.start, voice.end, None, names)
            found += [hop] if hop is not None else []
    return tuple(found)
