"""How sure: certainty, polarity and time of events and claims, read off the grammar around them.

Certainty and polarity are FactBank's (Saurí and Pustejovsky 2009), time MEANTIME's: is it yet to come. A rule
looks at one thing, the verb group, the word a phrase hangs on, a conditional, a question, and says what that
thing settles; what no rule settles is certain, affirmed and not in the future.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from onrecord import words
from onrecord.claims.grammar import (
    BE,
    BREAK,
    DO,
    FUTURE,
    HAVE,
    NOT,
    POSSIBLE,
    REACH,
    Context,
    Verdict,
    end_of_clause,
    find_governor,
    find_hedge,
    governors,
    hide_month,
    in_group,
    leads_to_noun,
    opens_clause,
    read_context,
    split_words,
    verb_group,
)
from onrecord.model import Attribution, Document, Span, Sureness

HEDGE_REACH = 4
"""Words back from a phrase to an adverb that still weakens it: further back it weakens another word."""

_DEFINITE = frozenset(
    ["the", "this", "that", "these", "those", "'s", "’s", "its", "his", "her", "their", "our", "your", "my"]
)
"""Words that point to what is known: what hangs on a plan is not yet there, "the dispute" is."""
_NEXT = re.compile(
    r"[^.,;]*\b(?:(?<!the )next (?!to\b)\w+|the next (?!day\b|morning\b|afternoon\b|evening\b|night\b)\w+"
    r"|tomorrow|(?:the )?coming \w+|later this)\b"
)
_FINITE = (POSSIBLE | FUTURE | BE | HAVE | DO) - {"'s", "’s", "'d", "’d"}
_NOBODY = re.compile(
    r"nobody|nothing|no \w+(?: \w+)?|"
    r"(?:none|neither)(?: of (?:(?:the|its|his|her|their|these|those) )?\w+(?: \w+)?)?"
)

Rule = Callable[[Context], Verdict]


def _judge_question(context: Context) -> Verdict:
    """A question asserts nothing."""
    return Verdict("unknown", None, "unknown") if "?" in context.right[-2:] else Verdict()


def _judge_condition(context: Context) -> Verdict:
    """After "if" or "unless", in the same clause: possible and to come."""
    for word in reversed(context.left):
        if word in ("if", "unless"):
            return Verdict("possible", None, "future")
        if word in BREAK or word == ",":
            return Verdict()
    return Verdict()


def _judge_consequence(context: Context) -> Verdict:
    """ "would" or "will" in a sentence that holds an "if": only possible."""
    conditional = any(word in ("if", "unless") for word in (*context.left, *context.right))
    if conditional and any(word in ("would", "'d", "will", "'ll") for word in context.group):
        return Verdict("possible", None, "future")
    return Verdict()


def _judge_modal(context: Context) -> Verdict:
    """may, might, could, can: possible, and to come unless the perfect says otherwise."""
    if not any(word in POSSIBLE for word in context.group):
        return Verdict()
    if any(word in HAVE for word in context.group):
        return Verdict("possible", None, "non_future")
    ability = "can" in context.group or "cannot" in context.group
    return Verdict("possible", None, None if ability else "future")


def _judge_hedge(context: Context) -> Verdict:
    """reportedly, allegedly, probably, perhaps: shortly before the phrase, within the clause."""
    return Verdict(find_hedge(end_of_clause(context.left)[-HEDGE_REACH:]))


def _judge_expected(context: Context) -> Verdict:
    """ "It is expected that the ferry will sail": probable; "denied that it sank": denied."""
    if "that" not in context.left:
        return Verdict()
    place = len(context.left) - 1 - context.left[::-1].index("that")
    if any(word in words.load("clause_openers") for word in context.left[place + 1 :]):
        return Verdict()
    for word in reversed(context.left[max(0, place - 3) : place]):
        found = governors().get(word)
        if found is not None and word not in NOT:
            certainty = found.certainty if found.certainty != "certain" else None
            return Verdict(certainty, found.polarity if found.polarity == "neg" else None)
    return Verdict()


def _judge_not(context: Context) -> Verdict:
    """not, n't, never in the verb group, or "no" before a noun: denied."""
    return Verdict(None, "neg") if any(word in NOT for word in context.group) else Verdict()


def _judge_nobody(context: Context) -> Verdict:
    """Of whom no one is the subject: "[none of the banks has] failed", "no charges were filed"."""
    clause = end_of_clause(context.left)
    nobody = _NOBODY.fullmatch(" ".join(clause[: len(clause) - len(context.group)]))
    return Verdict(None, "neg") if nobody and context.group and not context.noun else Verdict()


def _judge_future(context: Context) -> Verdict:
    """will, shall, would, should, must: to come; "would have" is not."""
    if not any(word in FUTURE for word in context.group):
        return Verdict()
    return Verdict(None, None, "non_future" if any(word in HAVE for word in context.group) else "future")


def _is_reported(row: Sequence[str]) -> bool:
    """Whether a verb of saying or foreseeing stands in a row of words: its "would" is the past of "will"."""
    return any(word in words.load("cue_verbs") or word in ("that", "expected", "planned") for word in row)


def _judge_would(context: Context) -> Verdict:
    """ "would" that nobody is said to have said: only possible."""
    if not any(word in ("would", "'d", "’d") for word in context.group) or _is_reported(context.left[:-1]):
        return Verdict()
    return Verdict("possible", None, "future")


def _modal_before(row: Sequence[str]) -> bool:
    """Whether the clause that ends a row of words has a modal that leaves all in it possible."""
    clause = end_of_clause(row)
    for place in range(len(clause) - 1, -1, -1):
        if clause[place] in ("could", "may", "might"):
            return True
        if clause[place] in ("would", "'d", "’d"):
            return not _is_reported(row[: len(row) - len(clause) + place])
        if clause[place] in ("will", "shall", "must", "to"):
            return False
    return False


def _judge_scope(context: Context) -> Verdict:
    """What hangs on a verb that is only possible is no surer: "could force the port to [close]"."""
    told = context.phrase[:1]
    own = any(word in FUTURE | POSSIBLE | BE | HAVE for word in context.group)
    if own or context.noun or not told:
        return Verdict()
    joined = context.left[-1:] in (("and",), ("or",))
    hanging = "to" in context.group or told[0].endswith("ing") or joined
    row = context.left[: len(context.left) - max(len(context.group), int(joined))]
    return Verdict("possible", None, "future") if hanging and _modal_before(row) else Verdict()


def _judge_gerund_subject(context: Context) -> Verdict:
    """An -ing form that opens its clause as the subject of a modal: "[Closing] the mine would cost jobs"."""
    told = context.phrase[:1]
    if context.noun or not told or not told[0].endswith("ing") or end_of_clause(context.left):
        return Verdict()
    for word in context.right[:10]:
        if opens_clause(word) or word in BE or word in ("has", "have", "had", "will"):
            return Verdict()
        if word in ("would", "could", "may", "might"):
            return Verdict("possible", None, "future")
    return Verdict()


def _judge_infinitive(context: Context) -> Verdict:
    """ "to" and a verb: as the word it hangs on has it ("failed to pay"), else to come. A "to" before an
    -ing form is a preposition; what somebody had to do was done, as was what came "only to" follow."""
    if "to" not in context.group or any(word in FUTURE | POSSIBLE for word in context.group):
        return Verdict()
    if context.group[-1:] == ("to",) and context.phrase[:1] and context.phrase[0].endswith("ing"):
        return Verdict()
    place = context.group.index("to")
    if place and context.group[place - 1] in ("had", "only"):
        return Verdict(None, None, "non_future")
    return find_governor(context) or Verdict(None, None, "future")


def _judge_gerund(context: Context) -> Verdict:
    """An -ing form without an auxiliary takes all from the word it hangs on: "without paying"."""
    bare = not context.noun and context.phrase[:1] and context.phrase[0].endswith("ing")
    if not bare or any(word in BE for word in context.group):
        return Verdict()
    return find_governor(context) or Verdict()


def _judge_conjunct(context: Context) -> Verdict:
    """A verb joined by "and" shares the auxiliary: "will land in Oslo and refuel"."""
    if context.noun or context.group or context.left[-1:] not in (("and",), ("or",), ("then",)):
        return Verdict()
    for word in reversed(context.left[-2 * REACH : -1]):
        if word in BREAK or word in words.load("clause_openers"):
            return Verdict()
        if word in FUTURE:
            return Verdict("possible" if word in POSSIBLE else None, None, "future")
    return Verdict()


def _judge_temporal(context: Context) -> Verdict:
    """After "when", "once" or "until" in a sentence that looks ahead: to come."""
    for place in range(len(context.left) - 1, -1, -1):
        word = context.left[place]
        if word in ("when", "once", "until", "before"):
            ahead = any(w in ("will", "shall", "'ll") for w in (*context.left[:place], *context.right))
            past = bool(context.phrase) and context.phrase[-1].endswith("ed")
            return Verdict(None, None, "future") if ahead and not past else Verdict()
        if word in BREAK or word in words.load("clause_openers"):
            return Verdict()
    return Verdict()


def _judge_subject(context: Context) -> Verdict:
    """A noun whose own verb is to come or called off: "the strike will begin", "the vote was cancelled"."""
    after = context.right[:5] if context.noun else ()
    for place, word in enumerate(after):
        if opens_clause(word):
            return Verdict()
        if word in ("will", "shall", "'ll"):
            return Verdict(None, None, "future")
        if word in ("is", "are", "was", "were", "been"):
            found = governors().get(after[place + 1]) if place + 1 < len(after) else None
            if found is not None and (found.time == "future" or found.polarity == "neg"):
                return Verdict(None, found.polarity, found.time)
            if word != "been":
                return Verdict()
    return Verdict()


def _judge_next(context: Context) -> Verdict:
    """A noun with a date to come: "the vote next week", "cuts over the coming years"; "the next day" was."""
    if context.noun and _NEXT.match(" ".join(context.right[:REACH])):
        return Verdict(None, None, "future")
    return Verdict()


def _infinitive_in(row: Sequence[str]) -> bool:
    """Whether a "to" in the row begins an infinitive and is no preposition."""
    prepositional = ("due", "response", "according", "prior", "thanks", "owing")
    return any(
        word == "to" and not leads_to_noun(row[place + 1]) and row[max(0, place - 1)] not in prepositional
        for place, word in enumerate(row[:-1])
    )


def _is_participle(context: Context) -> bool:
    """Whether an -ed form follows its noun: "the demand [enjoyed] by", "an accord [reached] in May"."""
    told, before = context.phrase[-1:], context.left[-1:]
    return bool(told) and told[0].endswith("ed") and bool(before) and not leads_to_noun(before[0])


def _judge_noun(context: Context) -> Verdict:
    """A noun takes its time from the word it hangs on: "called for a recount", "the planned merger"."""
    if not context.noun or _is_participle(context):
        return Verdict()
    near = end_of_clause(context.left)[-REACH:]
    if any(word in words.load("coming_words") for word in near[-3:]):
        return Verdict(None, None, "future")
    found = find_governor(context)
    if found is not None:
        return Verdict(None, found.polarity, found.time)
    if any(word in _DEFINITE for word in context.left[-3:]):
        return Verdict()
    ahead = any(word in FUTURE for word in near) or _infinitive_in(near)
    return Verdict(None, None, "future") if ahead else Verdict()


RULES: Mapping[str, Rule] = {
    "question": _judge_question,
    "condition": _judge_condition,
    "consequence": _judge_consequence,
    "modal": _judge_modal,
    "hedge": _judge_hedge,
    "expected": _judge_expected,
    "not": _judge_not,
    "nobody": _judge_nobody,
    "would": _judge_would,
    "scope": _judge_scope,
    "gerund_subject": _judge_gerund_subject,
    "future": _judge_future,
    "infinitive": _judge_infinitive,
    "gerund": _judge_gerund,
    "conjunct": _judge_conjunct,
    "temporal": _judge_temporal,
    "subject": _judge_subject,
    "next": _judge_next,
    "noun": _judge_noun,
}
"""Every rule by its name, the strongest first: the first that settles certainty, polarity or time has it."""


OF_EVENTS = frozenset({"would", "scope", "gerund_subject"})
"""Rules that say whether an event happens. Who claims that something would happen is sure of the "would"."""


def judge_context(context: Context, disabled: Collection[str] = ()) -> Sureness:
    """What the rules make of a context; what none settles is certain, affirmed and not to come."""
    certainty, polarity, time = None, None, None
    for name, rule in RULES.items():
        if name not in disabled:
            verdict = rule(context)
            certainty = certainty or verdict.certainty
            polarity = polarity or verdict.polarity
            time = time or verdict.time
            if certainty and polarity and time:
                break
    return Sureness(certainty or "certain", polarity or "pos", time or "non_future")


def judge_event(document: Document, trigger: Span, disabled: Collection[str] = ()) -> Sureness:
    """How sure an event is, from the sentence around its trigger; ``disabled`` names rules to switch off.

    On MEANTIME's apple and gm topics, gold triggers, with marks that the annotators left underspecified set
    aside and rules tuned on airbus alone: certainty 92.4 %, polarity 98.9 %, time 88.9 % right.

    >>> def judge(text, word):
    ...     at = text.index(word)
    ...     return judge_event(Document(text, (), (Span(0, len(text)),)), Span(at, at + len(word)))
    >>> judge("The council could close the pool next spring.", "close")
    Sureness(certainty='possible', polarity='pos', time='future')
    >>> judge("The firm failed to pay its drivers.", "pay")
    Sureness(certainty='certain', polarity='neg', time='non_future')
    >>> judge("The minister is expected to resign.", "resign")
    Sureness(certainty='probable', polarity='pos', time='future')
    """
    return judge_context(read_context(document, trigger.start, trigger.end), disabled)


def _skip_clause(row: Sequence[str]) -> int:
    """Where the main clause begins: behind an opening "if" or "when" clause."""
    openers = ("if", "unless", "when", "once", "although", "though", "while", "because", "even")
    return list(row).index(",") + 1 if row[:1] and row[0] in openers and "," in row else 0


def _head(row: Sequence[str]) -> int | None:
    """The place of the first auxiliary of a clause that is not in a relative clause; null without one."""
    start = _skip_clause(row)
    relative = False
    for place in range(start, len(row)):
        if row[place] in ("who", "which", "whose") or (row[place] == "that" and place > start):
            relative = True
        elif row[place] in _FINITE and not relative:
            return place
        elif row[place] in _FINITE or row[place] == ",":
            relative = False
    return None


def _awaits(row: Sequence[str], place: int) -> bool:
    """Whether a word behind a form of "be" only says how sure its infinitive is: "is due to sail"."""
    after_be = place and (row[place - 1] in BE or in_group(row[place - 1]))
    return bool(after_be) and row[place] in words.load("awaiting_words") and row[place + 1] == "to"


def _claim_context(cue: Sequence[str], content: Sequence[str]) -> Context:
    """The context of a claim's main verb, or of its first word where no auxiliary shows the verb."""
    lead = 1 if content[:1] and content[0] in ("that", "whether") else 0
    opening = content[lead] if len(content) > lead else ""
    hanging = opening == "to" or opening.endswith("ing")
    head = None if hanging else _head(content[lead:])
    if head is not None:
        place = lead + head
        while place < len(content) - 1 and (in_group(content[place]) or _awaits(content, place)):
            place += 1
        left = tuple(content[lead:place])
        return Context(left, (content[place],), tuple(content[place + 1 :]), verb_group(left), False)
    place = min(lead + (opening == "to"), max(0, len(content) - 1))
    left = (*(cue if hanging else ()), *content[:place])
    return Context(
        left, tuple(content[place : place + 1]), tuple(content[place + 1 :]), verb_group(left), False
    )


def _judge_cue(cue: Sequence[str], content: Sequence[str]) -> Verdict:
    """What the cue itself settles: "denied that", "expects", "did not say whether", "reportedly"."""
    denied = any(word in NOT for word in cue) or "declined" in cue or "refused" in cue
    asked = content[:1] and content[0] in ("whether", "if") and "," not in content
    if asked or (denied and any(word in words.load("untold_verbs") for word in cue)):
        return Verdict("unknown")
    if cue[-1:] == ("about",) and any(word in ("ask", "asks", "asked", "asking") for word in cue):
        return Verdict("unknown", None, "unknown")
    if denied:
        return Verdict(None, "neg")
    hedge = find_hedge(cue)
    if hedge is not None:
        return Verdict(hedge)
    for word in reversed(cue):
        found = governors().get(word)
        if found is not None and word not in words.load("fact_verbs"):
            certainty = found.certainty if found.certainty != "certain" else None
            polarity = found.polarity if found.polarity == "neg" else None
            return Verdict(certainty, polarity, None if _head(content) is not None else found.time)
    return Verdict()


def _judge_opening(content: Sequence[str]) -> Verdict:
    """Of whom nobody is the subject, where no auxiliary shows the verb: "No such deal exists"."""
    lead = 1 if content[:1] and content[0] in ("that", "but", "and") else 0
    row = content[lead : lead + 2]
    nobody = row[:1] and row[0] in ("nobody", "nothing", "none", "neither", "no")
    if (
        not nobody
        or _head(content) is not None
        or (row[0] == "no" and row[1:] and row[1] in words.load("not_denied"))
    ):
        return Verdict()
    return Verdict(None, "neg")


def judge_claim(document: Document, attribution: Attribution, disabled: Collection[str] = ()) -> Sureness:
    """How sure a claim is as its speaker puts it, from the main verb of its content and from its cue.

    Whether the speaker is to be believed is no part of it. ``disabled`` names rules to switch off, "cue" and
    "opening" too.

    >>> def judge(text, cue, content):
    ...     spans = [(Span(text.index(p), text.index(p) + len(p)),) if p else () for p in (content, cue)]
    ...     document = Document(text, (), (Span(0, len(text)),))
    ...     return judge_claim(document, Attribution(spans[0], spans[1], (), "indirect", 1.0))
    >>> judge("The mayor denied that the bridge was unsafe.", "denied", "that the bridge was unsafe")
    Sureness(certainty='certain', polarity='neg', time='non_future')
    >>> judge("Ruiz said no such deal exists.", "said", "no such deal exists").polarity
    'neg'
    >>> judge("Officials said the mine may reopen.", "said", "the mine may reopen")
    Sureness(certainty='possible', polarity='pos', time='future')
    >>> judge("The firm plans to sell its ferries.", "plans", "to sell its ferries")
    Sureness(certainty='probable', polarity='pos', time='future')
    >>> judge("The trial is due to resume on Monday.", "", "The trial is due to resume on Monday.")
    Sureness(certainty='probable', polarity='pos', time='future')
    >>> judge("The clerk pleaded guilty to fraud.", "pleaded guilty", "to fraud").time
    'non_future'
    >>> judge("If a deal is signed, the port would open.", "", "If a deal is signed, the port would open.")
    Sureness(certainty='possible', polarity='pos', time='future')
    """
    content = split_words(hide_month(" ".join(document.text[s.start : s.end] for s in attribution.content)))
    cue = split_words(" ".join(document.text[s.start : s.end] for s in attribution.cues))
    if content[:1] == ("to",) and any(word in words.load("takes_to") for word in cue):
        content = content[1:]
    inner = judge_context(_claim_context(cue, content), {*disabled, *OF_EVENTS})
    outer = _judge_cue(cue, content) if "cue" not in disabled else Verdict()
    if "opening" not in disabled and _judge_opening(content).polarity:
        inner = Sureness(inner.certainty, "neg", inner.time)
    twice = outer.polarity == "neg" and inner.polarity == "neg" and _head(content) is not None
    weaker = outer.certainty if inner.certainty == "certain" else None
    return Sureness(
        weaker or inner.certainty,
        "pos" if twice else outer.polarity or inner.polarity,
        outer.time or inner.time,
    )
