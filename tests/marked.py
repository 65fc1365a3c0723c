"""Texts with their fragments marked, for tests: "[s She] [q said] [c she would go]."."""

import re

from onrecord.model import Document, Reading, Role, RoleKind, Span

KINDS: dict[str, RoleKind] = {"s": "source", "q": "cue", "c": "content"}
_OPENING = re.compile(r"\[([sqc]) ")
_SENTENCE = re.compile(r"\S[^\n]*?(?:[.!?][\"”’']*(?=\s|$)|$)", re.MULTILINE)


def read_marked(marked: str) -> tuple[Document, Reading]:
    """The text without its marks, in sentences, and the fragments: source, cue, content; they may nest."""
    text, roles, opened = "", [], []
    place = 0
    while place < len(marked):
        opening = _OPENING.match(marked, place)
        if opening:
            opened.append((len(text), KINDS[opening[1]]))
            place = opening.end()
            continue
        if marked[place] == "]":
            start, role = opened.pop()
            roles.append(Role(start, len(text), role, -1, 0.9))
        else:
            text += marked[place]
        place += 1
    sentences = tuple(Span(m.start(), m.end()) for m in _SENTENCE.finditer(text))
    roles.sort(key=lambda role: (role.start, role.end))
    return Document(text, (), sentences), Reading(roles=tuple(roles))
