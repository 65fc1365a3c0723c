"""How well a language model reads, by the desk's list and by one story in several outlets.

    python -m bench.llm CORPORA ENDPOINT --model NAME [--answers FOLDER] [--beside] [--limit TOKENS]
    python -m bench.llm CORPORA --replay [--spoil]

The first builds ``desk-dev`` and ``stories-dev`` of the folder CORPORA with the model and prints, for each,
how much of what an editor lists is there (see ``desk_figures`` and ``story_figures``), what it cost and what
was not admitted. The names of ``stories-dev`` are not annotated, nor the claims of either. ONRECORD_API_KEY
holds the key, if there is one.

With ``--replay`` the corpora's own annotation is given as a model's answers, which shows what is lost between
an answer and the tables; where there is none, for claims and for names in stories, what the built-in reader
proposes is given instead. With ``--spoil`` every tenth event and name of it is made wrong (words that are not
in the sentence, a sentence that does not have them, a name that the article does not have), and it is told
how many of those are in the tables.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
from train.corpora import Row, read_corpus, to_article

import onrecord
from onrecord.annotate import annotate, default_reader, find_document
from onrecord.llm.admission import Sentences
from onrecord.llm.answer import Answer, Claim, Entity, Event, Participant, Place, dump_answer
from onrecord.llm.asked import tell_cost
from onrecord.llm.question import cut_pieces
from onrecord.llm.reader import LanguageModel, Listing
from onrecord.llm.store import Store
from onrecord.llm.wording import Vocabulary
from onrecord.model import Document
from onrecord.overlap import HasOffsets

REPLAYED = "replay"
TENTH = 10
FOREIGN = "Zorblatt Quimby"
"""A name that no article has."""
Offsets = Sequence[Sequence[int]]


# ------------------------------------------------------------------ annotation as answers
@dataclass
class Spoiler:
    """Makes every tenth row wrong, in each of three ways in turn, and remembers which."""

    active: bool
    rows: int = 0
    places: list[tuple[str, Offsets]] = field(default_factory=list)
    names: int = 0

    def due(self) -> int | None:
        """Null for a row to be left alone, else which way is due."""
        self.rows += 1
        return self.rows // TENTH % 3 if self.active and self.rows % TENTH == 0 else None

    def event(self, event: Event, sentences: Sentences, count: int, told: tuple[str, Offsets]) -> Event:
        """The event, wrong where it is due; ``told`` is its article and where that truly tells it."""
        way = self.due()
        if way is None:
            return event
        if way == 0:
            label, places = event.label, [Place(p.sentence, p.words + "ish", None) for p in event.mentions]
        elif way == 1:
            label, places = event.label, [_astray(p, sentences, count) for p in event.mentions]
        else:
            label, places = f"{FOREIGN} and {event.label}", event.mentions
        self.places.append(told)
        return msgspec.structs.replace(event, label=label, mentions=places)

    def entity(self, entity: Entity) -> Entity:
        """The entity, of a name that the article does not have where it is due."""
        if self.due() is None:
            return entity
        name = f"{FOREIGN} {entity.name}"
        self.names += 1
        return Entity(name, entity.type, [name])


def _astray(place: Place, sentences: Sentences, count: int) -> Place:
    """The words, said to stand in a sentence that does not have them."""
    others = [n for n in range(1, count + 1) if not sentences.find(place.words, n)]
    return Place(others[0] if others else count + 1, place.words, None)


def place_of(document: Document, sentences: Sentences, start: int, end: int) -> Place | None:
    """Where a span is, as a model would tell it; null where the span is in no sentence."""
    for number, sentence in enumerate(document.sentences, 1):
        if sentence.start <= start and end <= sentence.end:
            words = document.text[start:end]
            found = [(span.start, span.end) for span in sentences.find(words, number)]
            if (start, end) in found:
                return Place(number, words, found.index((start, end)) + 1 if len(found) > 1 else None)
    return None


def answer_of(document: Document, row: Row, piece: range, spoiler: Spoiler) -> Answer:
    """What the annotation of an article says of one piece."""
    sentences = Sentences(document)

    def places(mentions: Offsets) -> list[Place]:
        found = (place_of(document, sentences, *mention) for mention in mentions)
        return [place for place in found if place is not None and place.sentence - 1 in piece]

    entities = [
        spoiler.entity(Entity(named["name"], named["type"], forms))
        for named in row["entities"]
        if (forms := list(dict.fromkeys(place.words for place in places(named["mentions"]))))
    ]
    events = []
    for told in row["events"]:
        if mentions := places(told["mentions"]):
            parts = [Participant(role, name, None) for name, role in told["participants"]]
            event = Event(
                told["label"], told["kind"], told["status"], told["date"], told["type"], parts, mentions
            )
            places_told = (row["id"], told["mentions"])
            events.append(spoiler.event(event, sentences, len(document.sentences), places_told))
    claims = [claim for given in row["claims"] if (claim := claim_of(given, places))]
    return Answer(entities, events, claims)


def claim_of(given: Row, places: Callable[[Offsets], list[Place]]) -> Claim | None:
    """A claim as a model would tell it; null where not all of its words are in sentences of the piece."""
    found = {role: places(given[role]) for role in ("content", "cues", "speakers")}
    if any(len(there) < len(given[role]) for role, there in found.items()):
        return None
    cue, speaker = (next(iter(found[role]), None) for role in ("cues", "speakers"))
    return Claim(given["kind"], found["content"], cue, speaker, [])


def read_built_in(row: Row) -> Row:
    """What the built-in reader has of an article: its claims, and its names where none are annotated."""
    [found] = annotate([replace(to_article(row), published=row.get("published"))], default_reader())
    sentences = find_document(found.article).sentences

    def spans(given: Iterable[HasOffsets]) -> list[tuple[int, int]]:
        return [(span.start, span.end) for span in given]

    def inside(start: int, end: int) -> bool:
        return any(s.start <= start and end <= s.end for s in sentences)

    claims = [
        {
            "kind": c.kind,
            "content": spans(c.content),
            "cues": spans(c.cues[:1]),
            "speakers": spans(c.speakers[:1]),
        }
        for c in found.claims
        if all(inside(s.start, s.end) for s in (*c.content, *c.cues, *c.speakers))
    ]
    names = [
        {"name": entity.name, "type": entity.type, "mentions": mentions}
        for chain, entity in enumerate(found.entities)
        if (mentions := spans(m for m in found.mentions if m.chain == chain and m.form == "name"))
    ]
    return {**row, "claims": claims, "entities": row["entities"] or names}


def keep_answers(rows: Iterable[Row], folder: Path, spoiler: Spoiler) -> None:
    """Put the annotation of articles where a model's answers are kept."""
    store = Store(folder, REPLAYED)
    for row in rows:
        listing = Listing(row["id"], find_document(replace(to_article(row), published=row.get("published"))))
        for piece in cut_pieces(listing.document):
            for question in listing.find_open(store)[:1]:  # none where another article has the same text
                store.put(question, dump_answer(answer_of(listing.document, row, piece, spoiler)))


def rows_of_stories(stories: Iterable[Row]) -> Iterator[Row]:
    """The articles of stories, each with the events of the story that it tells; no names are listed there."""
    for story in stories:
        for article in story["articles"]:
            vocabulary = Vocabulary([article["text"], article.get("title") or ""])
            events = []
            for event in story["events"]:
                mentions = [mention[1:] for mention in event["mentions"] if mention[0] == article["id"]]
                label = event["label"]
                if mentions and vocabulary.foreign(label) is not None:
                    label = words_around(article["text"], mentions[0])
                told = {"kind": "happening", "type": None, "participants": [], "mentions": mentions}
                events += [{**event, **told, "label": label}] if mentions else []
            yield {**article, "entities": [], "events": events, "claims": []}


def words_around(text: str, mention: Sequence[int]) -> str:
    """A mention with up to four words on either side: the label of an event in the article's own words, where
    that of the whole story has a name from another outlet."""
    start, end = mention
    return " ".join([*text[:start].split()[-4:], text[start:end], *text[end:].split()[:4]])


# ------------------------------------------------------------------ figures
@dataclass
class Found:
    """What the tables have of one article."""

    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: set[tuple[tuple[int, int], ...]] = field(default_factory=set)


def read_tables(package: Path) -> Mapping[str, Found]:
    """The events, names and claims (by their content) of each article of a package, by the article's name."""
    tables = onrecord.load(package)
    name_of = dict(zip(tables["sources"].source_id, tables["sources"].name, strict=True))
    found: dict[str, Found] = {name: Found() for name in name_of.values()}
    named = tables["entity_mentions"]
    for mentions, rows, key in (
        (tables["event_mentions"], tables["events"], "event_id"),
        (named[named.form == "name"], tables["entities"], "entity_id"),
    ):
        known: dict[str, Row] = {row[key]: row for row in _records(rows)}
        for mention in _records(mentions):
            article = found[name_of[mention["source_id"]]]
            told = article.events if key == "event_id" else article.entities
            row = told.setdefault(mention[key], {**known[mention[key]], "spans": []})
            row["spans"].append((mention["start"], mention["end"]))
    spans = tables["claim_spans"]
    for _, content in spans[spans.role == "content"].groupby("claim_id"):
        offsets = sorted(zip(content.start.tolist(), content.end.tolist(), strict=True))
        found[name_of[content.source_id.iloc[0]]].claims.add(tuple(offsets))
    return found


def _records(table: pd.DataFrame) -> list[Row]:
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def pair_up(gold: Sequence[Offsets], mine: Sequence[Offsets]) -> list[tuple[int, int]]:
    """One to one, those with most spans in common first."""

    def common(one: Offsets, other: Offsets) -> int:
        return sum(any(a < d and c < b for c, d in other) for a, b in one)

    weighed = [
        (-weight, i, j)
        for i, one in enumerate(gold)
        for j, other in enumerate(mine)
        if (weight := common(one, other))
    ]
    pairs: list[tuple[int, int]] = []
    for _, i, j in sorted(weighed):
        if all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def f1(hit: int, found: int, wanted: int) -> str:
    """Precision, recall and F1 in percent."""
    p, r = (100 * hit / n if n else 0.0 for n in (found, wanted))
    return f"{2 * p * r / (p + r) if p + r else 0.0:.1f} ({p:.1f} / {r:.1f})"


def desk_figures(rows: Iterable[Row], package: Path) -> dict[str, str]:
    """Events and entities met one to one by their mentions, and claims by their content, F1 (precision /
    recall), and of the events met how many have the right status, kind, date and type, of the entities the
    right type. What no row has is not measured."""
    tables = read_tables(package)
    rows = list(rows)
    counts = {name: [0, 0, 0] for name in ("events", "entities", "entities with type", "claims")}
    right: dict[str, int] = defaultdict(int)
    for row in rows:
        found = tables.get(row["id"], Found())
        for kind, mine in (("events", found.events), ("entities", found.entities)):
            gold, have = row[kind], list(mine.values())
            pairs = pair_up([g["mentions"] for g in gold], [h["spans"] for h in have])
            for name, hit in ((kind, len(pairs)), *_typed(kind, pairs, gold, have)):
                for place, number in enumerate((hit, len(have), len(gold))):
                    counts[name][place] += number
            if kind == "events":
                for column in ("status", "kind", "date", "type"):
                    right[column] += sum(_same(gold[i][column], have[j][column]) for i, j in pairs)
        told = {tuple(sorted(map(tuple, claim["content"]))) for claim in row["claims"]}
        for place, number in enumerate((len(told & found.claims), len(found.claims), len(told))):
            counts["claims"][place] += number
    met = counts["events"][0]
    figures = {name: f1(*numbers) for name, numbers in counts.items() if numbers[2]}
    return figures | {f"{name} right": f"{100 * n / met if met else 0.0:.1f}" for name, n in right.items()}


def _typed(
    kind: str, pairs: Sequence[tuple[int, int]], gold: Sequence[Row], have: Sequence[Row]
) -> list[tuple[str, int]]:
    if kind != "entities":
        return []
    return [("entities with type", sum(gold[i]["type"] == have[j]["type"] for i, j in pairs))]


def _same(one: object, other: object) -> bool:
    return (one if isinstance(one, str) else None) == (other if isinstance(other, str) else None)


def story_figures(stories: Iterable[Row], package: Path) -> dict[str, str]:
    """Pairs of mentions in two articles that tell one event, F1 (precision / recall)."""
    tables = read_tables(package)
    hit = found = wanted = 0
    for story in stories:
        met: list[tuple[str, int, str | None]] = []
        for number, event in enumerate(story["events"]):
            for article, start, end in event["mentions"]:
                mine = tables[article].events.items() if article in tables else ()
                ids = (key for key, e in mine if any(a < end and start < b for a, b in e["spans"]))
                met.append((article, number, next(ids, None)))
        for one, other in combinations(met, 2):
            if one[0] != other[0]:
                same = one[2] is not None and one[2] == other[2]
                hit += same and one[1] == other[1]
                found += same
                wanted += one[1] == other[1]
    return {"event pairs across articles": f1(hit, found, wanted)}


# ------------------------------------------------------------------ builds
def build(rows: Iterable[Row], model: LanguageModel, folder: Path) -> onrecord.BuildResult:
    """Build some articles with the model."""
    articles = folder / "articles.jsonl"
    known = ("id", "text", "title", "publisher", "published")
    lines = [json.dumps({key: row[key] for key in known if row.get(key)}) for row in rows]
    articles.write_text("\n".join(lines), encoding="utf-8")
    return onrecord.build([articles], folder / "package", reader=model)


def count_spoilt(package: Path, spoiler: Spoiler) -> int:
    """How many spoilt rows are in the tables: events at their places, names and labels with the wrong one."""
    found = read_tables(package)
    there = [
        any(pair_up([spans], [event["spans"] for event in found[article].events.values()]))
        for article, spans in spoiler.places
    ]
    tables = onrecord.load(package)
    wrong = [FOREIGN in words for words in (*tables["events"].label, *tables["entities"].name)]
    return sum(there) + sum(wrong)


def measure(corpora: Path, model: LanguageModel, replay: bool, spoil: bool) -> None:
    """Build both corpora and print the figures."""
    stories = read_corpus(corpora, "stories-dev")
    desk = [{**row, "claims": []} for row in read_corpus(corpora, "desk-dev")]
    for name, rows in (("desk-dev", desk), ("stories-dev", list(rows_of_stories(stories)))):
        spoiler = Spoiler(spoil)
        if replay:
            rows = [read_built_in(row) for row in rows]
            keep_answers(rows, model.answers, spoiler)
        with tempfile.TemporaryDirectory() as folder:
            result = build(rows, model, Path(folder))
            package = Path(folder) / "package"
            figures = desk_figures(rows, package)
            if name == "stories-dev":
                figures |= story_figures(stories, package)
            print(f"{name}: {result.articles} articles")
            for what, figure in figures.items():
                print(f"  {what}: {figure}")
            if spoil:
                made = len(spoiler.places) + spoiler.names
                print(f"  spoilt: {made}, of them in the tables: {count_spoilt(package, spoiler)}")
            if result.asked is not None:
                print(f"  cost: {tell_cost(result.asked.spent)}")
                for reason, count in result.asked.dropped.items():
                    print(f"  not admitted: {reason}: {count}")
                for unread in result.asked.unread:
                    print(f"  {unread.message}")


def main(words: Sequence[str] | None = None) -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("endpoint", nargs="?")
    parser.add_argument("--model", default=REPLAYED)
    parser.add_argument("--protocol", choices=["chat", "responses"], default="chat")
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--beside", action="store_true")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--spoil", action="store_true")
    given = parser.parse_args(words)
    if not given.replay and (given.endpoint is None or given.model == REPLAYED):
        parser.error("give ENDPOINT and --model, or --replay")
    with tempfile.TemporaryDirectory() as own:
        model = LanguageModel(
            name=REPLAYED if given.replay else given.model,
            endpoint=given.endpoint,
            protocol=given.protocol,
            answers=given.answers or Path(own),
            beside=given.beside,
            offline=given.replay,
            limit=given.limit,
        )
        measure(given.corpora, model, given.replay, given.spoil)


if __name__ == "__main__":
    main()
