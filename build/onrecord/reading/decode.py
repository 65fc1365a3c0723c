"""From bytes to the text of an article: decoded without guessing, and told whether it is English.

The text is what offsets count in: the file's characters without a byte order mark, every line end made
``\\n``, and nothing else changed.
"""

import codecs
import logging
import re
from functools import cache
from typing import TYPE_CHECKING

from onrecord import words
from onrecord.reading.inputs import UnusableError

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

CONTROL_SHARE = 0.01
"""A larger share of control characters and it is no text. No article of PolNeAR's training part has two."""

FOREIGN_BELOW = 0.002
"""Not English when py3langid gives English less. Lowest of 4,961 English texts (PolNeAR, FactAppeal's
sentences, MEANTIME, ECB+, GUM, UNER EWT): 0.015; of a text that tells nothing, all languages alike: 0.007;
highest of eighteen sentences in other languages: 0.0008."""

ENGLISH_FROM = 0.5
"""English when py3langid gives English as much; between the two the text is too short to tell."""

PLAIN = (0.08, 0.1)
"""The share of ``english_signs`` among the words of each quarter, and of the whole, from which a text is
plainly English. Of 955 articles (newswire, PolNeAR, ECB+, GUM, MEANTIME) 778 are, and to a quarter of these
py3langid gives English 0.9996 or more; of 369 with a fifth to two fifths of French behind, two are, and
py3langid agrees."""

LANGUAGE_SAMPLE = 5000
"""Code points that are looked at to tell the language; the figures above were measured so."""

_WORD = re.compile(r"[^\W\d_]+")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, None),
    (codecs.BOM_UTF32_BE, None),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DECLARED = re.compile(
    rb"""<\?xml[^>]*?\bencoding\s*=\s*["']([\w.:-]+)|<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_DECLARED_WITHIN = 4096
_BROWSERS_READ = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_PAGE_CODECS = frozenset(
    {f"cp{number}" for number in (866, 874, 932, 949, *range(1250, 1259))}
    | {f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
    | {"big5", "euc_jp", "gb18030", "koi8-r", "koi8-u", "mac-roman", "utf-8"}
)


def decode_text(data: bytes) -> str:
    """The characters of a text file: UTF-8, or UTF-16 with a byte order mark.

    Raises ``UnusableError`` (``binary``, ``encoding``): a legacy encoding is not guessed, since a wrong
    guess gives other characters in silence.

    >>> decode_text("“No comment,” she said.".encode("utf-16"))
    '“No comment,” she said.'
    >>> decode_text("“No comment,” she said.".encode("cp1252"))
    Traceback (most recent call last):
        ...
    onrecord.reading.inputs.UnusableError: byte 0x93 is not UTF-8; save the file as UTF-8 and build again
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            if codec is None:
                raise UnusableError("encoding", "UTF-32 is not read; save the file as UTF-8 and build again")
            return _decode(data[len(mark) :], codec)
    return _decode(data, "utf-8")


def decode_page(data: bytes, told: str | None = None) -> str:
    """The characters of an HTML page: as a text file, else in the encoding that its server told with it, else
    in the one that the page declares (the order of the HTML standard).

    A page whose server tells a legacy encoding but which declares UTF-8 and is written so is read as UTF-8.
    Raises ``UnusableError`` as ``decode_text`` does, and where the page declares one encoding and
    is written in another.
    """
    if data.startswith(tuple(mark for mark, _ in _MARKS)) or data.isascii():
        return decode_text(data)
    declared = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    own = (declared[1] or declared[2]).decode("ascii", "replace") if declared else ""
    label = told or own
    codec = _find_codec(label) if label else "utf-8"
    if codec == "utf-8" or (own and _is_utf8(data) and _find_codec(own) == "utf-8"):
        return _decode(data, "utf-8")
    if _is_utf8(data):
        raise UnusableError("encoding", f"declares {label} but is written in UTF-8; correct the declaration")
    return _decode(data, codec, label)


def normalise(text: str) -> str:
    """The text of an article: no byte order mark at its start, each line end ``\\n``.

    Raises ``UnusableError`` (``nul-bytes``, ``encoding``, ``binary``, ``empty``) for a text that
    cannot be quoted faithfully or holds not one word.

    >>> normalise("\\ufeffWhat's next\\r\\nThe vote is on Tuesday.\\r")
    "What's next\\nThe vote is on Tuesday.\\n"
    """
    refuse_unquotable(text)
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(_CONTROLS.findall(text)) > CONTROL_SHARE * len(text):
        raise UnusableError("binary", "is full of control characters; give the article as plain text")
    if not any(character.isalnum() for character in text):
        raise UnusableError(
            "empty", "holds not one letter or digit; give the article's text or take the input away"
        )
    return text


def refuse_unquotable(text: str) -> str:
    """The same text; raises ``UnusableError`` (``nul-bytes``, ``encoding``) where no table can hold it."""
    if "\0" in text:
        message = "holds NUL characters; remove them (UTF-16 is read only with a byte order mark)"
        raise UnusableError("nul-bytes", message, _line(text, text.index("\0")))
    if half := _SURROGATE.search(text):
        raise UnusableError(
            "encoding", "holds half a surrogate pair; write the character whole", _line(text, half.start())
        )
    return text


def find_language(text: str, said: str | None) -> str | None:
    """The language of an English text: the tag that was said of it, else ``en``, else null where the text is
    too short to tell. Told by py3langid (Lui and Baldwin 2011, naive Bayes over byte n-grams).

    Raises ``UnusableError`` (``language``) for a text that is said or found to be in another language.

    >>> find_language("The mayor said the bridge would close.", None)
    'en'
    >>> find_language("Le maire a annoncé mardi la fermeture du pont.", None)
    Traceback (most recent call last):
        ...
    onrecord.reading.inputs.UnusableError: is written in another language, most like fr; only English is read
    """
    if said and said.lower().split("-")[0] != "en":
        raise UnusableError("language", f"is marked as {said}; only English (en) is read")
    if is_plainly_english(text[:LANGUAGE_SAMPLE]):
        return said or "en"
    ranked = _identifier().rank(text[:LANGUAGE_SAMPLE])
    english = next(share for language, share in ranked if language == "en")
    if english < FOREIGN_BELOW:
        raise UnusableError(
            "language", f"is written in another language, most like {ranked[0][0]}; only English is read"
        )
    return said or ("en" if english >= ENGLISH_FROM else None)


def is_plainly_english(text: str) -> bool:
    """Whether words that English uses most, and others seldom, stand in all quarters of a text.

    It has a hundred words or more. py3langid, whose model is slow to load, need not be asked.

    >>> english = "The mayor said that the bridge would close. " * 13
    >>> is_plainly_english(english), is_plainly_english(english + "Le maire a dit que non. " * 13)
    (True, False)
    """
    found = _WORD.findall(text.lower())
    size = len(found) // 4
    if size < 25:
        return False
    signs = words.load("english_signs")
    shares = [sum(word in signs for word in found[at * size : (at + 1) * size]) / size for at in range(4)]
    return min(shares) >= PLAIN[0] and sum(shares) / 4 >= PLAIN[1]


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid import langid

    logging.getLogger(langid.__name__).addHandler(logging.NullHandler())
    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)


def _decode(data: bytes, codec: str, label: str = "") -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        if codec == "utf-8" and _CONTROL_BYTES.search(data):
            raise UnusableError(
                "binary", "is no text; give the article as text, Markdown, HTML or JSON lines"
            ) from None
        written = f"byte 0x{data[error.start]:02x} is not {label or codec.upper()}"
        if codec.startswith("utf-16"):
            written = f"byte {error.start} begins no UTF-16 character"
        line = data.count(b"\n", 0, error.start) + 1
        raise UnusableError("encoding", f"{written}; save the file as UTF-8 and build again", line) from None
    return text


def _find_codec(label: str) -> str:
    try:
        found = codecs.lookup(label).name
    except LookupError:
        found = label
    codec = _BROWSERS_READ.get(found, found)
    if codec not in _PAGE_CODECS:
        raise UnusableError(
            "encoding", f"declares the encoding {label}, which is not known; save the page as UTF-8"
        )
    return codec


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
