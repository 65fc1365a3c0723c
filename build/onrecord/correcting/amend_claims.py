"""Corrections of claims: what is said, by whom, by which words, and through which voices.

A line needs no more than what it changes. With a new speaker the nearest voice of the chain is read anew
from its words, and the further voices stay; with a new content or speaker it is judged anew whether the words
are quoted.
"""

from collections.abc import Sequence
from dataclasses import replace

from onrecord.claims.chain import make_hop, name_known
from onrecord.claims.quotation import find_quotations, judge_quote
from onrecord.correcting.amend_words import (
    PART,
    STEP,
    Pairs,
    choose,
    find_border,
    find_near,
    find_pieces,
    only,
    write_claim,
    write_content,
)
from onrecord.correcting.corrections import Correction
from onrecord.correcting.draft import METHOD, Draft, entity_at, pick
from onrecord.errors import CorrectionError
from onrecord.model import (
    GAP,
    AgentKind,
    Annotated,
    Anonymity,
    Certainty,
    Claim,
    ClaimKind,
    Hop,
    Name,
    Polarity,
    QuoteType,
    Span,
    Time,
)
from onrecord.people.who import chain_at

__all__ = ["claim_at", "correct_claim"]

_NEW: Pairs = {
    **dict.fromkeys(("speaker", "cue", "hops")),
    "certainty": "certain",
    "polarity": "pos",
    "time": "non_future",
}


def claim_at(annotated: Annotated, text: str, nth: int, line: Correction) -> int:
    """The index of the one claim with that content, or that begins with those words there."""
    return only(_find_claims(annotated.article.text, annotated.claims, text, nth, line), line, "claims")


def _find_claims(text: str, claims: Sequence[Claim], words: str, nth: int, line: Correction) -> list[int]:
    """The claims with exactly these words as their content; else those whose content begins with them."""
    content = find_pieces(text, words, nth, line)
    exact = [n for n, claim in enumerate(claims) if claim.content == content]
    return exact or [
        n
        for n, claim in enumerate(claims)
        if claim.content[0].start == content[0].start and write_content(text, claim.content).startswith(words)
    ]


def correct_claim(draft: Draft, line: Correction) -> None:
    """Carry out one line about ``claims``."""
    value: Pairs = dict(line.value)
    if line.action == "add":
        content = find_pieces(draft.text, line.text, line.occurrence, line)
        here = [n for n, claim in enumerate(draft.claims) if claim.content == content]
        new = _make_claim(draft, line, content, {**_NEW, **value})
        if any(draft.claims[n].speakers == new.speakers for n in here):
            raise CorrectionError(
                f"{line.place}: {line.text!r} is a claim of that speaker already; use change"
            )
        draft.claims.append(new)
        return
    here = _find_claims(draft.text, draft.claims, line.text, line.occurrence, line)

    def present(number: int) -> Pairs:
        return write_claim(draft.text, draft.claims[number])

    number = pick(here, present, line)
    old = draft.claims[number]
    if line.action == "drop":
        del draft.claims[number]
    elif line.action == "confirm":
        draft.claims[number] = replace(old, confidence=1.0, method=METHOD)
    else:
        draft.claims[number] = _change_claim(draft, line, old, {**present(number), **value})


def _change_claim(draft: Draft, line: Correction, old: Claim, told: Pairs) -> Claim:
    """The claim with what the line changes, and with what follows from that."""
    changed = dict(line.value)
    content = old.content
    if "content" in changed:
        content = find_border(draft.text, changed["content"] or "", old.content, line)
    if "quote_type" not in changed and ("content" in changed or changed.get("speaker")):
        own = old.quote_type == "none" and not changed.get("speaker")
        quotations = find_quotations(draft.text)
        told = {**told, "quote_type": "none" if own else judge_quote(draft.text, content, quotations)}
    if changed.get("quote_type") == "none":
        told = {**told, **dict.fromkeys(("speaker", "cue", "hops"))}
        return _make_claim(draft, line, content, told)
    made = _make_claim(draft, line, content, told, old)
    if "hops" not in changed and ("speaker" in changed or "cue" in changed):
        hops = _follow_speaker(draft, made, old)
        made = replace(
            made,
            hops=hops,
            speaker_chain=hops[0].chain if hops else None,
            anonymity=hops[0].anonymity if hops else None,
        )
    return made


def _follow_speaker(draft: Draft, made: Claim, old: Claim) -> tuple[Hop, ...]:
    """The chain of a claim with another speaker or cue: the nearest voice anew, the further ones kept.

    The voice that showed the old speaker is replaced, and the one that showed nobody ("reportedly").
    """
    cue = " ".join(draft.text[span.start : span.end] for span in made.cues) or None
    gone = [*old.speakers, *(() if old.speakers else old.cues)]
    kept = tuple(hop for hop in old.hops if not any(s.start < hop.end and hop.start < s.end for s in gone))
    if not made.speakers:
        if not made.cues:
            return kept
        words = made.cues[0]
        shown = draft.text[words.start : words.end]
        return (Hop(words.start, words.end, None, shown, None, "unnamed", "other"), *kept)
    start, end = made.speakers[0].start, made.speakers[-1].end
    names = tuple(
        Name(m.start, m.end, m.type, m.confidence)
        for m in sorted(draft.mentions, key=lambda m: (m.start, m.end))
        if m.form == "name" and start <= m.start and m.end <= end
    )
    hop = make_hop(draft.text, start, end, cue, names)
    if hop is None:
        return kept
    entity = chain_at(draft.text, draft.mentions, Span(hop.start, hop.end))
    if entity is not None:
        hop = name_known(replace(hop, chain=entity), draft.entities[entity])
    return (hop, *(far for far in kept if not (far.start < hop.end and hop.start < far.end)))


def _make_claim(
    draft: Draft, line: Correction, content: tuple[Span, ...], told: Pairs, old: Claim | None = None
) -> Claim:
    def place(cell: str | None) -> tuple[Span, ...]:
        pieces = cell.split(GAP) if cell else []
        return tuple(sorted((find_near(draft.text, p, content, line) for p in pieces), key=lambda s: s.start))

    changed = dict(line.value)
    if old is not None and "hops" not in changed:
        hops = old.hops
    else:
        cells = (told["hops"] or "").split(STEP)
        hops = tuple(_make_hop(draft, cell, content, line) for cell in cells if cell)
    return Claim(
        content,
        old.cues if old is not None and "cue" not in changed else place(told["cue"]),
        old.speakers if old is not None and "speaker" not in changed else place(told["speaker"]),
        choose(line, told, "quote_type", QuoteType, None),
        hops[0].chain if hops else None,
        hops[0].anonymity if hops else None,
        choose(line, told, "certainty", Certainty, None),
        choose(line, told, "polarity", Polarity, None),
        choose(line, told, "time", Time, None),
        hops,
        (),
        1.0,
        METHOD,
        choose(line, told, "kind", ClaimKind, "statement"),
    )


def _make_hop(draft: Draft, cell: str, content: Sequence[Span], line: Correction) -> Hop:
    parts = [None if part == "-" else part for part in cell.split(PART)]
    if len(parts) != 4 or not (parts[0] or parts[3]):
        raise CorrectionError(
            f"{line.place}: hop {cell!r} must be 'agent ; anonymity ; kind ; cue', - for none"
        )
    agent, anonymity, kind, cue = parts
    span = find_near(draft.text, agent or cue or "", content, line)
    known: Pairs = {"anonymity": anonymity, "kind": kind}
    return Hop(
        span.start,
        span.end,
        draft.text[span.start : span.end] if agent else None,
        cue,
        entity_at(draft.mentions, span) if agent else None,
        choose(line, known, "anonymity", Anonymity, None),
        choose(line, known, "kind", AgentKind, None),
    )
