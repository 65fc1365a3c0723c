"""Step 2: what the reader before says of the roles and claims of every word of the articles.

    python -m train.teach --examples examples.pkl --reader reader.onnx --out taught.pkl

A text that no annotator read for them keeps what the reader knew, and a tag on which annotators differ
counts less. Teachers of the first readers had each seen one half of PolNeAR; this one carries what they said.
"""

import argparse
import json
import pickle
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch.nn.utils.rnn import pad_sequence
from train.example import Example
from train.labels import TAUGHT_HEADS
from train.model import Stored, log_partition
from train.windows import ARTICLES, Window, cut, features

WINDOW = 128


class Teacher:
    """An exported reader of the form before this one: scores of tags for one window."""

    def __init__(self, path: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        facts = Stored(path).facts
        self.steps = torch.tensor(json.loads(facts["transitions"]))
        self.columns, at = {}, 0
        for head, tags in json.loads(facts["heads"]).items():
            self.columns[head] = slice(at, at + len(tags))
            at += len(tags)

    def score(self, window: Window) -> torch.Tensor:
        """Scores of all tags of a window's words."""
        ids, forms, places, first = features(Window(window.example, window.first, window.last, 0, []), None)
        feed = {"pieces": ids, "shapes": [*forms, 0], "contexts": [*places, 0], "first": first}
        arrays = {k: np.array(v, np.int64) for k, v in feed.items()}
        return torch.from_numpy(self.session.run(["scores"], arrays)[0])

    def judge(self, windows: list[Window]) -> dict[str, list[np.ndarray]]:
        """How likely each tag of each word of some windows is."""
        scores = [self.score(window) for window in windows]
        counts = torch.tensor([len(part) for part in scores])
        roles = pad_sequence([part[:, self.columns["roles"]] for part in scores], batch_first=True)
        roles.requires_grad_()
        (likely,) = torch.autograd.grad(log_partition(roles, counts, self.steps).sum(), roles)
        claims = [part[:, self.columns["claims"]].softmax(-1).numpy() for part in scores]
        return {
            "roles": [row[:count].numpy() for row, count in zip(likely, counts.tolist(), strict=True)],
            "claims": claims,
        }


def teach(example: Example, teacher: Teacher) -> None:
    """Fill ``taught`` of an article."""
    told = teacher.judge(cut(example, WINDOW))
    example.taught = {h: np.concatenate(told[h]).astype(np.float16) for h in TAUGHT_HEADS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=Path, required=True)
    parser.add_argument("--reader", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    stored = pickle.loads(options.examples.read_bytes())  # noqa: S301 - step 1 wrote it
    teacher = Teacher(options.reader)
    for example in stored:
        if example.corpus in ARTICLES and len(example.words):
            teach(example, teacher)
    options.out.write_bytes(pickle.dumps(stored))


if __name__ == "__main__":
    main()
