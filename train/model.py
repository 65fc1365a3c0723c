"""The reader's network: MiniLM's encoder over word pieces with shape and context embeddings; over words
linear heads, a tree, and vectors by which events are tied to names, dates and one another.

Roles are scored by a linear-chain CRF, the other tags word by word. Arcs are biaffine (Dozat and Manning
2017), labels of arcs and links come from one hidden layer over both words (Kiperwasser and Goldberg 2016).
"""

import math
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from onnx import numpy_helper
from torch import Tensor, nn
from train.labels import HEADS, LINKS, RELATIONS, ROLE_TAGS

from onrecord.tagging.features import CONTEXTS, SHAPES
from onrecord.tagging.spans import may_follow

WIDTH, ATTENTION_HEADS, INNER, POSITIONS, LAYERS = 384, 12, 1536, 512, 6
SIZES = [len(tags) for tags in HEADS.values()]
OUTPUTS = sum(SIZES)
ARC, LABEL, LINK, SAME = 256, 160, 96, 64
VECTORS = {
    "arc_word": ARC,
    "arc_head": ARC + 1,
    "root": 1,
    "label_word": LABEL,
    "label_head": LABEL,
    "link_event": LINK,
    "link_other": LINK,
    "same": SAME,
}
"""What the network gives for each word beside scores of tags, in this order, with its width."""
WORD_LAYERS = (
    "arc_word",
    "arc_up",
    "root",
    "label_word",
    "label_head",
    "link_event",
    "link_other",
    "same",
    "heads",
)
"""The layers over a word's state, in the order in which the exported file multiplies them as one."""


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
    """The encoder with its heads; ``transitions`` score one role tag after another."""

    def __init__(self, vocabulary: int, layers: int = LAYERS, dropout: float = 0.1):
        super().__init__()
        self.piece = nn.Embedding(vocabulary, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.shape = nn.Embedding(SHAPES, WIDTH)
        self.context = nn.Embedding(CONTEXTS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(layers))
        self.heads = nn.Linear(WIDTH, OUTPUTS)
        nn.init.normal_(self.heads.weight, std=0.02)
        nn.init.zeros_(self.heads.bias)
        self.transitions = nn.Parameter(torch.zeros(len(ROLE_TAGS), len(ROLE_TAGS)))
        self.register_buffer("lawful", torch.from_numpy(may_follow(ROLE_TAGS)), persistent=False)
        self.arc_word, self.arc_up = nn.Linear(WIDTH, ARC), nn.Linear(WIDTH, ARC)
        self.arc_head = nn.Linear(ARC, ARC + 1)
        nn.init.normal_(self.arc_head.weight, std=0.02)
        self.root = nn.Linear(WIDTH, 1)
        self.label_word, self.label_head = nn.Linear(WIDTH, LABEL), nn.Linear(WIDTH, LABEL)
        self.labels = nn.Linear(LABEL, len(RELATIONS))
        self.link_event, self.link_other = nn.Linear(WIDTH, LINK), nn.Linear(WIDTH, LINK)
        self.links = nn.Linear(LINK, len(LINKS))
        self.same = nn.Linear(WIDTH, SAME)
        self.same_bias = nn.Parameter(torch.tensor(-1.0))
        self.dropout = dropout

    def forward(
        self, pieces: Tensor, shapes: Tensor, contexts: Tensor, first: Tensor, mask: Tensor | None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Scores [batch, words, OUTPUTS] and the vectors of ``VECTORS``; ``first`` holds the place of each
        word's first piece."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.piece(pieces) + self.position(places) + self.shape(shapes) + self.context(contexts)
        x = locked_dropout(self.norm(x), self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, mask)
        words = torch.gather(x, 1, first.unsqueeze(-1).expand(-1, -1, WIDTH))
        words = locked_dropout(words, self.dropout, self.training)

        def hidden(layer: nn.Linear) -> Tensor:
            return locked_dropout(F.gelu(layer(words)), 2 * self.dropout, self.training)

        vectors = {
            "arc_word": hidden(self.arc_word),
            "arc_head": self.arc_head(hidden(self.arc_up)),
            "root": self.root(words),
            "label_word": self.label_word(words),
            "label_head": self.label_head(words),
            "link_event": self.link_event(words),
            "link_other": self.link_other(words),
            "same": self.same(words),
        }
        return self.heads(words), vectors

    def arcs(self, vectors: dict[str, Tensor], sentences: Tensor) -> Tensor:
        """Scores of heads [batch, words, words] within sentences; a word that is its own head is a root."""
        word, head = vectors["arc_word"].float(), vectors["arc_head"].float()
        scores = word @ head[..., :ARC].transpose(1, 2) + head[..., ARC].unsqueeze(1)
        diagonal = torch.eye(scores.shape[1], dtype=torch.bool)
        scores = torch.where(diagonal, vectors["root"].float(), scores)
        apart = sentences.unsqueeze(1) != sentences.unsqueeze(2)
        return scores.masked_fill(apart, -1e4)

    def label_arcs(self, vectors: dict[str, Tensor], heads: Tensor) -> Tensor:
        """Scores of relations [batch, words, RELATIONS] for the heads that are given."""
        width = vectors["label_head"].shape[-1]
        head = torch.gather(vectors["label_head"], 1, heads.unsqueeze(-1).expand(-1, -1, width))
        mixed: Tensor = self.labels(F.gelu(vectors["label_word"] + head))
        return mixed.float()

    def label_links(self, vectors: dict[str, Tensor], rows: Tensor) -> Tensor:
        """Scores of LINKS for rows of (window, event word, window, other word, ...)."""
        event = vectors["link_event"][rows[:, 0], rows[:, 1]]
        mixed: Tensor = self.links(F.gelu(event + vectors["link_other"][rows[:, 2], rows[:, 3]]))
        return mixed.float()

    def compare(self, vectors: dict[str, Tensor], rows: Tensor) -> Tensor:
        """How much more likely than not two event words tell one event, as a logit."""
        one = vectors["same"].float()[rows[:, 0], rows[:, 1]]
        two = vectors["same"].float()[rows[:, 2], rows[:, 3]]
        return (one * two).sum(-1) / math.sqrt(SAME) + self.same_bias


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


class Stored:
    """The weights of an exported reader as floats, and what its metadata tells."""

    def __init__(self, path: Path):
        model = onnx.load(str(path))
        self._values = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
        self.facts = {p.key: p.value for p in model.metadata_props}

    def table(self, name: str) -> Tensor:
        """An embedding table: 8-bit rows and their scales."""
        rows = self._values[f"{name}.rows"].astype(np.float32) * self._values[f"{name}.scales"]
        return torch.from_numpy(rows)

    def product(self, name: str) -> Tensor:
        """A weight [out, in]: 8-bit columns and their scales."""
        whole = self._values[f"{name}.weight"].astype(np.float32) * self._values[f"{name}.scale"]
        return torch.from_numpy(np.ascontiguousarray(whole.T))

    def plain(self, name: str) -> Tensor:
        """A value kept as floats."""
        return torch.from_numpy(self._values[name].copy())


def from_reader(path: Path) -> Network:
    """The network of an exported reader, its 8-bit weights read as floats."""
    import json

    old = Stored(path)
    net = Network(old.table("piece").shape[0])
    with torch.no_grad():
        net.piece.weight.copy_(old.table("piece"))
        for name in ("position", "shape", "context"):
            getattr(net, name).weight.copy_(old.plain(name))
        net.norm.weight.copy_(old.plain("norm.weight"))
        net.norm.bias.copy_(old.plain("norm.bias"))
        for number, layer in enumerate(net.layers):
            base = f"layers.{number}."
            for ours, theirs in (("query_key_value", "qkv"), ("attended", "attended"), ("inner", "inner"),
                                 ("outer", "outer")):  # fmt: skip
                part = getattr(layer, ours)
                part.weight.copy_(old.product(base + theirs))
                part.bias.copy_(old.plain(f"{base}{theirs}.bias"))
            for norm in ("norm1", "norm2"):
                getattr(layer, norm).weight.copy_(old.plain(f"{base}{norm}.weight"))
                getattr(layer, norm).bias.copy_(old.plain(f"{base}{norm}.bias"))
        weight, bias, at = old.product("words"), old.plain("words.bias"), 0
        for name in WORD_LAYERS:
            layer = getattr(net, name)
            layer.weight.copy_(weight[at : at + len(layer.bias)])
            layer.bias.copy_(bias[at : at + len(layer.bias)])
            at += len(layer.bias)
        net.arc_head.weight.copy_(old.product("arc_head"))
        net.arc_head.bias.copy_(old.plain("arc_head.bias"))
        for name, stored in json.loads(old.facts["layers"]).items():
            layer = getattr(net, name)
            layer.weight.copy_(torch.tensor(stored["weight"]))
            layer.bias.copy_(torch.tensor(stored["bias"]))
        net.same_bias.fill_(json.loads(old.facts["same_bias"]))
        steps = torch.tensor(json.loads(old.facts["transitions"]))
        net.transitions.copy_(torch.where(net.lawful < 0, torch.zeros(()), steps))
    return net
