"""The reader's network: MiniLM's encoder over word pieces with shape and context embeddings, linear heads
over words.

Roles are scored by a linear-chain CRF, the other heads word by word.
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors.torch import load_file
from torch import Tensor, nn
from train.labels import HEADS, ROLE_TAGS

from onrecord.tagging.features import CONTEXTS, SHAPES
from onrecord.tagging.spans import may_follow

WIDTH, ATTENTION_HEADS, INNER, POSITIONS, LAYERS = 384, 12, 1536, 512, 6
SIZES = [len(tags) for tags in HEADS.values()]
OUTPUTS = sum(SIZES)


def locked_dropout(x: Tensor, rate: float, training: bool) -> Tensor:
    """Dropout with one mask for all words of a window: drawing a mask for each took a tenth of the time."""
    if not training or rate == 0:
        return x
    keep = torch.rand(x.shape[0], 1, x.shape[2], dtype=torch.float32) >= rate
    return x * (keep / (1 - rate)).to(x.dtype)


class Layer(nn.Module):
    """One layer of the encoder: attention and a feed-forward network, each added to its input and normed."""

    def __init__(self, dropout: float):
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """[batch, pieces, WIDTH] to the same; ``mask`` [batch, 1, 1, pieces] is added to what is attended."""
        batch, length, _ = x.shape
        split = self.query_key_value(x).view(batch, length, 3, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        # written out: with its gradient twice as fast as the fused operator in bfloat16 on a CPU
        weights = (query / math.sqrt(WIDTH // ATTENTION_HEADS)) @ key.transpose(-1, -2)
        mixed = torch.softmax(weights if mask is None else weights + mask.to(weights.dtype), -1) @ value
        mixed = self.attended(mixed.transpose(1, 2).reshape(batch, length, WIDTH))
        x = self.norm1(x + locked_dropout(mixed, self.dropout, self.training))
        inner = self.outer(F.gelu(self.inner(x)))
        return self.norm2(x + locked_dropout(inner, self.dropout, self.training))


class Network(nn.Module):
    """The encoder with one linear layer for all heads; ``transitions`` score one role tag after another."""

    def __init__(self, vocabulary: int, layers: int, dropout: float = 0.1):
        super().__init__()
        self.piece = nn.Embedding(vocabulary, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.shape = nn.Embedding(SHAPES, WIDTH)
        self.context = nn.Embedding(CONTEXTS, WIDTH)
        nn.init.zeros_(self.shape.weight)
        nn.init.zeros_(self.context.weight)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.heads = nn.Linear(WIDTH, OUTPUTS)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)
        self.transitions = nn.Parameter(torch.zeros(len(ROLE_TAGS), len(ROLE_TAGS)))
        self.register_buffer("lawful", torch.from_numpy(may_follow(ROLE_TAGS)), persistent=False)
        self.dropout = dropout

    def forward(
        self, pieces: Tensor, shapes: Tensor, contexts: Tensor, first: Tensor, mask: Tensor | None
    ) -> Tensor:
        """Scores [batch, words, OUTPUTS]; ``first`` holds the place of each word's first piece."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.piece(pieces) + self.position(places) + self.shape(shapes) + self.context(contexts)
        x = locked_dropout(self.norm(x), self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, mask)
        words = torch.gather(x, 1, first.unsqueeze(-1).expand(-1, -1, WIDTH))
        return self.heads(locked_dropout(words, self.dropout, self.training))


def split_heads(scores: Tensor) -> dict[str, Tensor]:
    """The scores of each head."""
    return dict(zip(HEADS, scores.split(SIZES, dim=-1), strict=True))


def log_partition(scores: Tensor, counts: Tensor, transitions: Tensor) -> Tensor:
    """The logarithm of the summed weight of all tag chains of each window; its gradient by ``scores`` is how
    likely each tag of each word is. Every window may begin and end within a span."""
    alive = torch.arange(scores.shape[1]).unsqueeze(0) < counts.unsqueeze(1)
    steps = transitions.unsqueeze(0)
    # unbind, not scores[:, t]: the gradient of each slice would fill a tensor as large as the scores
    columns = scores.unbind(1)
    alpha = columns[0]
    for t, going in enumerate(alive.unbind(1)[1:], start=1):
        grown = torch.logsumexp(alpha.unsqueeze(2) + steps, dim=1) + columns[t]
        alpha = torch.where(going.unsqueeze(1), grown, alpha)
    return torch.logsumexp(alpha, dim=1)


def chain_loss(scores: Tensor, wanted: Tensor, counts: Tensor, transitions: Tensor, lawful: Tensor) -> Tensor:
    """Cross-entropy of tag chains, summed. ``wanted`` [windows, words, tags] is how likely each tag is, all 0
    beyond a window's end; neighbouring tags are taken as independent given it."""
    reached = (scores * wanted).sum() + ((wanted[:, :-1] @ transitions) * wanted[:, 1:]).sum()
    return log_partition(scores, counts, transitions + lawful).sum() - reached


def from_minilm(weights: Path) -> Network:
    """The network with MiniLM's embeddings and layers."""
    old = load_file(weights)
    old = {k.removeprefix("bert."): v for k, v in old.items()}
    net = Network(old["embeddings.word_embeddings.weight"].shape[0], LAYERS)
    with torch.no_grad():
        net.piece.weight.copy_(old["embeddings.word_embeddings.weight"])
        net.position.weight.copy_(
            old["embeddings.position_embeddings.weight"] + old["embeddings.token_type_embeddings.weight"][0]
        )
        net.norm.weight.copy_(old["embeddings.LayerNorm.weight"])
        net.norm.bias.copy_(old["embeddings.LayerNorm.bias"])
        for number, layer in enumerate(net.layers):
            base = f"encoder.layer.{number}."
            for part in ("weight", "bias"):
                getattr(layer.query_key_value, part).copy_(
                    torch.cat([old[f"{base}attention.self.{n}.{part}"] for n in ("query", "key", "value")])
                )
                getattr(layer.attended, part).copy_(old[f"{base}attention.output.dense.{part}"])
                getattr(layer.norm1, part).copy_(old[f"{base}attention.output.LayerNorm.{part}"])
                getattr(layer.inner, part).copy_(old[f"{base}intermediate.dense.{part}"])
                getattr(layer.outer, part).copy_(old[f"{base}output.dense.{part}"])
                getattr(layer.norm2, part).copy_(old[f"{base}output.LayerNorm.{part}"])
    return net
