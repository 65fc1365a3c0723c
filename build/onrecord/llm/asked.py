"""What came of asking a language model."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

__all__ = ["Asked", "Cost", "Unread", "tell_cost"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What asking takes, or took: requests, and tokens in and out."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.tokens_in + self.tokens_out

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.requests + other.requests,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
        )


@dataclass(frozen=True, slots=True)
class Unread:
    """An article that was not read, with a code of ``reading.inputs.CODES`` and why."""

    name: str
    code: Literal["no-answer", "bad-answer"]
    message: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: the cost expected and the one that was, what is not read, and by reason, how many
    words, names, labels and dates of the answers the articles do not have, and what the model judged out."""

    expected: Cost
    spent: Cost
    unread: tuple[Unread, ...]
    dropped: dict[str, int]

    def __add__(self, other: "Asked") -> "Asked":
        dropped = Counter(self.dropped) + Counter(other.dropped)
        return Asked(
            self.expected + other.expected,
            self.spent + other.spent,
            (*self.unread, *other.unread),
            dict(sorted(dropped.items())),
        )


def tell_cost(cost: Cost) -> str:
    """A cost in words.

    >>> tell_cost(Cost(3, 12000, 800))
    '3 requests, 12,000 tokens in, 800 out'
    """
    return f"{cost.requests:,} requests, {cost.tokens_in:,} tokens in, {cost.tokens_out:,} out"
