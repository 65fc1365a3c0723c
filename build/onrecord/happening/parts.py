"""Who takes part in an event, and as what: the rules of ``pairs``, each with a weight.

What a rule counts for depends on the side the mention stands on and on the role. The weights in
``data/parts.csv`` are those of a multinomial log-linear model fitted to MEANTIME by ``train/parts.py``: "no
part" weighs nothing, a role is taken where it is ``LIKELY``.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import get_args

from onrecord import words
from onrecord.happening.pairs import RULES, Pair, Rule
from onrecord.model import Mention, Participant, ParticipantRole, Span

__all__ = ["FITTED", "find_participants", "list_pairs"]

REACH = 20
"""Words between an event and a participant at most; on MEANTIME 98 % of participants are nearer."""
FITTED: tuple[ParticipantRole, ...] = ("agent", "patient", "recipient", "place")
LIKELY: Mapping[ParticipantRole, float] = {"agent": 0.45, "patient": 0.5, "recipient": 0.5, "place": 0.4}
"""How likely a role must be, chosen on MEANTIME with each topic held out. Its annotators name one of the
mentions of a participant or none: much of what counts as wrong there looks right to a reader."""

_LINK = re.compile(r"\s*(?:,|(?P<last>,?\s*(?:and|or|as well as)))\s*(?:the\s+)?")
_SUBJECTS = frozenset(["he", "she", "they", "we", "i", "it", "you"])
_ORDER: dict[str, int] = {role: number for number, role in enumerate(get_args(ParticipantRole))}


@cache
def _weights() -> Mapping[str, tuple[tuple[Rule, tuple[float, ...]], ...]]:
    """By side the rules that count there, each with a weight for each of ``FITTED``."""
    held = {
        (row["rule"], row["side"]): tuple(float(row[role]) for role in FITTED) for row in words.table("parts")
    }
    return {
        side: tuple((rule, held[name, side]) for name, rule in RULES.items() if (name, side) in held)
        for side in sorted({side for _, side in held})
    }


def weigh(pair: Pair) -> dict[ParticipantRole, float]:
    """How likely each role is; what is left to one is "no part"."""
    sums = [0.0] * len(FITTED)
    for rule, weights in _weights().get(pair.side, ()):
        held = rule(pair)
        if held:
            sums = [total + held * weight for total, weight in zip(sums, weights, strict=True)]
    raised = [math.exp(total) for total in sums]
    total = 1.0 + sum(raised)
    return {role: value / total for role, value in zip(FITTED, raised, strict=True)}


def is_barred(pair: Pair, role: ParticipantRole) -> bool:
    """Whether a mention cannot have a role, whatever speaks for it: the owner of another noun does nothing
    ("[Tellmark]'s lawyers sued"), nor does who stands before another subject ("... [Lena], he added") or
    behind a verb that has one ("he promised [Lena]").

    >>> from onrecord.model import Mention
    >>> text = "Tellmark's lawyers sued."
    >>> owner = Mention(0, 8, "name", "organization", 0, 0.9, "")
    >>> is_barred(Pair(text, Span(0, 24), Span(19, 23), owner, 0, 0), "agent")
    True
    """
    if pair.noun:
        return False
    owns = RULES["owner"](pair) or RULES["owner_else"](pair)
    if pair.side == "before" and role != "place" and owns:
        return True
    led = pair.left[: len(pair.left) - len(pair.group)][-1:]
    if not led or led[0] not in _SUBJECTS or pair.said == led[0]:
        return False
    return role == "agent" or (pair.side == "before" and role == "patient")


def list_pairs(
    text: str, sentence: Span, trigger: Span, mentions: Sequence[Mention], triggers: Sequence[Span]
) -> list[Pair]:
    """The trigger with each of the sentence's mentions that is within reach and does not overlap it."""
    pairs = []
    for mention in mentions:
        low, high = min(mention.end, trigger.end), max(mention.start, trigger.start)
        if mention.start < trigger.end and trigger.start < mention.end:
            continue
        if len(text[low:high].split(None, REACH + 1)) > REACH:
            continue
        events = sum(low <= other.start and other.end <= high for other in triggers)
        others = sum(low <= other.start and other.end <= high for other in mentions)
        pairs.append(Pair(text, sentence, trigger, mention, events, others))
    return pairs


def find_participants(pairs: Sequence[Pair]) -> tuple[Participant, ...]:
    """Who takes part in the event of the pairs, all of one trigger.

    Of several for one role the likeliest is taken, with those that stand in one list with it; places may be
    several.
    """
    chances = [
        {role: 0.0 if is_barred(pair, role) else chance for role, chance in weigh(pair).items()}
        for pair in pairs
    ]
    likeliest = [max(chance.items(), key=lambda item: item[1]) for chance in chances]
    found: dict[tuple[str, int], Participant] = {}
    for role in FITTED:
        taken = [
            place for place, (best, chance) in enumerate(likeliest) if best == role and chance >= LIKELY[role]
        ]
        if role != "place" and taken:
            best = min(taken, key=lambda place: (-chances[place][role], pairs[place].mention.start))
            taken = [best, *_in_list(pairs, best)]
        for place in taken:
            chain = pairs[place].mention.chain
            found.setdefault((role, chain), Participant(chain, role))
    return tuple(sorted(found.values(), key=lambda part: (_ORDER[part.role], part.chain)))


def _in_list(pairs: Sequence[Pair], best: int) -> list[int]:
    """The places of the mentions that stand in one list with that of ``best``, on the same side; a comma
    alone makes no list."""
    held, side, ended = [best], pairs[best].side, False
    order = sorted(range(len(pairs)), key=lambda place: pairs[place].mention.start)
    for row in (order[order.index(best) + 1 :], order[: order.index(best)][::-1]):
        last = best
        for place in row:
            link = _link_of(pairs[place], pairs[last])
            if pairs[place].side != side or link is None:
                break
            ended |= link
            held.append(place)
            last = place
    return held[1:] if ended else []


def _link_of(one: Pair, other: Pair) -> bool | None:
    """Whether "and" or "or" (true) or a comma alone (false) stands between two mentions, with a title, else
    null; the same words are linked."""
    first, second = sorted((one, other), key=lambda pair: pair.mention.start)
    if (first.mention.start, first.mention.end) == (second.mention.start, second.mention.end):
        return True
    between = one.text[first.mention.end : max(first.mention.end, second.phrase_start)]
    found = _LINK.fullmatch(between)
    return None if found is None else found["last"] is not None
