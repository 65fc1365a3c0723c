"""Words a second of the reader against a spaCy small pipeline and a RoBERTa-base one, in one run on the same
articles.

    python -m bench.speed ARTICLES.jsonl [--workers 2] [--articles 40]

ARTICLES.jsonl has a ``text`` in each line; without it the seed articles are read, over and over. spaCy runs
with random weights: its speed does not depend on them. Needs the extra ``bench`` (spacy, torch). Every
contestant gets the same number of cores: onrecord and spaCy as processes of one thread, RoBERTa as one
process with as many threads, which is its fastest way.
"""

import argparse
import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 3
SEEDS = Path(__file__).parent.parent / "seeds"

TAGS = ["NN", "NNS", "NNP", "VB", "VBD", "VBN", "VBZ", "IN", "DT", "JJ", "RB", "CC", ".", ",", "PRP", "CD"]
RELATIONS = [
    "nsubj",
    "dobj",
    "prep",
    "pobj",
    "det",
    "amod",
    "advmod",
    "ROOT",
    "punct",
    "compound",
    "ccomp",
    "aux",
    "conj",
    "cc",
]
NAMES = ["PERSON", "ORG", "GPE", "DATE", "NORP", "CARDINAL", "MONEY", "EVENT", "LAW", "LOC"]
"""What spaCy's pipeline is told to look for; with random weights only their number counts."""


def load_texts(path: Path | None, count: int) -> list[str]:
    if path is None:
        found = [
            file.read_text(encoding="utf-8")
            for file in sorted(SEEDS.glob("*.txt")) + sorted(SEEDS.glob("*.md"))
        ]
        return (found * (count // len(found) + 1))[:count]
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines][:count]


def one_thread() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


_reading: Callable[[str], object] | None = None


def start_onrecord() -> None:
    global _reading
    from onrecord.cleaning.text import split_sentences
    from onrecord.model import Block, Document
    from onrecord.tagging.reader import TrainedReader

    reader = TrainedReader()

    def read(text: str) -> object:
        sentences = tuple(split_sentences(text, 0, len(text)))
        return next(iter(reader.read([Document(text, (Block(0, len(text), "body"),), sentences)])))

    _reading = read


def start_spacy() -> None:
    """The architecture of spaCy's small English pipeline: tok2vec, tagger, parser and ner of its usual
    sizes."""
    global _reading
    import spacy

    config = spacy.blank("en").config
    small = {
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": 96,
                "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
                "rows": [5000, 1000, 2500, 2500, 50, 50],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 96,
                "depth": 4,
                "window_size": 1,
                "maxout_pieces": 3,
            },
        }
    }
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}
    pipeline = spacy.util.load_model_from_config(config, auto_fill=True)
    pipeline.add_pipe("tok2vec", config={"model": small["tok2vec"]})
    tagger = pipeline.add_pipe(
        "tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}}
    )
    for tag in TAGS:
        tagger.add_label(tag)
    transition = {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
    }
    parser = pipeline.add_pipe(
        "parser",
        config={
            "model": transition | {"state_type": "parser", "extra_state_tokens": False, "tok2vec": listener}
        },
    )
    for label in RELATIONS:
        parser.add_label(label)
    own = small["tok2vec"]
    ner = pipeline.add_pipe(
        "ner",
        config={"model": transition | {"state_type": "ner", "extra_state_tokens": False, "tok2vec": own}},
    )
    for label in NAMES:
        ner.add_label(label)
    pipeline.initialize()
    _reading = pipeline


def read_text(text: str) -> tuple[int, float]:
    """How many words were read, and the CPU seconds it took."""
    if _reading is None:
        raise RuntimeError("the process was not started")
    began = time.process_time()
    _reading(text)
    return len(text.split()), time.process_time() - began


@dataclass(frozen=True)
class Speed:
    """Words a second of the clock, on all workers together, and words a second of one core's work.

    The second hardly changes with what else the machine does; the first does.
    """

    clock: float
    core: float


def with_processes(start: Callable[[], None], texts: list[str], workers: int) -> Speed:
    """Several processes of one thread each, the best of some rounds after one to warm up."""
    one_thread()
    clock = core = 0.0
    with multiprocessing.get_context("spawn").Pool(workers, initializer=start) as pool:
        for round_ in range(ROUNDS + 1):
            began = time.perf_counter()
            counts = list(pool.imap_unordered(read_text, texts))
            words = sum(count for count, _ in counts)
            if round_:
                clock = max(clock, words / (time.perf_counter() - began))
                core = max(core, words / sum(seconds for _, seconds in counts))
    return Speed(clock, core)


def roberta(texts: list[str], threads: int) -> Speed:
    """A RoBERTa-base encoder in torch, windows of 128 pieces and 16 windows a batch as spaCy's pipeline cuts
    them, without its tokenizer and heads: the most favourable count for it."""
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    layer = nn.TransformerEncoderLayer(768, 12, 3072, activation="gelu", batch_first=True)
    net = nn.TransformerEncoder(layer, 12).eval()
    embed = nn.Embedding(50265, 768)
    pieces_a_word = 1.3
    stride = 96 / 128  # spaCy's strided windows: 128 pieces wide, a new one every 96
    words = sum(len(text.split()) for text in texts)
    windows = max(1, round(words * pieces_a_word / 128 / stride))
    windows = min(windows, 48)
    counted = windows * 128 * stride / pieces_a_word
    clock = core = 0.0
    with torch.inference_mode():
        for round_ in range(ROUNDS):
            began, worked = time.perf_counter(), time.process_time()
            for first in range(0, windows, 16):
                net(embed(torch.randint(0, 50265, (min(16, windows - first), 128))))
            if round_:
                clock = max(clock, counted / (time.perf_counter() - began))
                core = max(core, counted / (time.process_time() - worked))
    return Speed(clock, core)


def peak_memory() -> float:
    """The most memory this process has held, in MB, as Linux tells it. What ``resource`` gives may be that of
    the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (peak,) = re.findall(r"VmHWM:\s+(\d+)", status)
    return int(peak) / 1024


def first_article(texts: list[str]) -> tuple[float, float]:
    """Seconds from the command to the first article's reading, and the process's memory at its largest in
    MB."""
    code = (
        # A user's install has no torch; some libraries import it where they find it.
        "import sys; sys.modules['torch'] = None; sys.path[:0] = ['build', '.']; "
        "from bench import speed; speed.start_onrecord(); speed.read_text(sys.stdin.read()); "
        "print(speed.peak_memory())"
    )
    best, memory = 1e9, 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code], input=texts[0], capture_output=True, text=True, check=True
        )
        best = min(best, time.perf_counter() - began)
        memory = float(done.stdout)
    return best, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("articles", type=Path, nargs="?")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--articles", dest="count", type=int, default=40)
    options = parser.parse_args()
    texts = load_texts(options.articles, options.count)
    own = with_processes(start_onrecord, texts, options.workers)
    print(f"{'words/s':16} on {options.workers} cores (the reader by so many times), of one core's work")
    print(f"{'onrecord reader':16} {own.clock:8.0f}          {own.core:8.0f}")
    others: dict[str, Callable[[], Speed]] = {
        "spaCy small": lambda: with_processes(start_spacy, texts, options.workers),
        "RoBERTa-base": lambda: roberta(texts, options.workers),
    }
    for name, measure in others.items():
        try:
            other = measure()
        except ImportError as error:
            print(f"{name:16} not measured: {error}")
            continue
        print(
            f"{name:16} {other.clock:8.0f} ({own.clock / other.clock:5.1f})  "
            f"{other.core:8.0f} ({own.core / other.core:5.1f})"
        )
    seconds, memory = first_article(texts)
    print(f"command to first article {seconds:.2f} s, memory at most {memory:.0f} MB")


if __name__ == "__main__":
    main()
