"""Reads articles by the answers at hand: the same answers give the same rows, without an endpoint."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from onrecord.errors import ReaderError
from onrecord.llm.admission import METHOD, Admitted, admit
from onrecord.llm.answer import Answer
from onrecord.llm.question import Question, ask_piece, cut_pieces, prompt_sha256
from onrecord.llm.store import Store
from onrecord.model import Document, Reader, Reading

__all__ = ["Beside", "LanguageModel", "Open", "Protocol", "StoredReader", "follow"]

Protocol = Literal["chat", "responses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """A language model to read with, and how to ask it.

    ``name`` is the model's as its endpoint knows it, ``endpoint`` the address that ends before
    ``/chat/completions`` or ``/responses``, ``answers`` the folder that keeps what it answered. ``beside``
    lets the built-in reader read as well. ``offline`` asks nothing. ``limit`` is how many tokens, in and out,
    may be used at most, null: any; ``requests`` how many may be under way at a time, ``timeout`` how many
    seconds one may take, ``retries`` how often a request is made again that failed or was turned away. The
    key, where one is needed, is taken from the environment: ``ONRECORD_API_KEY``.
    """

    name: str
    answers: Path
    endpoint: str | None = None
    protocol: Protocol = "chat"
    beside: bool = False
    offline: bool = False
    limit: int | None = None
    requests: int = 4
    timeout: float = 600.0
    retries: int = 4


@dataclass(frozen=True, slots=True)
class Open:
    """A question without an answer, and how many sentences are behind its piece."""

    question: Question
    pieces_left: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the answers at hand lead through an article: those found, and the question that has none."""

    keys: tuple[str, ...]
    answers: tuple[Answer, ...]
    open: Open | None


def follow(document: Document, model: str, store: Store) -> Walk:
    """Piece by piece, each asked for with the names and events that the pieces before gave."""
    pieces = cut_pieces(document)
    keys: list[str] = []
    answers: list[Answer] = []
    for place, piece in enumerate(pieces):
        found = admit(document, answers).reading if answers else Reading()
        names = [entity.name for entity in found.entities]
        question = ask_piece(document, piece, names, [event.label for event in found.events])
        answer = store.get(key := question.key(model))
        if answer is None:
            return Walk(tuple(keys), tuple(answers), Open(question, tuple(pieces[place:])))
        keys.append(key)
        answers.append(answer)
    return Walk(tuple(keys), tuple(answers), None)


class StoredReader:
    """Reads what a model has answered. Nothing is asked here: ``asking.ask_all`` does that before."""

    method = METHOD
    model_sha256 = None

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._store = Store(model.answers)

    def admit(self, document: Document) -> Admitted | None:
        """What the answers to an article give, or null where one is missing."""
        walk = follow(document, self._model.name, self._store)
        return None if walk.open else admit(document, walk.answers)

    def read(self, documents: Sequence[Document]) -> Iterator[Reading]:
        """One reading for each document. Raises ReaderError where an answer is missing, unless the built-in
        reader reads as well: then there is nothing to add."""
        for document in documents:
            admitted = self.admit(document)
            if admitted is None and not self._model.beside:
                raise ReaderError(f"{self._model.answers} has not all answers that are needed")
            yield Reading() if admitted is None else admitted.reading

    def trace(self, documents: Sequence[Document]) -> str:
        """A hash of all answers that the reading of some documents depends on."""
        digest = hashlib.sha256(f"{self._model.name}\\n{prompt_sha256()}\\n{self._model.beside}".encode())
        for document in documents:
            walk = follow(document, self._model.name, self._store)
            told = (*walk.keys, repr(walk.answers), str(walk.open is None))
            digest.update(repr(told).encode())
        return digest.hexdigest()


class Beside:
    """Two readers of the same articles: what the first proposes, with what the second lists."""

    def __init__(self, first: Reader, second: Reader) -> None:
        self._first, self._second = first, second
        self.method = first.method
        self.model_sha256 = first.model_sha256

    def read(self, documents: Sequence[Document]) -> Iterator[Reading]:
        """One reading for each document, of both."""
        both = zip(self._first.read(documents), self._second.read(documents), strict=True)
        for read, listed in both:
            yield replace(
                read,
                entities=listed.entities,
                events=listed.events,
                claims=listed.claims,
                listed_by=listed.listed_by,
            )
