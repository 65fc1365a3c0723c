"""What a model is asked: a prompt, and an article in numbered sentences, whole or in pieces."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any, Generic

from onrecord.llm.answer import Answer, Given, Verdicts, schema
from onrecord.llm.asked import Cost
from onrecord.model import Document

__all__ = ["JUDGING", "LISTING", "Prompt", "Question", "ask_list", "ask_verdicts", "cut_pieces"]

LONGEST = 9000
"""Characters of a piece: some 2,000 tokens, so that prompt, piece and answer fit a context of 16,384."""
OVERLAP = 3
"""Sentences that a piece has in common with the one before: what is told across a border is seen whole."""


@dataclass(frozen=True)
class Prompt(Generic[Given]):
    """Instructions: a file of ``prompts/``, and what an answer to it looks like. What was answered to another
    is asked anew."""

    name: str
    answer: type[Given]

    @cached_property
    def text(self) -> str:
        """The instructions that come before each article."""
        return files("onrecord").joinpath("llm", "prompts", f"{self.name}.md").read_text(encoding="utf-8")

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of an answer."""
        return schema(self.answer)

    @cached_property
    def sha256(self) -> str:
        """The hash of all that is asked beside the article: the instructions and the schema of the answer."""
        asked = [self.text, json.dumps(self.schema, sort_keys=True)]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    @property
    def version(self) -> str:
        """Name and hash, as they stand in ``activities``."""
        return f"{self.name}+{self.sha256}"


LISTING = Prompt("desk-2", Answer)
"""Asks for the list of an article."""
JUDGING = Prompt("judge-1", Verdicts)
"""Asks which rows of another reader are to be kept."""

LETTERS = 4
"""Characters that make a token, about."""
OUT = 0.7
"""Tokens of a list for each character of an article, about."""
OUT_EACH = 4
"""Tokens of a verdict on one row, about."""


@dataclass(frozen=True, slots=True)
class Question(Generic[Given]):
    """What is asked of one piece by a prompt, as JSON; ``tokens_out`` is what an answer takes, about."""

    prompt: Prompt[Given]
    text: str
    tokens_out: int

    def key(self, model: str) -> str:
        """The name under which the answer is kept: by the model, the prompt and this text alone."""
        told = json.dumps([model, self.prompt.sha256, self.text])
        return hashlib.sha256(told.encode()).hexdigest()

    def expect(self) -> Cost:
        """What asking it costs, about."""
        letters = len(self.prompt.text) + len(json.dumps(self.prompt.schema)) + len(self.text)
        return Cost(1, letters // LETTERS, self.tokens_out)


def cut_pieces(document: Document, longest: int = LONGEST) -> list[range]:
    """The sentences of a document as pieces, by their places; each begins with the last of the one before.

    >>> from onrecord.model import Span
    >>> sentences = tuple(Span(n * 10, n * 10 + 9) for n in range(12))
    >>> cut_pieces(Document("x" * 120, (), sentences), longest=60)
    [range(0, 6), range(3, 9), range(6, 12)]
    >>> cut_pieces(Document("", (), ()))
    []
    """
    sizes = [sentence.end - sentence.start for sentence in document.sentences]
    pieces: list[range] = []
    start = 0
    while start < len(sizes):
        end, size = start, 0
        while end < len(sizes) and (end == start or size + sizes[end] <= longest):
            size += sizes[end]
            end += 1
        pieces.append(range(start, end))
        if end == len(sizes):
            break
        start = max(start + 1, end - OVERLAP)
        while start < end and sum(sizes[start : end + 1]) > longest:
            start += 1
    return pieces


def ask_list(
    document: Document, piece: range, names: Sequence[str] = (), labels: Sequence[str] = ()
) -> Question[Answer]:
    """The question for the list of one piece; ``names`` and ``labels`` are what earlier pieces gave.

    The article is data in a JSON string for each sentence: no words of it can end it or begin another.

    >>> from onrecord.model import Span
    >>> document = Document("It rained. [9] Stop", (), (Span(0, 10), Span(11, 19)), published="2026-05-04")
    >>> ask_list(document, range(0, 2), ["Ana Ruiz"], []).text
    '{"published": "2026-05-04", "title": null, "names": ["Ana Ruiz"], "events": [], \
"sentences": {"1": "It rained.", "2": "[9] Stop"}}'
    """
    letters = document.sentences[piece[-1]].end - document.sentences[piece[0]].start
    return Question(LISTING, _dump(_tell(document, piece, names, labels)), int(letters * OUT))


def ask_verdicts(
    document: Document,
    piece: range,
    names: Sequence[str],
    labels: Sequence[str],
    rows: Mapping[int, Mapping[str, object]],
) -> Question[Verdicts]:
    """The question which rows of another reader are to be kept; ``names`` and ``labels`` are the model's own
    list, ``rows`` what each row says, by number."""
    told = _tell(document, piece, names, labels) | {"rows": {str(n): row for n, row in rows.items()}}
    return Question(JUDGING, _dump(told), OUT_EACH * len(rows))


def _tell(document: Document, piece: range, names: Sequence[str], labels: Sequence[str]) -> dict[str, object]:
    sentences = {
        str(place + 1): " ".join(document.text[sentence.start : sentence.end].split())
        for place, sentence in ((place, document.sentences[place]) for place in piece)
    }
    told = {"published": document.published, "title": document.title, "names": list(names)}
    return {**told, "events": list(labels), "sentences": sentences}


def _dump(told: Mapping[str, object]) -> str:
    return json.dumps(told, ensure_ascii=False)
