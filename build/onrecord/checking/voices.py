"""Does the chain of voices of each claim say what its spans and its row say?"""

from collections import defaultdict
from dataclasses import dataclass

from onrecord.checking.columns import CORRECTED, Part, Tables
from onrecord.checking.keys import index, pick, read_numbers, to_numbers
from onrecord.checking.report import Problems
from onrecord.claims.outlets import label_outlet
from onrecord.people.names import name_key
from onrecord.spool import Numbers

__all__ = ["check_chains"]

_CLAIM = (
    "claim_id",
    "source_id",
    "quote_type",
    "speaker",
    "speaker_entity_id",
    "anonymity",
    "origin_id",
    "method",
)
_HOP = ("claim_id", "hop", "agent", "anonymity", "cue", "start", "end", "text")
_SPAN = ("claim_id", "role", "seq", "start", "end", "text")


@dataclass(frozen=True, slots=True)
class _Hop:
    """A step of a chain as its row tells it."""

    row: int
    agent: str | None
    entity: int
    anonymity: str | None
    cue: str | None
    start: int
    end: int
    text: str


class _Origins:
    """What origins are told apart by: the numbers of their entities and of their labels."""

    def __init__(self, tables: Tables) -> None:
        self._rows = index(tables, "origins", "origin_id")
        self._entities = read_numbers(tables, "origins", "entity_id")
        labels = [part.rows["label"].to_pylist() for part in tables.parts("origins", "label")]
        self._labels = [hash(_key(label)) for part in labels for label in part]
        self._sources = index(tables, "sources", "source_id")
        self._own = read_numbers(tables, "sources", "origin")

    def of(self, origin_ids: Numbers, sources: Numbers) -> tuple[list[int], list[bool]]:
        """Where the origins stand, -1 for none, and whether each is that of the whole source."""
        own = pick(self._own, self._sources.find(sources)) == origin_ids
        return self._rows.find(origin_ids).tolist(), own.tolist()

    def is_voice(self, place: int, hop: _Hop) -> bool:
        """Whether a step of a chain can be the origin that stands at ``place``."""
        same = hop.entity != 0 and int(self._entities[place]) == hop.entity
        return same or (hop.agent is not None and hash(_key(hop.agent)) == self._labels[place])


def _key(name: str | None) -> str:
    label = label_outlet(name or "")
    return name_key(label) or label


def check_chains(tables: Tables, problems: Problems) -> None:
    """Tell claims and steps of their chains that do not fit each other."""
    if not tables.hold("origins", "sources"):
        return
    origins = _Origins(tables)
    for parts in tables.together(
        {"claims": _CLAIM, "claim_spans": _SPAN, "attributions": (*_HOP, "entity_id")}
    ):
        corrected = _find_corrected(parts["claims"])
        hops = _group_hops(parts["attributions"], corrected, problems)
        _check_claims(parts["claims"], hops, problems)
        _check_cues(parts["claims"], parts["claim_spans"], hops, corrected, problems)
        _check_origins(parts["claims"], hops, origins, problems)


def _find_corrected(claims: Part) -> frozenset[str]:
    """The claims that a person made or changed, whose cues may be in a person's words."""
    pairs = zip(*(claims.rows[name].to_pylist() for name in ("claim_id", "method")), strict=True)
    return frozenset(claim for claim, method in pairs if method == CORRECTED)


def _group_hops(part: Part, corrected: frozenset[str], problems: Problems) -> dict[str, list[_Hop]]:
    """The steps of each claim, the nearest first; those whose words are not their agent or cue are told."""
    rows = part.rows
    columns = (rows[name].to_pylist() for name in _HOP)
    entities = to_numbers(rows["entity_id"]).tolist()
    found: dict[str, list[tuple[int, _Hop]]] = defaultdict(list)
    wrong: dict[str, list[int]] = {"agent": [], "cue": []}
    for row, (entity, (claim, number, agent, anonymity, cue, start, end, text)) in enumerate(
        zip(entities, zip(*columns, strict=True), strict=True), part.before
    ):
        if text != (agent if agent is not None else cue) and (agent is not None or claim not in corrected):
            wrong["cue" if agent is None else "agent"].append(row)
        hop = _Hop(row, agent, entity, anonymity, cue, start or 0, end or 0, text)
        found[claim].append((number or 0, hop))
    message = "must be the words of the step (text), where agent is null those of the cue"
    for field, told in wrong.items():
        problems.add_rows("voice", "attributions", told, field, message)
    return {
        claim: [hop for _, hop in sorted(held, key=lambda pair: pair[0])] for claim, held in found.items()
    }


def _check_claims(claims: Part, hops: dict[str, list[_Hop]], problems: Problems) -> None:
    columns = (claims.rows[name].to_pylist() for name in _CLAIM)
    wrong: dict[str, list[int]] = {"anonymity": [], "quote_type": [], "speaker_entity_id": []}
    for row, (claim, _, quoted, speaker, entity, anonymity, *_) in enumerate(
        zip(*columns, strict=True), claims.before
    ):
        chain = hops.get(claim, [])
        if anonymity != (chain[0].anonymity if chain else None):
            wrong["anonymity"].append(row)
        if quoted == "none" and (chain or speaker is not None):
            wrong["quote_type"].append(row)
        if speaker is None and entity is not None:
            wrong["speaker_entity_id"].append(row)
    messages = {
        "anonymity": "must be that of the claim's hop 1 in attributions; null where it has none",
        "quote_type": "must not be none for a claim with a speaker or a chain of voices",
        "speaker_entity_id": "must be null where no speaker is shown",
    }
    for field, rows in wrong.items():
        problems.add_rows("voice", "claims", rows, field, messages[field])


def _check_cues(
    claims: Part,
    spans: Part,
    hops: dict[str, list[_Hop]],
    corrected: frozenset[str],
    problems: Problems,
) -> None:
    """The cue of the step that the claim's speaker shows is that of the claim, or stands in the speaker."""
    pieces: dict[tuple[str, str], list[tuple[int, int, int, str]]] = defaultdict(list)
    columns = (spans.rows[name].to_pylist() for name in _SPAN)
    for claim, role, seq, start, end, text in zip(*columns, strict=True):
        if role != "content":
            pieces[claim, role].append((seq or 0, start or 0, end or 0, text or ""))
    wrong = []
    for claim, speaker in zip(
        claims.rows["claim_id"].to_pylist(), claims.rows["speaker"].to_pylist(), strict=True
    ):
        cue = " ".join(text for _, _, _, text in sorted(pieces[claim, "cue"])) or None
        own = pieces[claim, "speaker"]
        for hop in hops.get(claim, []) if claim not in corrected else []:
            shown = any(start < hop.end and hop.start < end for _, start, end, _ in own)
            if shown and hop.cue not in (None, cue) and hop.cue not in (speaker or ""):
                wrong.append(hop.row)
    message = "must be the claim's cue spans with blanks between, or words of its speaker"
    problems.add_rows("voice", "attributions", sorted(wrong), "cue", message)


def _check_origins(claims: Part, hops: dict[str, list[_Hop]], origins: _Origins, problems: Problems) -> None:
    ids = to_numbers(claims.rows["origin_id"])
    places, own = origins.of(ids, to_numbers(claims.rows["source_id"]))
    wrong = []
    for row, (claim, place, whole) in enumerate(
        zip(claims.rows["claim_id"].to_pylist(), places, own, strict=True)
    ):
        if place < 0 or whole:
            continue
        if not any(origins.is_voice(place, hop) for hop in hops.get(claim, [])):
            wrong.append(claims.before + row)
    message = "must be a voice of the claim's chain in attributions, or the origin of the whole source"
    problems.add_rows("voice", "claims", wrong, "origin_id", message)
