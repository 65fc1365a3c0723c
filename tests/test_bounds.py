"""What a reader proposes is held to the blocks of the page."""

from itertools import pairwise
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from spans import any_span

from onrecord.cleaning.bounds import claims_something, cut_at_blocks
from onrecord.model import Attribution, Block, BlockKind, Document, Role, RoleKind, Span

TEXT = "What comes next\nThe ministry said the port would close.\n\nDockers marched."
DOCUMENT = Document(TEXT, (Block(0, 15, "heading"), Block(16, 55, "body"), Block(57, 73, "body")), ())


def test_content_over_two_paragraphs_becomes_two_pieces() -> None:
    pieces = cut_at_blocks(DOCUMENT, [Role(34, 73, "content", 2, 0.7)])
    assert [TEXT[p.start : p.end] for p in pieces] == ["the port would close.", "Dockers marched."]
    assert {(p.role, p.group, p.confidence) for p in pieces} == {("content", 2, 0.7)}


def test_what_stands_in_one_block_is_as_it_was() -> None:
    roles = (Role(16, 28, "source", 0, 0.9), Role(29, 33, "cue", 0, 0.9), Role(0, 15, "content", 1, 0.4))
    assert cut_at_blocks(DOCUMENT, roles) == roles


def test_an_attribution_to_nobody_needs_a_sure_reader() -> None:
    content, cue, speaker = (Span(34, 54),), (Span(29, 33),), (Span(16, 28),)
    assert claims_something(DOCUMENT, Attribution(content, cue, speaker, "indirect", 0.2))
    assert claims_something(DOCUMENT, Attribution(content, cue, (), "indirect", 0.8))
    assert not claims_something(DOCUMENT, Attribution(content, cue, (), "indirect", 0.2))


@given(st.text(min_size=3, max_size=60), st.data())
def test_any_pieces_lie_in_one_block_and_in_their_role(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text) - 1), max_size=4)) | {0, len(text)})
    kinds = st.sampled_from(get_args(BlockKind))
    blocks = tuple(Block(a, b, data.draw(kinds)) for a, b in pairwise(cuts))
    role = Role(*data.draw(any_span(text)), data.draw(st.sampled_from(get_args(RoleKind))), 0, 0.5)
    pieces = cut_at_blocks(Document(text, blocks, ()), [role])
    assert pieces
    for piece in pieces:
        assert role.start <= piece.start < piece.end <= role.end
        assert sum(b.start < piece.end and piece.start < b.end for b in blocks) == 1
