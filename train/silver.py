"""PolNeAR's automatic names (CoreNLP) mended: wavering kinds, titles, names in pieces or passed over."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from train.corpora import Names, Row

from onrecord import words

CORENLP = {"PERSON": "person", "ORGANIZATION": "organization", "LOCATION": "place"}
# What CoreNLP calls MISC, told apart by its last word.
MISC_ENDINGS = {
    "law": ("act", "amendment", "bill", "law", "treaty", "agreement", "accord", "protocol", "constitution"),
    "event": ("war", "olympics", "games", "day", "conference", "convention", "summit", "debate", "election",
              "cup", "week", "caucus", "primary", "revolution", "festival", "thanksgiving", "christmas"),
}  # fmt: skip
GROUP_ENDINGS = (
    "an", "ans", "ish", "ese", "ist", "ists", "crat", "crats", "ic", "ican", "icans", "im", "ims", "ew",
    "ews", "ewish", "i", "is", "ians", "ian", "ch", "eek", "ed", "gay", "latino", "latinos", "hispanics",
)  # fmt: skip
# Names whose kind CoreNLP gets wrong more often than not, and that no list of the package holds.
KINDS = {
    "organization": (
        "Facebook", "Twitter", "YouTube", "Instagram", "Snapchat", "LinkedIn", "Google", "Uber", "Amazon",
        "Apple", "Microsoft", "Valeant", "Gallup", "Reddit", "Netflix", "Fox", "GOP", "ISIL", "ISIS",
        "Taliban", "Planned Parenthood", "Clinton Foundation", "Trump Organization"),
    "place": (
        "New Hampshire", "Rhode Island", "New York", "NEW YORK", "Boston", "Milwaukee", "Manchester",
        "Cleveland", "Nice", "Philadelphia", "Orlando", "Benghazi", "Capitol Hill", "US", "U.S", "U.S.",
        "USA", "America"),
    "group": ("Latino", "Latinos", "Hispanic", "Hispanics", "Muslim", "Muslims", "Republicans", "Democrats"),
    "law": ("Glass-Steagall", "Affordable Care Act", "Second Amendment", "Constitution"),
    "other": ("God", "Zika", "Obamacare", "Brexit", "Medicare", "Medicaid", "Islam", "Internet"),
}  # fmt: skip
TITLE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Gen|Rev|Lt|Col)\.|(?:Chief )?Justice|President|Senator|Secretary|Judge) "
)
BODY = re.compile(
    r"\b(?:Committee|Department|Ministry|Office|Bureau|University|Court|Council|Board|Bank|Institute|Center|"
    r"Association|Embassy|School|Church|College|Chamber|Academy|House of Representatives|Commission|Agency|"
    r"Society|Court of Appeals)$"
)
JOINT = re.compile(r" (?:of|on|for)(?: the)? ")
CAPITALS = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*")
# Capitalised within a sentence and no names by themselves.
NO_NAMES = frozenset(re.findall(r"\w+", """
    President Secretary Senator Speaker Leader Chairman Minister Prime Director General Governor
    Attorney Chief Justice Judge Representative Vice Majority Minority The To On In Is Of Are And About
    For Not With One It He She That Be This We They State Second First Super Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday January February March April May June July August September October
    November December TV CEO OK ID No Mr Mrs Ms Dr Sen Rep Gov Gen Rev Lt Col Jr Sr I Day Week Year Will
    Amendment Congressional
"""))  # fmt: skip
QUOTES, STOPS = "“”\"'‘’", "?!,:"


def held_kinds() -> dict[str, str]:
    """Kinds of names by the package's own lists, before those of CoreNLP."""
    held = {row["place"]: "place" for row in words.table("demonyms")}
    held |= {row["name"]: "organization" for row in words.table("outlets")}
    held |= {row["name"]: row["type"] for row in words.table("known_names")}
    return held | {name: kind for kind, names in KINDS.items() for name in names}


def silver_kind(kind: str, name: str) -> str:
    if kind in CORENLP:
        return CORENLP[kind]
    last = name.lower().split()[-1]
    for kept, endings in MISC_ENDINGS.items():
        if last in endings:
            return kept
    return "group" if last.endswith(GROUP_ENDINGS) else "other"


def usual_kinds(docs: Iterable[Row]) -> dict[str, str]:
    """The kind of each string: held, or the one that CoreNLP gives most often where that is clear, as its
    single choices waver."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for doc in docs:
        for a, b, kind in doc["silver_entities"]:
            name = doc["text"][a:b].strip()
            if name:
                counts[name][silver_kind(kind, name)] += 1
    clear = {}
    for name, kinds in counts.items():
        kind, n = kinds.most_common(1)[0]
        if kinds.total() >= 4 and n >= 0.6 * kinds.total():
            clear[name] = kind
    return clear | held_kinds()


def mend(doc: Row, usual: dict[str, str]) -> Names:
    """The names of an article as (start, end, kind), in order; the kind is None where nobody can say."""
    text = doc["text"]
    rows = join_pieces(text, [r for r in (trim_name(text, *e) for e in sorted(doc["silver_entities"])) if r])
    people = {text[a:b].split()[-1] for a, b, kind in rows if kind == "PERSON" and " " in text[a:b]}
    named: list[tuple[int, int, str | None]] = []
    for a, b, kind in rows:
        name = text[a:b]
        named.append((a, b, "person" if name in people else usual.get(name) or silver_kind(kind, name)))
    return find_passed_over(text, named, usual)


def trim_name(text: str, start: int, end: int, kind: str) -> tuple[int, int, str] | None:
    """Without quotation marks, stops and, for a person, title; None for what is left of markup."""
    while start < end and (text[start].isspace() or text[start] in QUOTES):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in QUOTES + STOPS):
        end -= 1
    if start >= end or "<" in text[start:end]:
        return None
    title = TITLE.match(text, start, end) if kind == "PERSON" else None
    return (title.end() if title else start), end, kind


def join_pieces(text: str, rows: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """ "Court of Appeals" and "Seventh Circuit", with "for the" between them, are one name."""
    joined: list[tuple[int, int, str]] = []
    for start, end, kind in rows:
        if joined:
            a, b, before = joined[-1]
            if before == "ORGANIZATION" and BODY.search(text[a:b]) and JOINT.fullmatch(text[b:start]):
                joined[-1] = (a, end, before)
                continue
        joined.append((start, end, kind))
    return joined


def find_passed_over(text: str, rows: Names, usual: dict[str, str]) -> Names:
    """The rows, the same strings wherever they stand unmarked, and other capitals within a sentence, which
    may be names or not."""
    found = list(rows)
    taken = bytearray(len(text))
    for a, b, _ in rows:
        taken[a:b] = b"\1" * (b - a)
    kinds = {text[a:b]: kind for a, b, kind in reversed(rows)}
    for name in sorted(kinds, key=lambda n: (-len(n), n)):
        if len(name) < 2 or not name[0].isupper() or name in NO_NAMES:
            continue
        for m in re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
            if not any(taken[m.start() : m.end()]):
                found.append((m.start(), m.end(), kinds[name]))
                taken[m.start() : m.end()] = b"\1" * len(name)
    for run in CAPITALS.finditer(text):
        for m in re.finditer(r"[\w’'-]+", run.group()):
            a, b = run.start() + m.start(), run.start() + m.end()
            if m.group().rstrip("s").rstrip("’'") not in NO_NAMES and not any(taken[a:b]):
                found.append((a, b, usual.get(m.group())))
    return sorted(found, key=lambda r: (r[0], r[1]))
