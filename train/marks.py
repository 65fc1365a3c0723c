"""Step 5: fit the heads of certainty, polarity and time to what the encoder says of each event's first word.

    python -m train.marks --examples examples.pkl --init mean.pt --out final.pt

The encoder and the other heads stay as they are: there are too few events with marks (MEANTIME, and ECB+ for
polarity) to change an encoder by. A multinomial regression with a quadratic penalty, fitted to convergence.
"""

import argparse
import pickle
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor
from train.example import Example
from train.labels import HEADS, IGNORED
from train.model import WIDTH, Network
from train.train import is_trained_on, load, save
from train.windows import collate, cut

MARKS = ("certainty", "polarity", "time")
WINDOW = 128
PENALTY = 1e-2  # chosen on MEANTIME with each topic left out in turn


def described(net: Network, examples: list[Example]) -> tuple[Tensor, dict[str, Tensor]]:
    """The encoder's vector of each word that carries a mark, and its marks."""
    kept: list[Tensor] = []
    net.heads.register_forward_hook(lambda layer, given, scores: kept.append(given[0]))
    rows: list[Tensor] = []
    marks: dict[str, list[Tensor]] = {name: [] for name in MARKS}
    for example in examples:
        for window in cut(example, WINDOW):
            batch = collate([window], None)
            tags = torch.stack([batch.tags[name][0] for name in MARKS])
            known = (tags != IGNORED).any(0)
            if known.any():
                net(batch.pieces, batch.shapes, batch.contexts, batch.first, batch.mask)
                rows.append(kept.pop()[0][known])
                for name, column in zip(MARKS, tags, strict=True):
                    marks[name].append(column[known])
    return torch.cat(rows), {name: torch.cat(columns) for name, columns in marks.items()}


def fit(features: Tensor, tags: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Weight [classes, WIDTH] and bias [classes] from features [words, WIDTH] and tags [words]."""
    known = tags != IGNORED
    features, tags = features[known], tags[known]
    weight = torch.zeros(classes, WIDTH, requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(features @ weight.T + bias, tags) + PENALTY * weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weight.detach(), bias.detach()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--init", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hold", help="a topic of meantime to leave out")
    options = parser.parse_args()
    stored = pickle.loads(options.examples.read_bytes())  # noqa: S301 - step 1 wrote it
    corpora = ("meantime", "ecbplus")
    examples = [e for e in stored if e.corpus in corpora and is_trained_on(e, options.hold)]
    net = load(options.init).eval()
    with torch.no_grad():
        features, marks = described(net, examples)
    at = 0
    for head, tags in HEADS.items():
        if head in MARKS:
            weight, bias = fit(features, marks[head], len(tags))
            with torch.no_grad():
                net.heads.weight[at : at + len(tags)] = weight
                net.heads.bias[at : at + len(tags)] = bias
        at += len(tags)
    save(net.state_dict(), len(net.layers), options.out)


if __name__ == "__main__":
    main()
