"""Descriptions: "the company", "the Treasury secretary", "both firms", and which named thing each stands
for."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache

from onrecord.people.focus import Focus, Found, Ref
from onrecord.people.names import known_kind, name_key
from onrecord.people.nounphrases import Noun, Phrase, Scene, find_noun, is_verb_like
from onrecord.words import load, table

__all__ = ["describe_names", "pick_described", "pick_pair"]

DESCRIBED_WINDOW = 40
KIND_WINDOW = 2
UNNAMED_WINDOW = 4
RIVAL_WINDOW = 4
LEAD_WINDOW = 8
LEAD = 4
OVERSHADOW = 3
_OPEN_MODIFIERS = load("open_modifiers")
_OFTEN_UNSAID = frozenset({"company", "band", "city", "state", "island", "film", "person", "media", "site"})
_FULLY_KNOWN = frozenset({"country", "company"})
_ANY_COMPANY = frozenset({"company", "firm", "corporation", "enterprise"})
"""Nouns for a company of any trade; "the airline" is no company that merely is one."""
_OWN_BODIES = frozenset({"court", "chamber", "committee", "council", "commission"})
"""With "this" they are those in which somebody is speaking."""
_POINTERS = frozenset({"the", "this", "that"})


@cache
def _outlets() -> frozenset[str]:
    """The keys of the names of the press."""
    names = (name for row in table("outlets") for name in (row["name"], *row["aliases"].split("|")))
    return frozenset(name_key(name) for name in names if name)


def fits(noun: Noun, kind: str) -> bool:
    """Whether a noun may describe an entity of this type at all."""
    if noun.type == kind:
        return True
    return (noun.kind, kind) in {
        ("church", "place"),
        ("mosque", "organization"),
        ("museum", "place"),
        ("school", "place"),
        ("hospital", "place"),
        ("site", "product"),
        ("site", "work"),
        ("media", "work"),
        ("app", "work"),
        ("country", "organization"),
        ("park", "organization"),
    }


def describe_names(focus: Focus, phrases: Sequence[Phrase], disabled: Collection[str]) -> list[Found]:
    """Learn from the words around names what describes whom, and answer appositions and copulas on the
    way."""
    for chain, entity in enumerate(focus.entities):
        kinds = focus.kinds.setdefault(chain, set())
        focus.heads.setdefault(chain, {})
        if entity.type != "person":
            for name in (entity.name, *entity.aliases):
                if name_key(name) in _outlets():
                    kinds.add("media")
                kind = known_kind(name, entity.type)
                if kind:
                    kinds.add(noun.kind if (noun := find_noun(kind)) else kind)
                words = name.lower().split()
                for word in words:
                    noun = find_noun(word) if len(words) > 1 else None
                    if noun is not None and fits(noun, entity.type):
                        kinds.add(noun.kind)
                        focus.heads[chain].setdefault(noun.noun, set()).update(words)
    by_first = {phrase.first: phrase for phrase in phrases}
    by_last = {phrase.last: phrase for phrase in phrases}
    found: list[Found] = []
    for ref in focus.ahead:
        _learn_title(focus, ref)
        if "apposition" not in disabled:
            found += _apposed(focus, ref, by_first, by_last)
        if "copula" not in disabled:
            found += _copula(focus, ref, by_first)
    return sorted(set(found), key=lambda f: (f.start, f.end, f.chains))


def _learn(focus: Focus, chain: int, noun: Noun, words: set[str]) -> None:
    focus.heads[chain].setdefault(noun.noun, set()).update(words)
    focus.kinds[chain].add(noun.kind)


def _learn_title(focus: Focus, ref: Ref) -> None:
    """ "Treasury Secretary Ana Ortiz", "carmaker Norfield": the words before a name describe it."""
    scene, words = focus.scene, set[str]()
    last = ref.first - 1
    if ref.type == "person" and find_noun(scene.low(last)) is None and scene.low(last - 1) == "of":
        last -= 2
    noun = find_noun(scene.low(last))
    if noun is None or noun.plural or not fits(noun, ref.type) or not scene.same_sentence(last, ref.first):
        return
    for place in range(ref.first - 1, max(ref.first - 8, -1), -1):
        word = scene.low(place)
        if not scene.same_sentence(place, ref.first) or not (word[:1].isalpha() or word in ("'s", "’s", ".")):
            break
        if word in ("the", "a", "an") or (word in _FUNCTION and place <= last) or is_verb_like(word):
            break
        words.add(word)
    _learn(focus, ref.chains[0], noun, words)


_LEADS = load("lead_words")
_FUNCTION = load("title_stops")


def _phrase_found(focus: Focus, ref: Ref, phrase: Phrase, method: str) -> list[Found]:
    noun = phrase.noun
    if noun is None or noun.plural or not fits(noun, ref.type) or focus.inside_name(phrase.last):
        return []
    if focus.scene.low(phrase.last + 1) in ("'s", "’s"):
        return []
    words = {focus.scene.low(i) for i in range(phrase.first + 1, phrase.last + 1)}
    if focus.scene.low(phrase.last + 1) == "of":
        words.add(focus.scene.low(phrase.last + 2))
    _learn(focus, ref.chains[0], noun, words)
    start, end = focus.scene.tokens[phrase.first].start, focus.scene.tokens[phrase.last].end
    return [Found(start, end, "nominal", ref.chains, method)]


def _apposed(focus: Focus, ref: Ref, by_first: dict[int, Phrase], by_last: dict[int, Phrase]) -> list[Found]:
    """ "Ana Ortiz, the mayor of Dover," and "the company's founder, Ana Ortiz,": the noun phrase is the
    name."""
    scene = focus.scene
    found: list[Found] = []
    if scene.low(ref.last + 1) == "," and scene.same_sentence(ref.last, ref.last + 2):
        phrase = by_first.get(ref.last + 2)
        if (
            phrase is not None
            and not _leads_in(scene, ref.first)
            and not is_verb_like(scene.low(phrase.last + 1))
        ):
            found += _phrase_found(focus, ref, phrase, "apposition")
        elif phrase is None and ref.type == "person":
            found += _bare_apposition(focus, ref)
    before = by_last.get(ref.first - 2)
    closed = scene.low(ref.last + 1) in (",", ".", ";", ")", "") or not scene.same_sentence(
        ref.last, ref.last + 1
    )
    if (
        before is not None
        and closed
        and scene.low(ref.first - 1) == ","
        and before.determiner not in ("a", "an")
    ):
        found += _phrase_found(focus, ref, before, "apposition")
    before = by_last.get(ref.first - 1)
    if before is not None and not focus.inside_name(before.last):
        found += _phrase_found(focus, ref, before, "apposition")
    return found


def _leads_in(scene: Scene, place: int) -> bool:
    """Whether all before a token is a lead such as "In a statement to": then the comma opens the main
    clause."""
    first = place
    while scene.same_sentence(place, first - 1):
        first -= 1
    leads = scene.low(first) in _LEADS or scene.low(first).endswith("ing")
    return leads and not any(is_verb_like(scene.low(i)) for i in range(first, place))


def _bare_apposition(focus: Focus, ref: Ref) -> list[Found]:
    """ "Ron Hale, chief executive of Norfield,": a role without a determiner."""
    scene = focus.scene
    last = None
    for place in range(ref.last + 2, min(ref.last + 8, len(scene.tokens))):
        word = scene.low(place)
        if (
            not word[:1].isalpha()
            or word in _FUNCTION
            or word == "of"
            or not scene.same_sentence(ref.last, place)
        ):
            break
        if word in load("function_words") or is_verb_like(word):
            break
        noun = find_noun(word)
        if noun is not None and noun.type == "person" and not noun.plural:
            last = place
    if last is None or focus.inside_name(last + 1):
        return []
    return _phrase_found(focus, ref, Phrase(ref.last + 2, last, "", find_noun(scene.low(last))), "apposition")


def _copula(focus: Focus, ref: Ref, by_first: dict[int, Phrase]) -> list[Found]:
    """ "Norfield is a mining company": what follows a form of "be" describes the subject."""
    scene = focus.scene
    if ref.position != "subject" or scene.low(ref.last + 1) not in ("is", "was", "became", "remains"):
        return []
    phrase = by_first.get(ref.last + 2)
    return _phrase_found(focus, ref, phrase, "copula") if phrase is not None else []


def _before(focus: Focus, phrase: Phrase, window: int) -> list[Ref]:
    return [ref for ref in focus.before(phrase.first, window) if min(ref.chains) >= 0]


def _phrase_end(focus: Focus, phrase: Phrase) -> tuple[int, set[str]]:
    """The last token and the modifiers of a description; "of staff" belongs to it."""
    scene, last = focus.scene, phrase.last
    words = {scene.low(i) for i in range(phrase.first + 1, phrase.last)}
    if scene.low(last + 1) == "of" and scene.same_sentence(last, last + 2):
        place = last + 2
        if scene.low(place) in ("the", "a", "its", "his", "her", "their"):
            place += 1
        words.add(scene.low(place))
        if scene.low(last + 2) in ("staff", "state", "defense", "defence") or focus.inside_name(place):
            last = place
    return min(last, len(scene.tokens) - 1), words


def pick_described(focus: Focus, phrase: Phrase, disabled: Collection[str]) -> Found | None:
    """ "the president" after "President Ana Ortiz", "the company" where one company is in focus."""
    noun = phrase.noun
    if noun is None or noun.plural or phrase.determiner not in _POINTERS:
        return None
    if _goes_on(focus.scene, phrase.last) or (phrase.determiner == "this" and noun.kind in _OWN_BODIES):
        return None
    last, words = _phrase_end(focus, phrase)
    words -= _OPEN_MODIFIERS
    start, end = focus.scene.tokens[phrase.first].start, focus.scene.tokens[last].end
    if "described" not in disabled:
        fitting = {
            ref.chains
            for ref in _before(focus, phrase, DESCRIBED_WINDOW)
            if len(ref.chains) == 1
            and words <= focus.heads[ref.chains[0]].get(noun.noun, set()) | {noun.noun}
            and noun.noun in focus.heads[ref.chains[0]]
        }
        rivals = _may_be(focus, phrase, noun, RIVAL_WINDOW) if noun.kind in _OFTEN_UNSAID else set()
        if fitting:
            settled = len(fitting) == 1 and not rivals - fitting
            return Found(start, end, "nominal", fitting.pop(), "described") if settled else None
    if "kind" in disabled or words or noun.kind in ("role", "kin"):
        return None
    if noun.kind == "company" and noun.noun not in _ANY_COMPANY:
        return None
    here = phrase.determiner != "the" and noun.type == "place"
    if here or focus.scene.tokens[phrase.last].capital or _unnamed_meant(focus, phrase):
        return None
    chosen = _of_kind(focus, phrase, noun, KIND_WINDOW) or _only_one(focus, phrase, noun)
    if len(chosen) == 1 and _overshadowed(focus, phrase, noun, chosen):
        return None
    if len(chosen) > 1:
        chosen = _leading(focus, phrase, chosen)
    if len(chosen) != 1 or _passed_over(focus, phrase, noun, chosen):
        return None
    return Found(start, end, "nominal", chosen.pop(), "kind")


def _of_kind(focus: Focus, phrase: Phrase, noun: Noun, window: int) -> set[tuple[int, ...]]:
    """The chains in focus that are known to be of a noun's kind, or if none is, those that may be."""
    near = [ref for ref in _before(focus, phrase, window) if len(ref.chains) == 1 and fits(noun, ref.type)]
    any_event = noun.kind == "event"
    strong = {ref.chains for ref in near if any_event or noun.kind in focus.kinds[ref.chains[0]]}
    strong = set() if noun.type == "person" else strong
    if strong or noun.kind not in _OFTEN_UNSAID:
        return strong
    if noun.type == "person":
        near = [ref for ref in near if noun.gender and focus.gender_of(ref) == noun.gender]
    return {ref.chains for ref in near if not focus.kinds[ref.chains[0]] and ref.position != "qualifier"}


def _may_be(focus: Focus, phrase: Phrase, noun: Noun, window: int) -> set[tuple[int, ...]]:
    """The chains in focus that a noun may mean, also those of which nothing says so."""
    near = [ref for ref in _before(focus, phrase, window) if len(ref.chains) == 1 and fits(noun, ref.type)]
    unsaid = noun.kind == "company"
    return _of_kind(focus, phrase, noun, window) | {
        ref.chains
        for ref in near
        if unsaid and not focus.kinds[ref.chains[0]] and ref.position in ("subject", "object", "owner")
    }


def _overshadowed(focus: Focus, phrase: Phrase, noun: Noun, chosen: set[tuple[int, ...]]) -> bool:
    """Whether the article so far is much more about another that may be meant."""
    others = _may_be(focus, phrase, noun, DESCRIBED_WINDOW) | chosen
    times = Counter(ref.chains for ref in _before(focus, phrase, DESCRIBED_WINDOW) if ref.chains in others)
    return any(times[other] > OVERSHADOW * times[one] for one in chosen for other in others)


def _passed_over(focus: Focus, phrase: Phrase, noun: Noun, chosen: set[tuple[int, ...]]) -> bool:
    """Whether a company is no subject of the last sentences, and another that may be meant is."""
    if noun.kind != "company":
        return False
    others = _may_be(focus, phrase, noun, KIND_WINDOW)
    subjects = {
        ref.chains
        for ref in _before(focus, phrase, KIND_WINDOW)
        if ref.position == "subject" and ref.chains in others
    }
    return bool(subjects) and not chosen & subjects


def _only_one(focus: Focus, phrase: Phrase, noun: Noun) -> set[tuple[int, ...]]:
    """The one chain of the article so far that is known to be of a noun's kind."""
    if noun.kind not in _FULLY_KNOWN:
        return set()
    before = _before(focus, phrase, DESCRIBED_WINDOW)
    found: set[tuple[int, ...]] = set()
    found.update(r.chains for r in before if len(r.chains) == 1 and noun.kind in focus.kinds[r.chains[0]])
    return found if len(found) == 1 else set()


def _leading(focus: Focus, phrase: Phrase, chosen: set[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """The chain that the last sentences name far more often than any other of those in question."""
    times: Counter[tuple[int, ...]] = Counter(
        ref.chains for ref in _before(focus, phrase, LEAD_WINDOW) if ref.chains in chosen
    )
    (best, most), (_, next_most) = sorted(times.items(), key=lambda row: (-row[1], row[0]))[:2]
    return {best} if most >= LEAD * next_most else chosen


def _goes_on(scene: Scene, last: int) -> bool:
    """Whether what follows shows that the noun only qualifies another or a name: "the city - states", "the
    film Dune"."""
    if not scene.same_sentence(last, last + 1):
        return False
    follows = scene.tokens[last + 1]
    return follows.low in ("-", "or", "–") or (follows.capital and follows.low not in load("function_words"))


def _unnamed_meant(focus: Focus, phrase: Phrase) -> bool:
    """Whether the noun was used a short while ago of something without a name."""
    noun = phrase.noun
    chain = focus.unnamed.get(noun.noun) if noun else None
    return chain is not None and any(
        chain in ref.chains for ref in focus.before(phrase.first, UNNAMED_WINDOW)
    )


def _acts_as(focus: Focus, chain: int) -> str:
    """The type of an entity; a seat of power that is also known as an office acts as an organization."""
    entity = focus.entities[chain]
    return "organization" if known_kind(entity.name, "organization") else entity.type


def pick_pair(focus: Focus, phrase: Phrase) -> Found | None:
    """ "both companies", "the two men": the two that were named last, if just two of that kind are in
    focus."""
    scene, noun = focus.scene, phrase.noun
    lows = [scene.low(i) for i in range(phrase.first, phrase.last + 1)]
    if not (lows[0] == "both" or lows[:2] in (["the", "two"], ["the", "pair"], ["these", "two"])):
        return None
    if len(lows) > 3 or (noun is None and lows[-1] not in ("two", "pair", "sides")):
        return None
    near = [r for r in _before(focus, phrase, 1) if r.form == "name" and r.position != "qualifier"]
    if noun is not None:
        near = [r for r in near if fits(noun, r.type)]
    chains = {r.chains[0] for r in near}
    if len(chains) != 2 or len({_acts_as(focus, chain) for chain in chains}) != 1:
        return None
    if (
        noun is not None
        and noun.gender
        and any(focus.genders.get(c, noun.gender) != noun.gender for c in chains)
    ):
        return None
    start, end = scene.tokens[phrase.first].start, scene.tokens[phrase.last].end
    return Found(start, end, "nominal", tuple(sorted(chains)), "pair")
