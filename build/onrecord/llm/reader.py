"""Reads articles by the answers at hand: the same answers give the same rows, without an endpoint."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from onrecord.errors import ReaderError
from onrecord.llm.admission import METHOD, admit
from onrecord.llm.answer import Answer
from onrecord.llm.question import Question, ask_list, cut_pieces
from onrecord.llm.store import Store
from onrecord.model import Document, Reading

__all__ = ["LanguageModel", "Listing", "Protocol", "StoredReader"]

Protocol = Literal["chat", "responses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModel:
    """A language model to read with, and how to ask it.

    ``name`` is the model's as its endpoint knows it, ``endpoint`` the address that ends before
    ``/chat/completions`` or ``/responses``, ``answers`` the folder that keeps what it answered. ``beside``
    lets the built-in reader read as well, and has the model judge what that one alone proposes. ``offline``
    asks nothing. ``limit`` is how many tokens, in and out, may be used at most, null: any; ``requests`` how
    many may be under way at a time, ``timeout`` how many seconds one may take, ``retries`` how often a
    request is made again that failed or was turned away. The key, where one is needed, is taken from the
    environment: ``ONRECORD_API_KEY``.
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
class Walk:
    """How far the answers at hand lead through an article: those found, and the questions that have none, of
    which the first is to be asked next; what is asked after it depends on its answer."""

    keys: tuple[str, ...]
    answers: tuple[Answer, ...]
    open: tuple[Question[Answer], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """The work of having an article listed by a model."""

    name: str
    document: Document
    deed: ClassVar[str] = "read it"

    def walk(self, store: Store) -> Walk:
        """Piece by piece, each asked for with the names and events that the pieces before gave."""
        document, pieces = self.document, cut_pieces(self.document)
        keys: list[str] = []
        answers: list[Answer] = []
        for place, piece in enumerate(pieces):
            found = admit(document, answers).reading if answers else Reading()
            names = [entity.name for entity in found.entities]
            question = ask_list(document, piece, names, [event.label for event in found.events])
            answer = store.get(question)
            if answer is None:
                later = (ask_list(document, piece) for piece in pieces[place + 1 :])
                return Walk(tuple(keys), tuple(answers), (question, *later))
            keys.append(question.key(store.model))
            answers.append(answer)
        return Walk(tuple(keys), tuple(answers), ())

    def find_open(self, store: Store) -> tuple[Question[Answer], ...]:
        """The questions without an answer."""
        return self.walk(store).open

    def count_dropped(self, store: Store) -> Counter[str]:
        """How much of the answers is not admitted, by reason."""
        return admit(self.document, self.walk(store).answers).dropped


class StoredReader:
    """Reads what a model has answered. Nothing is asked here: ``asking.ask_all`` does that before."""

    method = METHOD
    model_sha256 = None

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._store = Store(model.answers, model.name)

    def read(self, documents: Sequence[Document]) -> Iterator[Reading]:
        """One reading for each document. Raises ReaderError where an answer is missing, unless the built-in
        reader reads as well: then there is nothing to add."""
        for document in documents:
            walk = Listing("", document).walk(self._store)
            if walk.open and not self._model.beside:
                raise ReaderError(f"{self._model.answers} has not all answers that are needed")
            yield Reading() if walk.open else admit(document, walk.answers).reading

    def trace(self, document: Document) -> str:
        """A hash of all answers that the reading of a document depends on."""
        walk = Listing("", document).walk(self._store)
        told = (self._model.name, self._model.beside, walk.keys, walk.answers, not walk.open)
        return hashlib.sha256(repr(told).encode()).hexdigest()
