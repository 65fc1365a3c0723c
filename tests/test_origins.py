"""Where claims come from: the far end of the chain, a credit, or nobody that can be told."""

import random
from typing import Any

from small_news import Said, Via, tell

from onrecord.clusters import PAIRED, tie
from onrecord.model import Annotated, make_id
from onrecord.resolving.entities import link_entities
from onrecord.resolving.origins import relate_sources, trace_origins
from onrecord.world import Origin, SourceRelation

SAYS = "the dam will be raised by two metres"


def relay(outlet: str, name: str = "relay", **known: Any) -> Annotated:
    text = f"Officials told {outlet} that {SAYS}, a plan named in {name}."
    via = (Via("Officials", anonymity="collective"), Via(outlet, "outlet"))
    return tell(text, Said(SAYS, via), names={outlet: "organization"}, name=name, **known)


def trace(
    *articles: Annotated, copies: dict[str, str] | None = None
) -> tuple[list[tuple[str | None, ...]], list[str | None], dict[str, Origin]]:
    ids, rows = link_entities(articles)
    by_claim, own, origins = trace_origins(articles, ids, rows, copies)
    return list(by_claim), own, {origin.origin_id: origin for origin in origins}


def test_two_that_relay_one_outlet_have_one_origin() -> None:
    (one, other), own, origins = trace(relay("Nordic Wire"), relay("Nordic Wire", "second"))
    assert one == other == (own[0],)
    (origin,) = origins.values()
    assert (origin.label, origin.kind) == ("Nordic Wire", "outlet")
    assert origin.entity_id is not None


def test_a_credit_and_a_cited_outlet_meet() -> None:
    own_voice = tell(f"OSLO (AP) — It is settled: {SAYS}.", Said(SAYS), name="wire", credit="AP")
    (credited, cited), own, origins = trace(own_voice, relay("the Associated Press"))
    assert credited == cited
    assert own[0] == own[1]
    assert [origin.label for origin in origins.values()] == ["Associated Press"]


def test_a_named_speaker_stays_the_origin_in_a_wire_story() -> None:
    text = f"Ada Nyberg said {SAYS}."
    said = tell(text, Said(SAYS, (Via("Ada Nyberg"),)), names={"Ada Nyberg": "person"}, credit="AP")
    by_claim, own, origins = trace(said)
    assert by_claim[0][0] is not None
    assert origins[by_claim[0][0]].label == "Ada Nyberg"
    assert own[0] is not None
    assert origins[own[0]].label == "Associated Press"


def test_unknown_stays_unknown() -> None:
    unnamed = tell(f"Officials said {SAYS}.", Said(SAYS, (Via("Officials", anonymity="unnamed"),)))
    own_voice = tell(f"Plainly {SAYS}.", Said(SAYS), publisher="Harbour Weekly")
    report = tell(f"A report said {SAYS}.", Said(SAYS, (Via("A report", "document", "described"),)))
    nobody = tell(f"Reportedly {SAYS}.", Said(SAYS, (Via(None, "other", "unnamed"),)))
    by_claim, own, origins = trace(unnamed, own_voice, report, nobody)
    assert by_claim == [(None,)] * 4
    assert own == [None] * 4
    assert not origins


def test_a_copy_rests_on_the_credit_of_its_twin() -> None:
    credited = tell(f"OSLO (AP) — It is settled: {SAYS}.", Said(SAYS), credit="AP")
    bare = tell(f"It is settled: {SAYS}.", Said(SAYS))
    both = {one.article.source_id: "twins" for one in (credited, bare)}
    (one, other), own, _ = trace(credited, bare, copies=both)
    assert one == other != (None,)
    assert own[0] == own[1]
    rival = tell(f"OSLO (AFP) — It is settled: {SAYS}.", Said(SAYS), credit="AFP")
    three = {one.article.source_id: "triplets" for one in (credited, bare, rival)}
    by_claim, own, _ = trace(credited, bare, rival, copies=three)
    assert by_claim[1] == (None,)
    assert own[1] is None


def test_an_outlet_that_quotes_itself_relays_nobody() -> None:
    _, own, _ = trace(relay("Nordic Wire", publisher="Nordic Wire"))
    assert own == [None]


def test_an_article_that_cites_an_outlet_by_the_way_does_not_relay_it() -> None:
    said = ("it is old", "it is cold", "it is dark", "it is dear")
    text = f"Officials told Nordic Wire that {SAYS}. Residents said {', '.join(said)}."
    nos = [Said(words, (Via("Residents", anonymity="collective"),)) for words in said]
    via = (Via("Officials", anonymity="collective"), Via("Nordic Wire", "outlet"))
    feature = tell(text, Said(SAYS, via), *nos, names={"Nordic Wire": "organization"})
    by_claim, own, origins = trace(feature)
    assert own == [None]
    assert [origins[origin].label for origin in by_claim[0] if origin] == ["Nordic Wire"]


def relations(*articles: Annotated, groups: list[tuple[str, ...]]) -> tuple[SourceRelation, ...]:
    ids, known = link_entities(articles)
    by_claim, own, origins = trace_origins(articles, ids, known)
    rows = relate_sources(articles, own, by_claim, origins, groups)
    return tuple(sorted(rows, key=lambda row: (row.source_id, row.other_source_id, row.relation)))


def test_to_cite_takes_a_claim_in_common() -> None:
    paper = tell(f"It is settled: {SAYS}.", Said(SAYS), publisher="Nordic Wire", name="original")
    (row,) = relations(relay("Nordic Wire"), paper, groups=[(make_id("grp", "g"),)] * 2)
    assert (row.relation, row.other_source_id) == ("cites", paper.article.source_id)
    assert not relations(relay("Nordic Wire"), paper, groups=[(make_id("grp", "g"),), (make_id("grp", "h"),)])


def test_rows_of_a_busy_origin_grow_with_the_articles() -> None:
    many = [relay("Nordic Wire", str(number)) for number in range(3 * PAIRED)]
    rows = relations(*many, groups=[(make_id("grp", number),) for number in range(len(many))])
    assert len(rows) == len(many) - 1
    few = relations(*many[:4], groups=[(make_id("grp", number),) for number in range(4)])
    assert len(few) == 6
    assert {row.basis for row in few} == {"both relay Nordic Wire"}


def test_ties_hang_all_together() -> None:
    for size in (0, 1, 2, PAIRED, PAIRED + 1, 200):
        items = [f"{number:03}" for number in range(size)]
        reached = {items[0]} if items else set()
        for one, other in sorted(tie(random.Random(size).sample(items, size))):
            assert one < other
            if one in reached:
                reached.add(other)
        assert reached == set(items)


def test_the_order_of_the_articles_does_not_matter() -> None:
    held = [relay("Nordic Wire"), relay("The Associated Press", "b"), relay("AP", "c", credit="AFP")]
    forward, backward = trace(*held), trace(*reversed(held))
    assert forward[0] == backward[0][::-1]
    assert forward[1] == backward[1][::-1]
    assert forward[2] == backward[2]
