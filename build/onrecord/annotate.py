"""One article by itself: its blocks, what the reader proposes, and the relations made of that.

This module composes the stages that know one article; none of them knows another.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from onrecord.claims import attribute, chain, sure
from onrecord.claims.credits import complete
from onrecord.claims.listed import add_voices, as_attributions
from onrecord.cleaning import bounds, clean, headlines, notes, text
from onrecord.dates import when
from onrecord.english.text import Text
from onrecord.errors import GroundingError
from onrecord.events.assemble import list_events
from onrecord.events.listed import take_listed
from onrecord.events.scene import Scene
from onrecord.figures import figures
from onrecord.llm.judging import tell_both
from onrecord.model import (
    Annotated,
    Article,
    Attribution,
    Claim,
    Document,
    Hop,
    ListedEntity,
    LocalEntity,
    Mention,
    Name,
    Reader,
    Reading,
    Span,
)
from onrecord.overlap import HasOffsets, Overlaps, same_said
from onrecord.people import settle, who
from onrecord.tagging.reader import TrainedReader

NOTE_SURE = 0.9
"""Confidence of what a note of correction says. A choice, not measured."""


@cache
def default_reader() -> Reader:
    """The built-in reader, loaded once a process."""
    return TrainedReader()


def find_document(article: Article) -> Document:
    """The article's text with its blocks and the sentences of all blocks that are not furniture."""
    blocks = clean.find_blocks(article.text, article.title)
    sentences = tuple(
        sentence
        for block in blocks
        if block.kind not in ("correction", "furniture")
        for sentence in text.split_sentences(article.text, block.start, block.end)
    )
    return Document(article.text, blocks, sentences, article.title, article.published)


def annotate(
    articles: Sequence[Article], reader: Reader, second: Reader | None = None
) -> Iterator[Annotated]:
    """Read and assemble each article by itself, in order. What a second reader lists is taken as well."""
    documents = [find_document(article) for article in articles]
    lists = [None] * len(documents) if second is None else second.read(documents)
    readings = zip(reader.read(documents), lists, strict=True)
    for article, document, (reading, listed) in zip(articles, documents, readings, strict=True):
        try:
            yield assemble_both(article, document, reading, listed, reader.method)
        except Exception as error:  # whatever it is, it is raised again with the article's name
            error.add_note(f"while assembling the article {article.name!r}")
            raise


def assemble_both(
    article: Article, document: Document, reading: Reading, listed: Reading | None, method: str
) -> Annotated:
    """As ``assemble``, with what a second reader lists: its rows say whether the first proposes them too."""
    alone = assemble(article, document, reading, method)
    if listed is None or not (listed.entities or listed.events or listed.claims):
        return alone
    together = replace(
        reading,
        entities=listed.entities,
        events=listed.events,
        claims=listed.claims,
        listed_by=listed.listed_by,
    )
    return tell_both(assemble(article, document, together, method), alone)


def assemble(article: Article, document: Document, reading: Reading, method: str) -> Annotated:
    """Relations from spans: claims with chains, entities, dates with values, events with participants."""
    check_reading(article, reading)
    article = complete(article, document.blocks)
    listed_by = reading.listed_by or method
    settled = headlines.settle_headlines(document, settle.settle_names(document, reading.names))
    names, methods = with_listed_names(settled, reading.entities, listed_by)
    dates = when.date_phrases(document, when.find_phrases(document), article.published)
    reading = replace(reading, roles=bounds.cut_at_blocks(document, reading.roles))
    joined = attribute.join_attributions(document, reading)
    proposed = with_notes(document, with_listed_claims(document, joined, reading, method))
    kept = [(a, by) for a, by in proposed if bounds.claims_something(document, a)]
    attributions = [attribution for attribution, _ in kept]
    siblings = chain.Siblings(attributions)
    voices = {claim.content: claim.voices for claim in reading.claims}
    chains = [
        add_voices(
            document.text,
            chain.trace_hops(document, attribution, siblings, names=names),
            voices.get(attribution.content, ()),
            names,
        )
        for attribution in attributions
    ]
    quotes = [
        (part, attribution.speakers[0])
        for attribution in attributions
        if attribution.quote_type == "direct" and attribution.speakers
        for part in attribution.content
    ]
    said = [
        (part, attribution.speakers[0])
        for attribution in attributions
        if attribution.kind == "statement" and attribution.speakers
        for part in attribution.content
    ]
    agents = [Span(hop.start, hop.end) for hops in chains for hop in hops if hop.agent]
    local, mentions = who.resolve_entities(
        document, names, extra=agents, quotes=quotes, listed=reading.entities, voices=said
    )
    mentions = tuple(replace(m, method=methods.get((m.start, m.end), m.method)) for m in mentions)
    overlaps = Overlaps(mentions)
    told_in = with_note_sentences(document)
    claims = tuple(
        find_claim(told_in, attribution, hops, local, mentions, overlaps, by)
        for (attribution, by), hops in zip(kept, chains, strict=True)
    )
    given = Overlaps([span for event in reading.events for span in event.mentions])
    scene = Scene(
        text=Text(document, reading.tokens),
        told=reading.told,
        mentions=mentions,
        dates=dates,
        claims=claims,
        taken=given,
    )
    found, events = list_events(scene, local, method)
    listed, told = take_listed(scene, reading.events, len(events), listed_by)
    happened = tuple(sorted([*found, *listed], key=lambda mention: (mention.start, mention.end)))
    numbers = figures.find_figures(document, mentions, dates)
    return Annotated(
        article, document.blocks, local, mentions, dates, claims, happened, (*events, *told), numbers
    )


def with_listed_names(
    names: Sequence[Name], entities: Sequence[ListedEntity], listed_by: str
) -> tuple[tuple[Name, ...], dict[tuple[int, int], str]]:
    """The names and those of listed entities, of which others that overlap them give way; and by the offsets
    of a listed name who proposed it."""
    given = [Name(m.start, m.end, e.type, e.confidence) for e in entities for m in e.mentions]
    over = Overlaps(given)
    free = [name for name in names if not over.over(name.start, name.end)]
    together = sorted([*free, *given], key=lambda name: (name.start, name.end))
    return tuple(together), {(name.start, name.end): listed_by for name in given}


def with_listed_claims(
    document: Document, joined: Sequence[Attribution], reading: Reading, method: str
) -> list[tuple[Attribution, str]]:
    """The attributions with who proposed each, in order of their words: where the reader lists a claim, that
    alone stands for what is said there."""
    given = as_attributions(document, reading.claims)
    free = [
        attribution for attribution in joined if not any(same_said(attribution, other) for other in given)
    ]
    together = [(a, method) for a in free] + [(a, reading.listed_by or method) for a in given]
    return sorted(together, key=lambda pair: [(s.start, s.end) for s in (*pair[0].content, *pair[0].cues)])


def with_notes(
    document: Document, proposed: Sequence[tuple[Attribution, str]]
) -> list[tuple[Attribution, str]]:
    """The attributions with one more for each note in which the outlet corrects what it printed: a statement
    in its own voice. No reader reads a note, whose sentences tell anew what the article told wrong."""
    own = [
        (Attribution((note,), (), (), "none", NOTE_SURE), "layout")
        for note in notes.correction_notes(document)
    ]
    return sorted(
        [*proposed, *own], key=lambda pair: [(s.start, s.end) for s in (*pair[0].content, *pair[0].cues)]
    )


def with_note_sentences(document: Document) -> Document:
    """The document with what each note of correction says as one sentence more."""
    found = notes.correction_notes(document)
    if not found:
        return document
    return replace(document, sentences=tuple(sorted((*document.sentences, *found), key=lambda s: s.start)))


def find_claim(
    document: Document,
    attribution: Attribution,
    hops: Sequence[Hop],
    local: Sequence[LocalEntity],
    mentions: Sequence[Mention],
    overlaps: Overlaps,
    method: str,
) -> Claim:
    """One claim with who says it, who is in it and how sure it is."""

    def near(span: Span) -> list[Mention]:
        return [mentions[place] for place in overlaps.over(span.start, span.end)]

    def find_chain(span: Span) -> int | None:
        return who.chain_at(document.text, near(span), span)

    def know(hop: Hop) -> Hop:
        place = find_chain(Span(hop.start, hop.end)) if hop.agent else None
        return hop if place is None else chain.name_known(replace(hop, chain=place), local[place])

    judged = sure.judge_claim(document, attribution)
    known = tuple(know(hop) for hop in hops)
    inside = {
        mention.chain
        for part in attribution.content
        for mention in near(part)
        if part.start <= mention.start and mention.end <= part.end
    }
    return Claim(
        attribution.content,
        attribution.cues,
        attribution.speakers,
        attribution.quote_type,
        find_speaker(attribution.speakers, known, find_chain),
        known[0].anonymity if known else None,
        judged.certainty,
        judged.polarity,
        judged.time,
        known,
        tuple(sorted(inside)),
        attribution.confidence,
        method,
        attribution.kind,
    )


def find_speaker(
    speakers: Sequence[Span], hops: Sequence[Hop], find_chain: Callable[[Span], int | None]
) -> int | None:
    """The entity of the first speaker: of the whole phrase, else of the name in it that shows the first hop.

    >>> hop = Hop(13, 22, "Ana Ortiz", "asked", 4, "named", "person")
    >>> find_speaker([Span(0, 22)], [hop], lambda span: None)
    4
    >>> find_speaker([Span(0, 11)], [hop], lambda span: None)
    """
    if not speakers:
        return None
    first = speakers[0]
    chain = find_chain(first)
    if chain is None and hops and first.start <= hops[0].start and hops[0].end <= first.end:
        return hops[0].chain
    return chain


def check_reading(article: Article, reading: Reading) -> None:
    """Raise GroundingError where a reader proposes a span that is not in the text."""
    size = len(article.text)
    for span in list_spans(reading):
        if not 0 <= span.start < span.end <= size:
            raise GroundingError(
                f"{article.name}: the reader proposes characters {span.start} to {span.end} "
                f"of a text of {size}"
            )


def list_spans(reading: Reading) -> Iterator[HasOffsets]:
    """All characters that a reader points at."""
    for spans in (reading.names, reading.roles, reading.statements, reading.tokens, reading.told):
        yield from spans
    for entity in reading.entities:
        yield from entity.mentions
    for event in reading.events:
        yield from event.mentions
        yield from (part.words for part in event.participants if part.words is not None)
    for claim in reading.claims:
        yield from (*claim.content, *claim.cues, *claim.speakers, *claim.voices)
