"""Step 3: train the network on the examples, all heads together, or go on from a checkpoint.

    python -m train.train --examples taught.pkl --reader reader.onnx --out run/ --epochs 8

It starts from the encoder of an exported reader. Seeds are fixed. bfloat16 arithmetic where the processor has
it. The weights kept are an exponential moving average over the steps.
"""

import argparse
import json
import pickle
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor
from train.corpora import is_kept_for_fitting
from train.example import Example
from train.labels import IGNORED
from train.measure import measure
from train.model import Network, chain_loss, from_reader, split_heads
from train.windows import Batch, batches, collate, training_windows

SHARES = {
    "polnear": 0.25,
    "polnear-desk": 1,
    "desk": 1,
    "newswire": 0.35,
    "factappeal": 1,
    "gum": 1,
    "ewt": 1,
    "ecbplus": 1,
}
"""Of each corpus's texts are seen in an epoch."""
BUDGET = 4096  # pieces a batch
UNIT = 2000.0  # words: losses are sums over words divided by this, so rare heads do not shout
WEIGHTS = {"names": 1.0, "events": 2.5, "status": 1.5, "kinds": 1.0, "types": 1.0, "tags": 0.5, "forms": 0.4}
ROLE_CHAIN, ROLE_WORDS, CLAIMS = 1.0, 0.3, 0.7
ARCS, RELATIONS_WEIGHT, LINKS_WEIGHT, SAME_WEIGHT = 1.0, 0.7, 0.25, 0.15
AVERAGE = 0.998
HELD_OUT = ("dev", "val")
FAST = 5.0
"""How many times as fast as the encoder the heads that are new learn."""
OLD = ("piece", "position", "shape", "context", "norm", "layers", "transitions")


def loss_of(net: Network, batch: Batch) -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch, and the part of each head in it; heads without a tag in the batch have none."""
    with torch.autocast("cpu", torch.bfloat16):
        scores, vectors = net(batch.pieces, batch.shapes, batch.contexts, batch.first, batch.mask)
        losses: dict[str, Tensor] = {}
        if (batch.heads != IGNORED).any():
            losses |= tree_losses(net, vectors, batch)
        if len(batch.links):
            loss = F.cross_entropy(net.label_links(vectors, batch.links), batch.links[:, 4], reduction="sum")
            losses["links"] = LINKS_WEIGHT * loss
        if len(batch.pairs):
            alike = net.compare(vectors, batch.pairs)
            loss = F.binary_cross_entropy_with_logits(alike, batch.pairs[:, 4].float(), reduction="sum")
            losses["same"] = SAME_WEIGHT * loss
    heads = split_heads(scores.float())
    known = batch.wanted["roles"].sum((1, 2)) > 0
    if known.any():
        roles, wanted, counts = heads["roles"][known], batch.wanted["roles"][known], batch.counts[known]
        losses["roles"] = ROLE_CHAIN * chain_loss(roles, wanted, counts, net.transitions, net.lawful)
        losses["role_words"] = -ROLE_WORDS * (wanted * roles.log_softmax(-1)).sum()
    losses["claims"] = -CLAIMS * (batch.wanted["claims"] * heads["claims"].log_softmax(-1)).sum()
    for head, weight in WEIGHTS.items():
        if (batch.tags[head] != IGNORED).any():
            losses[head] = weight * F.cross_entropy(
                heads[head].flatten(0, 1), batch.tags[head].flatten(), ignore_index=IGNORED, reduction="sum"
            )
    total = sum(losses.values(), torch.zeros(())) / UNIT
    return total, {k: float(v.detach()) / UNIT for k, v in losses.items()}


def tree_losses(net: Network, vectors: dict[str, Tensor], batch: Batch) -> dict[str, Tensor]:
    """The losses of heads and of their relations, over the windows that have a tree."""
    rows = (batch.heads != IGNORED).any(1)
    own = {k: v[rows] for k, v in vectors.items()}
    heads, relations = batch.heads[rows], batch.relations[rows]
    arcs = net.arcs(own, batch.sentences[rows])
    labels = net.label_arcs(own, heads.clamp(min=0))
    return {
        "arcs": ARCS
        * F.cross_entropy(arcs.flatten(0, 1), heads.flatten(), ignore_index=IGNORED, reduction="sum"),
        "relations": RELATIONS_WEIGHT
        * F.cross_entropy(labels.flatten(0, 1), relations.flatten(), ignore_index=IGNORED, reduction="sum"),
    }


def rate_at(step: int, steps: int) -> float:
    """Linear warm-up over a thirtieth of the steps, then linear decay to a fiftieth of the peak."""
    warm = max(1, steps // 30)
    return (step + 1) / warm if step < warm else 0.02 + 0.98 * (steps - step) / (steps - warm)


def make_optimizer(net: Network, peak: float) -> torch.optim.Optimizer:
    """AdamW; biases and norms do not decay, the heads learn faster than the encoder."""
    groups: dict[tuple[float, float], list[Tensor]] = {}
    for name, value in net.named_parameters():
        factor = 1.0 if name.split(".")[0] in OLD else FAST
        groups.setdefault((factor, 0.01 if value.ndim > 1 and name != "transitions" else 0.0), []).append(
            value
        )
    return torch.optim.AdamW(
        [{"params": p, "weight_decay": decay, "factor": factor} for (factor, decay), p in groups.items()],
        lr=peak,
        fused=True,
    )


def is_held_out(example: Example) -> bool:
    """Whether a text is kept for development, or for fitting what comes after the network."""
    return example.split in HELD_OUT or (bool(example.events) and is_kept_for_fitting(example.id))


def read_shares(told: str) -> dict[str, float]:
    """How much of each corpus is seen in an epoch, from "corpus:share,..." instead of the usual shares."""
    own = (item.split(":") for item in filter(None, told.split(",")))
    return SHARES | {corpus: float(share) for corpus, share in own}


def train(
    net: Network,
    examples: list[Example],
    shares: dict[str, float],
    *,
    epochs: int,
    peak: float,
    out: Path,
    seed: int,
) -> None:
    """Train in place; ``out`` gets ``log.jsonl`` and ``last.pt``, the moving average of the weights."""
    rng = random.Random(seed)  # noqa: S311 - training wants the same numbers each time
    torch.manual_seed(seed)
    mine = [e for e in examples if not is_held_out(e) and len(e.words)]
    held = [e for e in examples if e.split in HELD_OUT and len(e.words)]
    plan = [training_windows(mine, shares, rng) for _ in range(epochs)]
    groups = [group for windows in plan for group in batches(windows, BUDGET, rng)]
    net.transitions.requires_grad_(False)  # teachers say how likely a tag is, not a pair of tags
    optimizer = make_optimizer(net, peak)
    average = {k: v.detach().clone() for k, v in net.state_dict().items()}
    log = (out / "log.jsonl").open("a")
    began = saved = time.time()
    seen = 0
    sums: dict[str, float] = {}
    net.train()
    for step, group in enumerate(groups):
        for part in optimizer.param_groups:
            part["lr"] = rate_at(step, len(groups)) * peak * part["factor"]
        batch = collate(group, rng)
        loss, parts = loss_of(net, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        keep = min(AVERAGE, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, value in net.state_dict().items():
                average[name].lerp_(value, 1 - keep)
        seen += int(batch.counts.sum())
        for k, v in parts.items():
            sums[k] = sums.get(k, 0.0) + v
        if (step + 1) % 50 == 0:
            row = {"step": step + 1, "of": len(groups), "words_s": round(seen / (time.time() - began))}
            print(json.dumps(row | {k: round(v / 50, 4) for k, v in sums.items()}), file=log, flush=True)
            sums = {}
        if time.time() - saved > 600 or step + 1 == len(groups):
            save(average, out / "last.pt")
            print(json.dumps({"step": step + 1} | measure(load(out / "last.pt"), held)), file=log, flush=True)
            saved = time.time()


def save(state: dict[str, Tensor], path: Path) -> None:
    """Write a checkpoint, beside and renamed: a training that is killed leaves the one before."""
    half = path.with_suffix(".tmp")
    torch.save(state, half)
    half.replace(path)


def load(path: Path) -> Network:
    """The network of a checkpoint."""
    state = torch.load(path, weights_only=True)
    net = Network(state["piece.weight"].shape[0])
    net.load_state_dict(state)
    return net.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True)
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--reader", type=Path, help="an exported reader to start from")
    start.add_argument("--init", type=Path, help="a checkpoint to go on from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shares", default="", help="corpus:share,... of an epoch, instead of the usual")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    examples = pickle.loads(options.examples.read_bytes())  # noqa: S301 - step 1 wrote it
    net = load(options.init) if options.init else from_reader(options.reader)
    shares = read_shares(options.shares)
    train(net, examples, shares, epochs=options.epochs, peak=options.rate, out=options.out, seed=options.seed)


if __name__ == "__main__":
    main()
