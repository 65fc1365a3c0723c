"""How well a checkpoint reads the texts that are held out, word by word, before any rule."""

import numpy as np
import torch
from train.example import Example
from train.labels import HEADS, IGNORED, LINKS, UPOS
from train.model import Network, split_heads
from train.windows import TREES, batches, collate, cut

WINDOW, BUDGET = 160, 6000
PUNCT = UPOS.index("PUNCT")


class Counts(dict[str, list[float]]):
    """Right, proposed and wanted, or right and all, by name."""

    def add(self, name: str, *values: float) -> None:
        """Add to what is counted under a name."""
        old = self.setdefault(name, [0.0] * len(values))
        self[name] = [a + float(b) for a, b in zip(old, values, strict=True)]

    def share(self, name: str) -> float:
        """The first of all, in percent."""
        right, of = self.get(name, [0, 0])
        return round(100 * right / max(of, 1), 2)

    def f1(self, name: str) -> float:
        """F1 in percent."""
        right, proposed, wanted = self.get(name, [0, 0, 0])
        return round(200 * right / max(proposed + wanted, 1), 2)


def spans(tags: list[int]) -> set[tuple[int, int, int]]:
    """The spans of B and I tags that begin with a B, or with an I that nothing of its kind stands before."""
    found, first, kind = set(), -1, -1
    for i, tag in enumerate([*tags, 0]):
        own = (tag - 1) // 2 if tag > 0 else -1
        if first >= 0 and (own != kind or tag % 2 == 1):
            found.add((first, i, kind))
            first = -1
        if tag > 0 and first < 0:
            first, kind = i, own
    return found


def measure(net: Network, examples: list[Example]) -> dict[str, float]:
    """Figures in percent; events at the threshold that is best for them."""
    counts = Counts()
    likely: list[tuple[float, int]] = []
    windows = [w for e in examples for w in cut(e, WINDOW) if e.corpus != "factappeal"]
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for group in batches(windows, BUDGET, None):
            batch = collate(group, None)
            scores, vectors = net(batch.pieces, batch.shapes, batch.contexts, batch.first, batch.mask)
            heads = split_heads(scores.float())
            for head in ("status", "kinds", "types", "tags", "forms"):
                known = batch.tags[head] != IGNORED
                if head == "tags":
                    known &= batch.tags[head] != PUNCT
                counts.add(head, (heads[head].argmax(-1) == batch.tags[head])[known].sum(), known.sum())
            if any(w.example.corpus in TREES for w in group):
                add_trees(net, batch, vectors, counts)
            known = batch.tags["events"] != IGNORED
            chances = heads["events"].softmax(-1)[..., 1][known]
            likely += zip(chances.tolist(), batch.tags["events"][known].tolist(), strict=True)
            for head in ("names", "roles"):
                add_spans(head, heads[head].argmax(-1).numpy(), batch.tags[head].numpy(), counts)
            if len(batch.links):
                found, gold = net.label_links(vectors, batch.links).argmax(-1), batch.links[:, 4]
                counts.add("links", ((found == gold) & (gold > 0)).sum(), (found > 0).sum(), (gold > 0).sum())
                time = LINKS.index("time")
                counts.add("times", ((found == gold) & (gold == time)).sum(), (found == time).sum(),
                           (gold == time).sum())  # fmt: skip
            if len(batch.pairs):
                same, gold = net.compare(vectors, batch.pairs) > 0, batch.pairs[:, 4] > 0
                counts.add("same", (same & gold).sum(), same.sum(), gold.sum())
    return {
        "upos": counts.share("tags"), "uas": counts.share("uas"), "las": counts.share("las"),
        "forms": counts.share("forms"), "events": best_f1(likely), "status": counts.share("status"),
        "kinds": counts.share("kinds"), "types": counts.share("types"), "names": counts.f1("names"),
        "roles": counts.f1("roles"), "links": counts.f1("links"), "times": counts.f1("times"),
        "same": counts.f1("same"),
    }  # fmt: skip


def add_trees(net: Network, batch: object, vectors: dict[str, torch.Tensor], counts: Counts) -> None:
    """Heads, and heads with relations, punctuation aside."""
    arcs = net.arcs(vectors, batch.sentences)  # type: ignore[attr-defined]
    heads = arcs.argmax(-1)
    labels = net.label_arcs(vectors, heads).argmax(-1)
    known = (batch.heads != IGNORED) & (batch.tags["tags"] != PUNCT)  # type: ignore[attr-defined]
    right = heads == batch.heads  # type: ignore[attr-defined]
    both = right & (labels == batch.relations)  # type: ignore[attr-defined]
    counts.add("uas", right[known].sum(), known.sum())
    counts.add("las", both[known].sum(), known.sum())


def add_spans(head: str, found: np.ndarray, wanted: np.ndarray, counts: Counts) -> None:
    """Exact spans with their kind; roles are compared by their words' tags alone."""
    for mine, gold in zip(found, wanted, strict=True):
        known = gold != IGNORED
        if not known.any():
            continue
        if head == "roles":
            own, told = (mine[known] > 0), (gold[known] > 0)
            same = ((mine[known] - 1) // 4 == (gold[known] - 1) // 4) & own & told
            counts.add(head, same.sum(), own.sum(), told.sum())
        else:
            own, told = spans(np.where(known, mine, 0).tolist()), spans(np.where(known, gold, 0).tolist())
            counts.add(head, len(own & told), len(own), len(told))


def best_f1(likely: list[tuple[float, int]]) -> float:
    """The best F1 over all thresholds, in percent."""
    total, right, best = sum(gold for _, gold in likely), 0, 0.0
    for place, (_, gold) in enumerate(sorted(likely, key=lambda x: -x[0]), start=1):
        right += gold
        best = max(best, 200 * right / (place + total))
    return round(best, 2)


__all__ = ["HEADS", "measure"]
