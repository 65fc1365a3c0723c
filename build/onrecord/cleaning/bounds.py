"""What a reader proposes, held to the blocks of the page and to a least length."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from onrecord.model import Attribution, Block, Document, Role

SHORTEST = 5
"""Words that a statement in the article's own voice has at least; 0.5 % of FactAppeal's have fewer."""

VOICELESS = 0.3
"""Least confidence of an attribution that names nobody: most below it report nothing. Chosen on PolNeAR dev,
where 0.45 gives 0.2 points of linked F1 more and 0.9 of cue and 0.3 of content token F1 less."""

_WORD = re.compile(r"\w+(?:['’]\w+)?")


def cut_at_blocks(document: Document, roles: Sequence[Role]) -> tuple[Role, ...]:
    """Roles that stand within one block each.

    Of PolNeAR's 60,000 fragments one crosses a line: what runs from a heading into the text below is an error
    of reading. Of a source or cue the last piece is kept, which stands with what it attributes; of a content
    every piece that is not a heading.

    >>> text = "What comes next\\nThe ministry said the port would close."
    >>> blocks = (Block(0, 15, "heading"), Block(16, 55, "body"))
    >>> [cut] = cut_at_blocks(Document(text, blocks, ()), [Role(0, 28, "source", -1, 0.8)])
    >>> text[cut.start : cut.end]
    'The ministry'
    """
    return tuple(piece for role in roles for piece in _cut(document.blocks, role))


def _cut(blocks: Sequence[Block], role: Role) -> Iterable[Role]:
    over = [block for block in blocks if block.start < role.end and role.start < block.end]
    if len(over) < 2:
        return [role]
    text = [block for block in over if block.kind in ("body", "standfirst")] or over
    kept = text if role.role == "content" else text[-1:]
    return [replace(role, start=max(role.start, b.start), end=min(role.end, b.end)) for b in kept]


def claims_something(document: Document, attribution: Attribution) -> bool:
    """Whether an attribution has a voice, or is a statement of the article's own that claims something.

    A voice may be unnamed ("it was reported") where the reader is sure of it. The heading of a section is a
    label, whatever its grammar; headlines and standfirsts may claim.

    >>> from onrecord.model import Span
    >>> text = "How we got here\\nThe port of Lindholm closed in March."
    >>> blocks = (Block(0, 15, "heading"), Block(16, 54, "body"))
    >>> own = [Attribution((Span(a, b),), (), (), "none", 0.9) for a, b in ((0, 15), (16, 54), (16, 24))]
    >>> [claims_something(Document(text, blocks, ()), a) for a in own]
    [False, True, False]
    """
    if attribution.quote_type != "none":
        return bool(attribution.speakers) or attribution.confidence >= VOICELESS
    start, end = attribution.content[0].start, attribution.content[-1].end
    if any(b.kind == "heading" and b.start < end and start < b.end for b in document.blocks):
        return False
    return len(_WORD.findall(document.text, start, end)) >= SHORTEST
