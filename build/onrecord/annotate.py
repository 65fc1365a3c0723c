"""One article by itself: its blocks, what the reader proposes, and the relations made of that.

This module composes the stages that know one article; none of them knows another.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from onrecord import attribute, chain, clean, happen, sure, text, when, who
from onrecord.errors import GroundingError
from onrecord.model import Annotated, Article, Attribution, Claim, Document, Hop, Mention, Reader, Reading
from onrecord.rules import RulesReader


@cache
def default_reader() -> Reader:
    """The built-in reader, loaded once a process."""
    return RulesReader()


def find_document(article: Article) -> Document:
    """The article's text with its blocks and the sentences of all blocks that are not furniture."""
    blocks = clean.find_blocks(article.text, article.title)
    sentences = tuple(
        sentence
        for block in blocks
        if block.kind != "furniture"
        for sentence in text.split_sentences(article.text, block.start, block.end)
    )
    return Document(article.text, blocks, sentences)


def annotate(articles: Sequence[Article], reader: Reader) -> Iterator[Annotated]:
    """Read and assemble each article by itself, in order."""
    documents = [find_document(article) for article in articles]
    for article, document, reading in zip(articles, documents, reader.read(documents), strict=True):
        try:
            yield assemble(article, document, reading, reader.method)
        except Exception as error:
            error.add_note(f"while assembling the article {article.name!r}")
            raise


def assemble(article: Article, document: Document, reading: Reading, method: str) -> Annotated:
    """Relations from spans: claims with their chains, entities, dates with values, events with participants."""
    check_reading(article, reading)
    attributions = attribute.join_attributions(document, reading)
    phrases = reading.phrases or when.find_phrases(document)
    dates = when.date_phrases(document, phrases, article.published)
    chains = [chain.trace_hops(document, attribution, attributions) for attribution in attributions]
    spoken = [
        (c, s) for a in attributions for c in a.content for s in a.speakers[:1] if a.quote_type == "direct"
    ]
    local, mentions = who.resolve_entities(document, reading.names, quotes=spoken)
    claims = tuple(
        find_claim(document, attribution, hops, mentions, method)
        for attribution, hops in zip(attributions, chains, strict=True)
    )
    return Annotated(
        article,
        document.blocks,
        local,
        mentions,
        dates,
        claims,
        happen.assemble_events(document, reading.triggers, mentions, dates, attributions, method),
    )


def find_claim(
    document: Document,
    attribution: Attribution,
    hops: tuple[Hop, ...],
    mentions: tuple[Mention, ...],
    method: str,
) -> Claim:
    """One claim with who says it, who is in it and how sure it is."""
    judged = sure.judge_claim(document, attribution)
    speaker = who.chain_at(mentions, attribution.speakers[0]) if attribution.speakers else None
    inside = {
        mention.chain
        for mention in mentions
        for part in attribution.content
        if part.start <= mention.start and mention.end <= part.end
    }
    return Claim(
        attribution.content,
        attribution.cues,
        attribution.speakers,
        attribution.quote_type,
        speaker,
        hops[0].anonymity if hops else None,
        judged.certainty,
        judged.polarity,
        judged.time,
        hops,
        tuple(sorted(inside)),
        attribution.confidence,
        method,
    )


def check_reading(article: Article, reading: Reading) -> None:
    """Raise GroundingError where a reader proposes a span that is not in the text."""
    size = len(article.text)
    for spans in (reading.names, reading.roles, reading.triggers, reading.phrases, reading.statements):
        for span in spans:
            if not 0 <= span.start < span.end <= size:
                raise GroundingError(
                    f"{article.name}: the reader proposes characters {span.start} to {span.end} "
                    f"of a text of {size}"
                )
