"""Answers by what was asked: one file each, in a folder that can be committed or given to others.

    FOLDER/ab/ab12….json    the model, the prompt and its hash, the answer as it came, the tokens that it cost

The name of a file is the hash of model, prompt and text, so that an answer is found only by who asks the same
again. Files are written beside and renamed: a killed build leaves whole answers or none.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from onrecord.errors import ReaderError
from onrecord.llm.answer import Given, read_answer
from onrecord.llm.question import Question

__all__ = ["Kept", "Store"]


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer as it is kept."""

    model: str
    prompt: str
    prompt_sha256: str
    tokens_in: int
    tokens_out: int
    answer: str


@dataclass(frozen=True, slots=True)
class Store:
    """The answers of a model in a folder, which need not be there yet."""

    folder: Path
    model: str

    def get(self, question: Question[Given]) -> Given | None:
        """The answer to a question, or null where there is none.

        Raises ReaderError for a file that holds no answer.
        """
        path = self._path(question.key(self.model))
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ReaderError(f"an answer cannot be read: {path}: {error.strerror}") from error
        try:
            return read_answer(msgspec.json.decode(data, type=Kept).answer, question.prompt.answer)
        except (msgspec.DecodeError, ValueError) as error:
            raise ReaderError(
                f"{path} holds no answer of a model ({error}); remove it, and it is asked again"
            ) from error

    def put(self, question: Question[Given], answer: str, tokens_in: int = 0, tokens_out: int = 0) -> None:
        """Keep an answer, whole or not at all. Raises ReaderError where the disk does not take it."""
        path = self._path(question.key(self.model))
        prompt = question.prompt
        kept = Kept(self.model, prompt.name, prompt.sha256, tokens_in, tokens_out, answer)
        text = json.dumps(msgspec.to_builtins(kept), ensure_ascii=False, indent=1) + "\n"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                Path(beside).chmod(0o644)
                Path(beside).replace(path)
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ReaderError(f"an answer cannot be kept in {self.folder}: {error.strerror}") from error

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"
