"""Step 4: the mean of several checkpoints of one training, which reads better than any of them.

python -m train.average --out mean.pt one.pt other.pt
"""

import argparse
from pathlib import Path

import torch
from train.train import save


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    options = parser.parse_args()
    stored = [torch.load(path, weights_only=True) for path in options.checkpoints]
    states = [s["state"] for s in stored]
    mean = {name: sum(state[name].float() for state in states) / len(states) for name in states[0]}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save(mean, stored[0]["layers"], options.out)


if __name__ == "__main__":
    main()
