"""How much of a sentence a label keeps, and how it is written: the word that leads, what always goes with it,
and of all else what a desk would most likely keep."""

import heapq
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from onrecord import words
from onrecord.english.text import Text
from onrecord.events.mending import mended
from onrecord.events.scorer import score
from onrecord.events.subjects import SUBJECTS
from onrecord.model import Form, LocalEntity, Token

LONGEST = 12
"""Words of a label, of which nothing more is added beyond it."""
SHORTEST = 6
"""Words up to which pieces are added that a desk would rather leave out."""
MORE = 4
"""Words beyond that for what somebody says."""
KEPT, WANTED, NEEDED = 0.35, 0.15, 0.05
"""How likely a piece must be kept; the same while a label is short, or of less than four words. Chosen on the
articles it was fitted to."""
ALWAYS = frozenset(
    {
        "amod", "aux", "aux:pass", "case", "cc", "compound", "compound:prt", "cop", "csubj", "det",
        "det:predet", "expl", "fixed", "flat", "goeswith", "iobj", "mark", "nmod:desc", "nmod:poss", "nsubj",
        "nsubj:outer", "nsubj:pass", "nummod", "obj", "part", "xcomp",
    }
)  # fmt: skip
"""Relations whose words go with the word that they hang on."""
NEVER = frozenset(
    {
        "acl:relcl", "advcl:relcl", "appos", "cc:preconj", "dep", "discourse", "dislocated", "list", "orphan",
        "parataxis", "punct", "reparandum", "root", "vocative",
    }
)  # fmt: skip
"""Relations whose words tell no more of who or what."""
NEGATIONS = frozenset({"not", "n't", "n’t", "'t", "’t", "never", "no", "neither", "nor"})
"""Words that deny; "'t" is what the reader makes of "wasn't"."""
POINTERS = frozenset({"this", "that", "these", "those"})
ARTICLES = frozenset({"a", "an", "the"})
OPENING = ("(", "[", "–", "—", "--")
"""Marks that set aside what comes behind them."""
OWNER = frozenset({"'s", "’s", "'", "’"})
JOINING = frozenset({"-", "–", "/", "&", ","})
TITLES = frozenset({"mr.", "mrs.", "ms.", "mr", "mrs", "ms"})
HEDGES = frozenset({"almost", "allegedly", "barely", "hardly", "nearly", "reportedly", "supposedly"})
"""Words without which a verb would say too much."""
PRONOUNS = frozenset(
    {
        "i", "me", "my", "mine", "we", "us", "our", "ours", "you", "your", "yours", "he", "him", "his",
        "she", "her", "hers", "it", "its", "they", "them", "their", "theirs", "this", "that", "these",
        "those", "himself", "herself", "itself", "themselves", "myself", "ourselves", "yourself",
    }
)  # fmt: skip
"""Words that stand for somebody or something that is told elsewhere."""
MODALS = frozenset({"can", "cannot", "may", "might", "could", "will", "would", "should", "must"})
FIRST = frozenset({"i", "me", "my", "mine", "we", "us", "our", "ours"})
ONCE = frozenset({"nsubj", "obj", "xcomp"})
"""Of ``ALWAYS`` those of which a verb has one."""
BEFORE = frozenset({"amod", "compound", "nmod:desc", "nummod"})
"""Of ``ALWAYS`` those that go with the word behind them only."""


@dataclass(frozen=True)
class Named:
    """Somebody or something that words of the text mean: its name, and the words from first to last."""

    name: str
    first: int
    last: int
    form: Form


Features = dict[str, float]
Piece = tuple[int, Features]
"""The word that leads what may be left out, and what a scorer is told of it."""


def judge_piece(word: int, features: Features) -> float:
    """How likely a desk would keep a piece."""
    return score("label piece", features)


class Wording:
    """An article's words for labels.

    ``named`` tells by the word that leads it who is meant, ``days`` are words of dates that are counted from
    another ("Monday").
    """

    def __init__(
        self,
        text: Text,
        named: Mapping[int, Named],
        days: Collection[int],
        entities: Sequence[LocalEntity],
        judge: Callable[[int, Features], float] = judge_piece,
    ) -> None:
        self.text = mended(text)
        self.named = named
        self.days = days
        self.entities = entities
        self.judge = judge

    def always(self, word: int, left_out: Collection[int] = ()) -> list[int]:
        """The word with all that always goes with it, in order."""
        found, open_ = [], [word]
        while open_:
            at = open_.pop()
            found.append(at)
            open_ += [c for c in self.text.children[at] if c not in left_out and self._goes_with(c)]
        return sorted(found)

    def _goes_with(self, word: int) -> bool:
        text, token = self.text, self.text.tokens[word]
        head = token.head
        if head is None or token.relation == "punct" or self._is_aside(word):
            return False
        above = text.tokens[head]
        if word < head and (above.relation in BEFORE or above.tag in ("NUM", "DET")):
            return token.relation not in NEVER
        if token.relation in BEFORE:
            return word < head or (word == head + 1 and token.tag == "NUM")
        if token.relation == "advmod":
            particle = word > head and text.lower(word) in words.load("verb_particles")
            return particle or text.lower(word) in NEGATIONS | HEDGES
        if token.relation == "flat" and word > head:
            return not {",", ";", ":"} & set(self._gap(head, word))
        if token.relation == "appos":
            return word > head and not self._gap(head, word)
        if token.relation in ONCE and text.child(head, token.relation) != word:
            return False
        return token.relation in ALWAYS

    def _gap(self, head: int, word: int) -> str:
        """What stands between a word and a phrase behind it, quotation marks aside."""
        return self.text.text[self.text.end_of(head) : self._start(word)].strip(" \"“‘'`")

    def _start(self, word: int) -> int:
        return self.text.tokens[self._firsts[word]].start

    @cached_property
    def _firsts(self) -> Sequence[int]:
        """For each word the first of those that hang on it, at any depth, and itself."""
        found = list(range(len(self.text)))
        for word in range(len(self.text)):
            for above in self.text.above(word):
                if found[above] <= word:
                    break
                found[above] = word
        return found

    def _is_aside(self, word: int) -> bool:
        """Whether a phrase begins with a bracket or dash, or behind one."""
        start = self._start(word)
        before = self.text.text[max(0, start - 4) : start].rstrip()
        return before.endswith(OPENING) or self.text.text.startswith(OPENING, start)

    def pieces(self, kept: Collection[int], left_out: Collection[int], top: int) -> Iterator[Piece]:
        """What hangs on words that are kept and may be left out."""
        for word in kept:
            if word in self.named and self.named[word].form != "name":
                continue
            for child in self.text.children[word]:
                if child in kept or child in left_out or self.text.tokens[child].relation in NEVER:
                    continue
                if not self._goes_with(child) and self.is_clear(child):
                    yield child, self.describe(child, word, top)

    def is_clear(self, word: int) -> bool:
        """Whether a piece needs no word from elsewhere to be understood, is no aside, and tells more than the
        day."""
        text, token = self.text, self.text.tokens[word]
        if word in self.days or self._is_aside(word) or token.head is None:
            return False
        if token.relation in ("conj", "advcl") and token.form.startswith("fin"):
            return False
        bare = text.child(word, "mark", "case") is None
        if token.relation == "advcl" and bare and token.form in ("ger", "part-pres", "part-past"):
            return False
        gap = self._gap(token.head, word)
        if gap.endswith(",") and token.relation in ("acl", "advcl"):
            return False
        if gap.endswith((";", ":")) and token.relation == "conj":
            return False
        always = self.always(word)
        if any(self._am(n) for n in always):
            return False
        return not any(self.is_open(n) for n in always)

    def _am(self, word: int) -> bool:
        """Whether a verb would no longer agree with "I" or "we" if a name stood there."""
        text, token = self.text, self.text.tokens[word]
        if text.lower(word) not in FIRST or token.relation not in SUBJECTS or token.head is None:
            return False
        verbs = [
            token.head,
            *(c for c in text.children[token.head] if text.tokens[c].relation in ("aux", "cop")),
        ]
        return any(text.tokens[n].form == "fin-pres" and text.lower(n) not in MODALS for n in verbs)

    def is_open(self, word: int, *, alone: bool = False) -> bool:
        """Whether a word stands for somebody who is not known; owners are left out where they are not, and he
        who says something is taken for the subject of it unless that stands ``alone``."""
        token = self.text.tokens[word]
        if self.text.lower(word) not in PRONOUNS or word in self.named:
            return False
        if self.text.lower(word) in ("it", "they", "he", "she") and not alone and self._opens_content(token):
            return False
        return token.tag == "PRON" and token.relation not in ("nmod:poss", "expl", "mark", "det")

    def _opens_content(self, token: Token) -> bool:
        """Whether a word is the subject of what somebody says, as the speaker is: "says that it has won"."""
        return (
            token.relation in ("nsubj", "nsubj:pass")
            and token.head is not None
            and self.text.tokens[token.head].relation == "ccomp"
        )

    def describe(self, word: int, above: int, top: int) -> Features:
        """What tells whether a piece is kept."""
        text = self.text
        token, head = text.tokens[word], text.tokens[above]
        relation = token.relation
        case = text.child(word, "case", "mark")
        opener = text.lower(case) if case is not None else "none"
        where = "top" if above == top else "in"
        place = f"{where} {head.tag}"
        found: Features = {
            relation: 1.0,
            f"{relation} {place}": 1.0,
            f"{opener} {place}": 1.0,
            f"{relation} {opener}": 1.0,
            f"tag {token.tag} {relation}": 1.0,
            "named": float(word in self.named),
            f"named {relation} {where}": float(word in self.named),
            "before": float(word < above),
            "next": float(all(n in self.always(above) for n in range(above + 1, self._firsts[word]))),
            "size": len(text.below(word)) / 10,
            "far": min(abs(word - top), 40) / 10,
            "object": float(text.child(above, "obj") is not None),
        }
        if relation == "advmod":
            found[f"word {text.lower(word)}"] = 1.0
        if text.lemma(word) in _times() or text.lower(word) in _times() or text.word(word)[:1].isdigit():
            found["time"] = 1.0
            found[f"time {relation}"] = 1.0
        return found

    def choose(
        self, top: int, left_out: Collection[int] = (), room: int = LONGEST, must: Collection[int] = ()
    ) -> set[int]:
        """The words kept of what hangs on a word: what ``must`` be, and the likeliest pieces while there is
        room."""
        kept = set(self.always(top, left_out))
        waiting = [self._weigh(child, f, must) for child, f in self.pieces(kept, left_out, top)]
        heapq.heapify(waiting)
        while waiting:
            chance, child = heapq.heappop(waiting)
            length = self.count(kept)
            content = self.text.tokens[child].relation == "ccomp"
            if -chance < (NEEDED if length < 4 else WANTED if length < SHORTEST else KEPT):
                break
            more = self.always(child, left_out)
            if length + self.count(more) > room + MORE * content:
                continue
            kept |= set(more)
            for below, features in self.pieces(set(more), left_out, top):
                heapq.heappush(waiting, self._weigh(below, features, must))
        return self.whole(kept)

    def _weigh(self, word: int, features: Features, must: Collection[int]) -> tuple[float, int]:
        chance = self.judge(word, features)
        return (-2.0 if word in must else -chance), word

    def count(self, kept: Collection[int]) -> int:
        """How many words that is, marks and pieces of words aside."""
        return sum(self.text.tokens[n].relation not in ("part", "punct") for n in kept)

    def write(self, kept: Collection[int], told: str | None = None) -> str:
        """The words as they are written, in their order, names for whom they mean; ``told`` is who has been
        named before."""
        pieces: list[tuple[int, int, str]] = []
        known = {told} if told is not None else set()
        reached = -1
        for word in sorted(kept):
            if word <= reached:
                continue
            named = self._named_at(word, kept)
            if named is None:
                if not self._is_dropped(word):
                    shown = "the" if self._points(word) else self.text.word(word)
                    pieces.append((word, word, shown))
                continue
            reached = named.last
            own = self.text.tokens[word].relation == "nmod:poss" and named.form == "pronoun"
            if named.name in known and named.form != "name" and self.text.lower(word) not in FIRST:
                pieces.append((named.first, named.last, self.text.word(word)))
            else:
                pieces.append((named.first, named.last, named.name + "'s" * own))
            known.add(named.name)
        return self._join(pieces)

    def _named_at(self, word: int, kept: Collection[int]) -> Named | None:
        """Whom the words from one on mean."""
        named = self._openers.get(word)
        return named[1] if named is not None and named[0] in kept else None

    @cached_property
    def _openers(self) -> Mapping[int, tuple[int, Named]]:
        """By the first word of those that mean somebody the word that leads them, and who that is."""
        return {named.first: (head, named) for head, named in self.named.items()}

    def _points(self, word: int) -> bool:
        """Whether a word points at what is told elsewhere: "this country"."""
        return self.text.tokens[word].relation == "det" and self.text.lower(word) in POINTERS

    def _is_dropped(self, word: int) -> bool:
        """Whether a kept word is not written: pieces of others, titles, and owners who are not known."""
        text, token = self.text, self.text.tokens[word]
        if token.head is None:
            return False
        if token.relation == "part":
            return text.tokens[token.head].start <= token.start < text.end_of(token.head)
        unknown = (
            text.lower(word) in PRONOUNS and word not in self.named and text.tokens[token.head].tag != "PROPN"
        )
        return text.lower(word) in TITLES or (token.relation == "nmod:poss" and unknown)

    def _join(self, pieces: Sequence[tuple[int, int, str]]) -> str:
        """Pieces in a row, blanks between them but where the text has none; an owner's "'s" without the owner
        goes."""
        out = ""
        last: int | None = None
        for first, end, written in pieces:
            if written in OWNER and last != first - 1:
                continue
            if written.casefold() in ARTICLES and self._leads_nowhere(first, pieces):
                continue
            if last is not None and out:
                out += self._between(last, first)
            out += written
            last = end
        return out

    def _leads_nowhere(self, word: int, pieces: Sequence[tuple[int, int, str]]) -> bool:
        """Whether no noun comes after an article."""
        behind = next((first for first, _, _ in pieces if first > word), None)
        return behind is None or self.text.tokens[behind].tag in (
            "ADP",
            "AUX",
            "CCONJ",
            "PART",
            "PRON",
            "SCONJ",
        )

    def _between(self, last: int, first: int) -> str:
        """What stands between two words of a label: a hyphen, a comma, nothing or a blank."""
        begin, end = self.text.end_of(last), self.text.tokens[first].start
        gap = self.text.text[begin:end]
        if not gap or self.text.word(first) in OWNER:
            return ""
        if "\n" in gap or len(gap) > 3 or gap.strip() not in JOINING:
            return " "
        return ", " if gap.strip() == "," else gap

    def whole(self, kept: set[int]) -> set[int]:
        """Words with what hyphens join to them."""
        found = set(kept)
        for word in kept:
            for step in (-1, 1):
                at = word
                while 0 <= at + step < len(self.text) and self._is_joined(at, at + step):
                    at += step
                    found.add(at)
        return {n for n in found if self.text.tokens[n].tag != "PUNCT" or n in kept}

    def _is_joined(self, one: int, other: int) -> bool:
        first, second = min(one, other), max(one, other)
        touching = self.text.tokens[first].end == self.text.tokens[second].start
        return touching and "-" in (self.text.word(one), self.text.word(other))


@cache
def _times() -> frozenset[str]:
    return frozenset().union(*map(words.load, ("time_words", "months", "weekdays", "time_units")))
