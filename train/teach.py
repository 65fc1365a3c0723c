"""Step 3: what two teachers, each trained on one half of PolNeAR, say of the roles and names of every word.

    python -m train.teach --examples examples.pkl --teachers zero/last.pt one/last.pt --out taught.pkl

A text of PolNeAR is judged by the teacher that has not seen it, so that a tag on which annotators differ
counts less; other texts are judged by both. Cross-fitted distillation: a network trained on the tags
alone learns them by heart (content exact F1 86 on what it was trained on, 68 on what it was not).
"""

import argparse
import pickle
from pathlib import Path

import numpy as np
import torch
from train.example import Example
from train.labels import HEADS, TAUGHT_HEADS
from train.model import Network, log_partition, split_heads
from train.train import half_of, is_trained_on, load
from train.windows import batches, collate, cut

WINDOW, BUDGET = 160, 4096  # pieces in a window, in a batch


def judge(net: Network, examples: list[Example]) -> list[dict[str, np.ndarray]]:
    """How likely each tag of each word is, for each example and taught head: [words, tags]."""
    numbers = {id(example): number for number, example in enumerate(examples)}
    judged = [
        {head: np.zeros((len(e.words), len(HEADS[head])), np.float16) for head in TAUGHT_HEADS}
        for e in examples
    ]
    steps = (net.transitions + net.lawful).detach()
    for group in batches([w for e in examples for w in cut(e, WINDOW)], BUDGET, None):
        batch = collate(group, None)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            scores = net(batch.pieces, batch.shapes, batch.contexts, batch.first, batch.mask)
        heads = split_heads(scores.float())
        likely = {head: heads[head].softmax(-1) for head in TAUGHT_HEADS}
        roles = heads["roles"].requires_grad_()
        (likely["roles"],) = torch.autograd.grad(log_partition(roles, batch.counts, steps).sum(), roles)
        for row, w in enumerate(group):
            for head, values in likely.items():
                judged[numbers[id(w.example)]][head][w.first : w.last] = values[
                    row, : w.last - w.first
                ].numpy()
    return judged


def judged_by(half: int, examples: list[Example]) -> list[Example]:
    """What the teacher of one half judges: the other half, and all other corpora."""
    return [e for e in examples if e.corpus != "polnear" or half_of(e) != half]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--teachers", type=Path, nargs=2, required=True, help="of half 0 and half 1")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    stored = pickle.loads(options.examples.read_bytes())  # noqa: S301 - step 1 wrote it
    examples = [e for e in stored if is_trained_on(e, None)]
    examples += [e.twin for e in examples if e.twin]
    views: dict[int, list[dict[str, np.ndarray]]] = {id(e): [] for e in examples}
    for half, path in enumerate(options.teachers):
        mine = judged_by(half, examples)
        for example, likely in zip(mine, judge(load(path).eval(), mine), strict=True):
            views[id(example)].append(likely)
    for example in examples:
        found = views[id(example)]
        example.taught = {head: sum(v[head] for v in found) / len(found) for head in TAUGHT_HEADS}
    options.out.write_bytes(pickle.dumps(stored))


if __name__ == "__main__":
    main()
