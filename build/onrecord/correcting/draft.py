"""An article's rows while they are corrected, and how a line finds its row among them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from onrecord.correcting.amend_words import Pairs, guard, only
from onrecord.correcting.corrections import Correction
from onrecord.model import Claim, Date, EntityType, EventMention, LocalEntity, Mention, Span

__all__ = ["METHOD", "Draft", "entity_at", "entity_of", "pick"]

METHOD = "corrected"


@dataclass(slots=True)
class Draft:
    """An article's rows while they are corrected; entities keep their numbers until the end."""

    text: str
    entities: list[LocalEntity]
    mentions: list[Mention]
    dates: list[Date]
    claims: list[Claim]
    events: list[tuple[EventMention, Date | None]]
    named: set[int] = field(default_factory=set)
    moved: dict[int, set[int]] = field(default_factory=dict)


def entity_of(draft: Draft, name: str, kind: EntityType) -> int:
    """The number of the entity of that name; of a new one where the article has none."""
    same = [n for n, entity in enumerate(draft.entities) if entity.name == name]
    number = next(
        (n for n in same if draft.entities[n].type == kind), same[0] if same else len(draft.entities)
    )
    if number == len(draft.entities):
        draft.entities.append(LocalEntity(name, kind))
    draft.named.add(number)
    return number


def entity_at(mentions: Sequence[Mention], span: Span) -> int | None:
    """The number of the one entity that exactly these words are a mention of, or null."""
    numbers = {m.chain for m in mentions if (m.start, m.end) == (span.start, span.end)}
    return numbers.pop() if len(numbers) == 1 else None


def pick(here: Sequence[int], present: Callable[[int], Pairs], line: Correction) -> int:
    """The one row of those at the place that is as expected; where there is only one, it must be."""
    if len(here) > 1:
        here = [
            n
            for n in here
            if all(present(n).get(name, expected) == expected for name, expected in line.expects)
        ]
    number = only(here, line, line.table)
    guard(line, present(number))
    return number
