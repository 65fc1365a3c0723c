"""Words and the pieces of them that the reader's network knows: the WordPiece of BERT, uncased.

It does what ``tokenizers`` does with the same vocabulary (the tests compare them), in the few lines that one
kind of vocabulary needs, without a library that brings a client of a model hub along.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping

__all__ = ["WordPieces"]

LONGEST = 100
"""Characters of a word beyond which it is not cut but unknown."""
_UNKNOWN = "[UNK]"
_CJK = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
_SPACE = " "


class WordPieces:
    """Cuts texts into words and these into the pieces of one vocabulary."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._unknown = vocabulary[_UNKNOWN]
        self._read: dict[str, tuple[str, bool]] = {}
        self._cut: dict[str, list[int]] = {}

    @classmethod
    def from_json(cls, text: str) -> "WordPieces":
        """By the file ``tokenizer.json`` of a model."""
        return cls(json.loads(text)["model"]["vocab"])

    def words(self, text: str) -> Iterator[tuple[int, int, list[int]]]:
        """Start and end of each word, and the numbers of its pieces.

        >>> pieces = WordPieces({"[UNK]": 0, "har": 1, "##bour": 2, "!": 3})
        >>> list(pieces.words("Hárbour!  dock"))
        [(0, 7, [1, 2]), (7, 8, [3]), (10, 14, [0])]
        """
        start = end = 0
        held = ""
        for place, sign in enumerate(text):
            shown, alone = self._read.get(sign) or self._look(sign)
            if held and (alone or shown == _SPACE):
                yield start, end, self._pieces(held)
                held = ""
            if not shown or shown == _SPACE:
                continue
            if alone:
                yield place, place + 1, self._pieces(shown)
                continue
            if not held:
                start = place
            held += shown
            end = place + 1
        if held:
            yield start, end, self._pieces(held)

    def _look(self, sign: str) -> tuple[str, bool]:
        found = self._read[sign] = _read(sign)
        return found

    def _pieces(self, word: str) -> list[int]:
        found = self._cut.get(word)
        if found is None:
            if len(self._cut) > 100_000:
                self._cut.clear()
            found = self._cut[word] = self._cut_up(word)
        return found

    def _cut_up(self, word: str) -> list[int]:
        """The longest pieces that are known, from left to right; all is unknown where one is."""
        if len(word) > LONGEST:
            return [self._unknown]
        pieces: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = self._vocabulary.get(word[start:end] if not start else f"##{word[start:end]}")
                if piece is not None:
                    break
            else:
                return [self._unknown]
            pieces.append(piece)
            start = end
        return pieces


def _read(sign: str) -> tuple[str, bool]:
    """What a character is to the vocabulary, and whether it is a word by itself; a blank for white space,
    nothing for what is not seen.

    >>> _read("É"), _read("—"), _read("\\t"), _read("\\u200b"), _read("港")
    (('e', False), ('—', True), (' ', False), ('', False), ('港', True))
    """
    if sign in "\t\n\r":
        return _SPACE, False
    if sign == "\ufffd" or unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co"):
        return "", False
    if sign.isspace():
        return _SPACE, False
    plain = unicodedata.normalize("NFD", sign)
    shown = "".join(part for part in plain if unicodedata.category(part) != "Mn").lower()
    return shown, any(low <= ord(sign) <= high for low, high in _CJK) or _is_mark(shown)


def _is_mark(shown: str) -> bool:
    if len(shown) != 1:
        return False
    return (shown.isascii() and not shown.isalnum()) or unicodedata.category(shown)[0] == "P"
