"""Step 2: train the network on the examples, or go on from a checkpoint.

    python -m train.train --examples examples.pkl --minilm model.safetensors --out run/ --epochs 8
    python -m train.train --examples examples.pkl --init run/last.pt --out tuned/ --with meantime:6 --epochs 1

Seeds are fixed. bfloat16 arithmetic where the processor has it (twice as fast on AVX512-BF16, no loss seen).
The weights kept are an exponential moving average over the steps.
"""

import argparse
import json
import pickle
import random
import time
import zlib
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor
from train.example import Example
from train.labels import IGNORED
from train.model import Network, chain_loss, from_minilm, split_heads
from train.windows import Batch, batches, collate, training_windows

REPEATS = {"polnear": 1, "factappeal": 2, "gum": 1, "ecbplus": 2}  # times a corpus is seen an epoch
BUDGET = 4096  # pieces a batch
UNIT = 2000.0  # words: losses are sums over words divided by this, so rare heads do not shout
WEIGHTS = {
    "names": 0.5,
    "triggers": 1.0,
    "certainty": 3.0,
    "polarity": 3.0,
    "time": 3.0,
    "dates": 1.0,
    "claims": 1.0,
}
ROLE_CHAIN, ROLE_WORDS = 1.0, 0.3
AVERAGE = 0.998
HELD_OUT = {"polnear": ("dev",), "factappeal": ("val",), "gum": (), "ecbplus": ("dev",), "meantime": ()}


def loss_of(net: Network, batch: Batch) -> tuple[Tensor, dict[str, float]]:
    """The loss of a batch, and the part of each head in it; heads without a tag in the batch have none."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = net(batch.pieces, batch.shapes, batch.contexts, batch.first, batch.mask)
    heads = split_heads(scores.float())
    losses = {}
    known = batch.wanted["roles"].sum((1, 2)) > 0
    if known.any():
        roles, wanted, counts = heads["roles"][known], batch.wanted["roles"][known], batch.counts[known]
        losses["roles"] = ROLE_CHAIN * chain_loss(roles, wanted, counts, net.transitions, net.lawful)
        losses["role_words"] = -ROLE_WORDS * (wanted * roles.log_softmax(-1)).sum()
    for head, weight in WEIGHTS.items():
        if head in batch.wanted:
            losses[head] = -weight * (batch.wanted[head] * heads[head].log_softmax(-1)).sum()
        elif (batch.tags[head] != IGNORED).any():
            losses[head] = weight * F.cross_entropy(
                heads[head].flatten(0, 1), batch.tags[head].flatten(), ignore_index=IGNORED, reduction="sum"
            )
    total = sum(losses.values()) / UNIT
    return total, {k: float(v.detach()) / UNIT for k, v in losses.items()}


def rate_at(step: int, steps: int, peak: float) -> float:
    """Linear warm-up over a twentieth of the steps, then linear decay to a fiftieth of the peak."""
    warm = max(1, steps // 20)
    return peak * (step + 1) / warm if step < warm else peak * (0.02 + 0.98 * (steps - step) / (steps - warm))


def is_trained_on(example: Example, hold_topic: str | None) -> bool:
    """Whether a text is of no part that is kept for development, and not of the topic that is held out."""
    return example.split not in HELD_OUT[example.corpus] and example.split != (hold_topic or "-")


def half_of(example: Example) -> int:
    """Which half of its corpus a text belongs to, whatever the order of the texts."""
    return zlib.crc32(example.id.encode()) % 2


def make_optimizer(net: Network, peak: float) -> torch.optim.Optimizer:
    """AdamW; biases and norms do not decay, and the chain's transitions learn twenty times as fast."""
    trained = [p for name, p in net.named_parameters() if name != "transitions"]
    return torch.optim.AdamW(
        [
            {"params": [p for p in trained if p.ndim > 1], "weight_decay": 0.01},
            {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
            {"params": [net.transitions], "weight_decay": 0.0, "factor": 20.0},
        ],
        lr=peak,
        fused=True,
    )


def choose_examples(stored: list[Example], options: argparse.Namespace) -> list[Example]:
    """The texts that the options leave: without held out topics, of one half or a part of PolNeAR."""
    rng = random.Random(options.seed)  # noqa: S311 - training wants the same numbers each time
    examples = [e for e in stored if is_trained_on(e, options.hold)]
    if options.half is not None:
        examples = [e for e in examples if e.corpus != "polnear" or half_of(e) == options.half]
    if options.part < 1.0:
        examples = [e for e in examples if e.corpus != "polnear" or rng.random() < options.part]
    return examples


def count_repeats(extra: str) -> dict[str, int]:
    """How often each corpus is seen an epoch, from "corpus:times,..." beside the usual ones."""
    told = (item.split(":") for item in filter(None, extra.split(",")))
    return REPEATS | {corpus: int(times) for corpus, times in told}


def train(
    net: Network,
    examples: list[Example],
    repeats: dict[str, int],
    epochs: int,
    peak: float,
    out: Path,
    seed: int,
) -> None:
    """Train in place; ``out`` gets ``log.jsonl`` and ``last.pt``, the moving average of the weights so far.

    ``repeats`` tells how often each corpus is seen an epoch, ``peak`` is the highest learning rate.
    """
    rng = random.Random(seed)  # noqa: S311 - training wants the same numbers each time
    torch.manual_seed(seed)
    plan = [training_windows(examples, repeats, rng) for _ in range(epochs)]
    groups = [group for windows in plan for group in batches(windows, BUDGET, rng)]
    # Teachers say how likely a tag is, not a pair of tags: with their transitions fixed, the chain's
    # likelihoods of tags come to theirs exactly.
    net.transitions.requires_grad_(not any(e.taught for e in examples))
    optimizer = make_optimizer(net, peak)
    average = {k: v.detach().clone() for k, v in net.state_dict().items()}
    log = (out / "log.jsonl").open("a")
    began = saved = time.time()
    seen = 0
    sums: dict[str, float] = {}
    net.train()
    for step, group in enumerate(groups):
        for part in optimizer.param_groups:
            part["lr"] = rate_at(step, len(groups), peak) * part.get("factor", 1.0)
        batch = collate(group, rng)
        loss, parts = loss_of(net, batch)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        keep = min(AVERAGE, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, value in net.state_dict().items():
                average[name].mul_(keep).add_(value, alpha=1 - keep)
        seen += int(batch.counts.sum())
        for k, v in parts.items():
            sums[k] = sums.get(k, 0.0) + v
        if (step + 1) % 50 == 0:
            row = {"step": step + 1, "of": len(groups), "words_s": round(seen / (time.time() - began))}
            print(json.dumps(row | {k: round(v / 50, 4) for k, v in sums.items()}), file=log, flush=True)
            sums = {}
        if time.time() - saved > 300:
            save(average, len(net.layers), out / "last.pt")
            saved = time.time()
    save(average, len(net.layers), out / "last.pt")


def save(state: dict[str, Tensor], layers: int, path: Path) -> None:
    """Write a checkpoint, beside and renamed: a training that is killed leaves the one before."""
    half = path.with_suffix(".tmp")
    torch.save({"layers": layers, "state": state}, half)
    half.replace(path)


def load(path: Path) -> Network:
    """The network of a checkpoint."""
    stored = torch.load(path, weights_only=True)
    net = Network(stored["state"]["piece.weight"].shape[0], stored["layers"])
    net.load_state_dict(stored["state"])
    return net


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--minilm", type=Path)
    parser.add_argument("--init", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", default="0,1,2,3,4,5", help="which of the six layers to start from")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument(
        "--with", dest="extra", default="", help="corpus:times,... seen besides the usual ones"
    )
    parser.add_argument("--hold", help="a topic of meantime to leave out")
    parser.add_argument("--part", type=float, default=1.0, help="of PolNeAR's articles, by chance")
    parser.add_argument("--half", type=int, choices=(0, 1), help="use only this half of PolNeAR's articles")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    stored = pickle.loads(options.examples.read_bytes())  # noqa: S301 - step 1 wrote it
    examples, repeats = choose_examples(stored, options), count_repeats(options.extra)
    layers = [int(n) for n in options.layers.split(",")]
    net = load(options.init) if options.init else from_minilm(options.minilm)
    net.layers = torch.nn.ModuleList(net.layers[n] for n in layers)
    train(net, examples, repeats, options.epochs, options.rate, options.out, options.seed)


if __name__ == "__main__":
    main()
