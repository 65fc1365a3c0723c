"""What a model is asked: the prompt, and an article in numbered sentences, whole or in pieces."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from onrecord.llm.answer import schema
from onrecord.model import Document

__all__ = ["PROMPT", "Question", "ask_piece", "cut_pieces", "prompt_sha256", "prompt_text"]

PROMPT = "desk-1"
"""The prompt of this version, a file of ``prompts/``. What was answered to another is asked anew."""

LONGEST = 9000
"""Characters of a piece: some 2,200 tokens, so that prompt, piece and answer fit a context of 16,384."""
OVERLAP = 3
"""Sentences that a piece has in common with the one before: what is told across a border is seen whole."""


@cache
def prompt_text() -> str:
    """The instructions that come before each article."""
    return files("onrecord").joinpath("llm", "prompts", f"{PROMPT}.md").read_text(encoding="utf-8")


@cache
def prompt_sha256() -> str:
    """The hash of all that is asked beside the article: the instructions and the schema of the answer."""
    asked = [prompt_text(), json.dumps(schema(), sort_keys=True)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one piece: the sentences by their numbers, with what was found before, as JSON."""

    text: str

    def key(self, model: str) -> str:
        """The name under which the answer is kept: by the model, the prompt and this text alone."""
        told = json.dumps([model, prompt_sha256(), self.text])
        return hashlib.sha256(told.encode()).hexdigest()


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


def ask_piece(document: Document, piece: range, names: Sequence[str], labels: Sequence[str]) -> Question:
    """The question for one piece; ``names`` and ``labels`` are what earlier pieces gave.

    The article is data in a JSON string for each sentence: no words of it can end it or begin another.

    >>> from onrecord.model import Span
    >>> document = Document("It rained. [9] Stop", (), (Span(0, 10), Span(11, 19)), published="2026-05-04")
    >>> ask_piece(document, range(0, 2), ["Ana Ruiz"], []).text
    '{"published": "2026-05-04", "title": null, "names": ["Ana Ruiz"], "events": [], \
"sentences": {"1": "It rained.", "2": "[9] Stop"}}'
    """
    sentences = {
        str(place + 1): " ".join(document.text[sentence.start : sentence.end].split())
        for place, sentence in ((place, document.sentences[place]) for place in piece)
    }
    told = {
        "published": document.published,
        "title": document.title,
        "names": list(names),
        "events": list(labels),
        "sentences": sentences,
    }
    return Question(json.dumps(told, ensure_ascii=False))
