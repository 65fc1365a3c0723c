"""Annotated articles made by hand: who is named, who says what, through whom."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from spans import place

from onrecord.model import (
    AgentKind,
    Annotated,
    Anonymity,
    Article,
    Block,
    Claim,
    Date,
    EntityType,
    Hop,
    LocalEntity,
    Mention,
    QuoteType,
    Span,
)


@dataclass(frozen=True)
class Via:
    """A voice in a claim's chain."""

    agent: str | None
    kind: AgentKind = "person"
    anonymity: Anonymity = "named"


@dataclass(frozen=True)
class Said:
    """A claim: words of the article, and the voices it came through, nearest first."""

    content: str
    via: Sequence[Via] = ()
    direct: bool = False


def tell(
    text: str,
    *claims: Said,
    names: Mapping[str, EntityType] | None = None,
    dates: Mapping[str, str | None] | None = None,
    name: str = "article",
    **known: str | None,
) -> Annotated:
    """An article whose claims, names and dates are found in its text as they are written."""
    article = Article(name, text, sha256(text.encode()).hexdigest(), **cast(dict[str, Any], known))
    kinds = dict(names or {})
    chains = {one: chain for chain, one in enumerate(kinds)}
    found = [
        Mention(m.start(), m.end(), "name", kinds[one], chains[one], 1.0, "hand")
        for one in kinds
        for m in re.finditer(re.escape(one), text)
    ]
    mentions = [m for m in found if not any(o.start <= m.start and m.end <= o.end and o != m for o in found)]
    return Annotated(
        article,
        (Block(0, len(text), "body"),),
        tuple(LocalEntity(one, kind) for one, kind in kinds.items()),
        tuple(sorted(mentions, key=lambda m: m.start)),
        tuple(
            Date(*place(text, words), "date", value, "hand", None) for words, value in (dates or {}).items()
        ),
        tuple(_claim(text, said, chains, mentions) for said in claims),
        (),
    )


def _claim(text: str, said: Said, chains: Mapping[str, int], mentions: Sequence[Mention]) -> Claim:
    start = text.index(said.content)
    span = Span(start, start + len(said.content))
    hops = []
    for via in said.via:
        place = text.index(via.agent) if via.agent else 0
        length = len(via.agent) if via.agent else 1
        hops.append(
            Hop(place, place + length, via.agent, None, chains.get(via.agent or ""), via.anonymity, via.kind)
        )
    quote_type: QuoteType = "none" if not said.via else "direct" if said.direct else "indirect"
    inside = {m.chain for m in mentions if span.start <= m.start and m.end <= span.end}
    return Claim(
        (span,),
        (),
        (Span(hops[0].start, hops[0].end),) if hops and hops[0].agent else (),
        quote_type,
        hops[0].chain if hops else None,
        hops[0].anonymity if hops else None,
        "certain",
        "pos",
        "non_future",
        tuple(hops),
        tuple(sorted(inside)),
        1.0,
        "hand",
    )
