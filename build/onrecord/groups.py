"""The same proposition in several articles is one group; wordings that differ are shown, never merged."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from onrecord.clusters import Clusters
from onrecord.model import Annotated, ClaimGroup, ClaimRelation, make_id

SHINGLE = 4
"""Words that two quotations must share in a row to be compared at all: the blocking key."""
VARIANT = 0.6
"""Least share of words, in order, that two wordings of one quotation have in common."""
FEWEST = 5
"""Words below which equal texts prove nothing: "It was a mistake" is said of many things."""

_QUOTED = re.compile(r"[“\"]([^“”\"]{8,})[”\"]")
_WORD = re.compile(r"\w+(?:['’]\w+)?")


@dataclass(frozen=True, slots=True)
class _Quotation:
    claim_id: str
    words: tuple[str, ...]


def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case and punctuation.

    >>> fold("“We’re back,”")
    ("we're", 'back')
    """
    return tuple(word.casefold().replace("’", "'") for word in _WORD.findall(text))


def _quotations(text: str, claim_id: str) -> Iterator[_Quotation]:
    for match in _QUOTED.finditer(text):
        words = fold(match.group(1))
        if len(words) >= FEWEST:
            yield _Quotation(claim_id, words)


def compare_quotations(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of words that two quotations have in common, in order; 0 where figures differ.

    >>> compare_quotations("we will bring them home".split(), "we will bring em home".split())
    0.8
    >>> compare_quotations("it cost 40 million".split(), "it cost 14 million".split())
    0.0
    """
    if [w for w in one if w[0].isdigit()] != [w for w in other if w[0].isdigit()]:
        return 0.0
    return round(SequenceMatcher(None, list(one), list(other), autojunk=False).ratio(), 2)


def relate_quotations(quotations: Iterable[_Quotation]) -> Iterator[ClaimRelation]:
    """Quotations that share ``SHINGLE`` words in a row, compared in full; each pair of claims once."""
    blocks: dict[tuple[str, ...], list[_Quotation]] = defaultdict(list)
    for quotation in quotations:
        for start in range(len(quotation.words) - SHINGLE + 1):
            blocks[quotation.words[start : start + SHINGLE]].append(quotation)
    seen: set[tuple[str, str]] = set()
    for block in blocks.values():
        for number, one in enumerate(block):
            for other in block[number + 1 :]:
                first, second = sorted((one, other), key=lambda q: q.claim_id)
                pair = (first.claim_id, second.claim_id)
                if pair in seen or first.claim_id == second.claim_id or first.words == second.words:
                    continue
                seen.add(pair)
                score = compare_quotations(first.words, second.words)
                if score >= VARIANT:
                    basis = f"“{' '.join(first.words)}” / “{' '.join(second.words)}”"
                    yield ClaimRelation(*pair, "quote_variant", basis, score)


def group_claims(
    articles: Iterable[Annotated],
    origin_ids: Sequence[tuple[str | None, ...]],
    reviewed: Sequence[ClaimRelation] = (),
    refused: Collection[tuple[str, str, str]] = (),
) -> tuple[list[tuple[str, ...]], tuple[ClaimGroup, ...], tuple[ClaimRelation, ...]]:
    """Group ids by claim for each article in turn, the rows of ``claim_groups``, and the relations.

    Claims are one group when their contents are word for word the same, or when they quote the same words in
    two wordings. A group's id comes from the smallest id among its claims' texts. ``reviewed`` relations are
    added: those of wording join groups, a conflict does not. ``refused`` ones (both ids and the relation) are
    left out.
    """
    clusters = Clusters[str]()
    first: dict[tuple[str, ...], str] = {}
    members: dict[str, tuple[str, str, str | None, str | None, str | None]] = {}
    same: list[ClaimRelation] = []
    quotations: list[_Quotation] = []
    order: list[tuple[str, ...]] = []
    for annotated, origins in zip(articles, origin_ids, strict=True):
        article = annotated.article
        row = []
        for index, origin_id in enumerate(origins):
            claim_id = annotated.claim_id(index)
            text = annotated.claim_cover(index)[2]
            members[claim_id] = (text, article.source_id, article.publisher, origin_id, article.published)
            words = fold(text)
            if len(words) >= FEWEST:
                known = first.setdefault(words, claim_id)
                one, other = sorted((known, claim_id))
                if one != other and (one, other, "same") not in refused:
                    clusters.join(one, other)
                    same.append(ClaimRelation(one, other, "same", "the same words", 1.0))
            quotations.extend(_quotations(text, claim_id))
            row.append(claim_id)
        order.append(tuple(row))
    found = {
        (r.claim_id, r.other_claim_id, r.relation): r
        for r in (*same, *relate_quotations(quotations), *reviewed)
        if (r.claim_id, r.other_claim_id, r.relation) not in refused
    }
    for one, other, kind in found:
        if kind != "conflict":
            clusters.join(one, other)
    disputed = {claim_id for one, other, kind in found if kind == "conflict" for claim_id in (one, other)}
    group_ids: dict[str, str] = {}
    groups = []
    for held in clusters.sets(members).values():
        group_id = make_id("grp", min(make_id("txt", *fold(members[c][0]), members[c][1]) for c in held))
        group_ids.update(dict.fromkeys(held, group_id))
        rows = [members[claim_id] for claim_id in sorted(held)]
        published = sorted(row[4] for row in rows if row[4])
        groups.append(
            ClaimGroup(
                group_id,
                min((row[0] for row in rows), key=lambda text: (len(text), text)),
                len(rows),
                len({row[1] for row in rows}),
                len({row[2] for row in rows if row[2]}),
                len({row[3] for row in rows if row[3]}),
                published[0] if published else None,
                not disputed.isdisjoint(held),
            )
        )
    relations = [found[key] for key in sorted(found)]
    placed = [tuple(group_ids[claim_id] for claim_id in row) for row in order]
    return placed, tuple(sorted(groups, key=lambda g: g.group_id)), tuple(relations)
