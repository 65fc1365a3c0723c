"""Tags to spans, against an oracle that tries every chain."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.tagging.spans import FORBIDDEN, best_chains, likely_runs, may_follow, runs_of, softmax

TAGS = ("O", "B-cue", "I-cue", "L-cue", "U-cue")
SIMPLE = ("O", "B-person", "I-person", "B-place", "I-place")


def score_of(chain: tuple[int, ...], scores: np.ndarray, steps: np.ndarray) -> float:
    return sum(float(scores[i, tag]) for i, tag in enumerate(chain)) + sum(
        float(steps[a, b]) for a, b in itertools.pairwise(chain)
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=4), st.integers(0, 2**31))
def test_the_best_chain_is_the_best_of_all(sizes: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    scores = [random.normal(size=(size, len(TAGS))).astype(np.float32) for size in sizes]
    steps = may_follow(TAGS) + random.normal(size=(len(TAGS), len(TAGS))).astype(np.float32)
    for part, chain in zip(scores, best_chains(scores, steps), strict=True):
        best = max(
            (score_of(c, part, steps) for c in itertools.product(range(len(TAGS)), repeat=len(part))),
            default=0.0,
        )
        assert score_of(tuple(chain), part, steps) == pytest.approx(best, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 2**31))
def test_chains_are_lawful(size: int, seed: int) -> None:
    scores = np.random.default_rng(seed).normal(scale=5, size=(size, len(TAGS))).astype(np.float32)
    (chain,) = best_chains([scores], may_follow(TAGS))
    assert all(may_follow(TAGS)[a, b] > FORBIDDEN for a, b in itertools.pairwise(chain))


def test_a_span_cut_by_a_window_is_joined() -> None:
    chain = [TAGS.index(tag) for tag in ("O", "B-cue", "I-cue", "I-cue", "L-cue", "U-cue", "O")]
    chances = np.ones((len(chain), len(TAGS)), np.float32)
    assert [(run.first, run.last) for run in runs_of(chain, TAGS, chances)] == [(1, 5), (5, 6)]


def test_two_windows_that_each_begin_anew_stay_two_spans() -> None:
    chain = [TAGS.index(tag) for tag in ("B-cue", "L-cue", "B-cue", "L-cue")]
    chances = np.ones((len(chain), len(TAGS)), np.float32)
    assert [(run.first, run.last) for run in runs_of(chain, TAGS, chances)] == [(0, 2), (2, 4)]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(0, 2**31), st.floats(0.1, 0.9))
def test_likely_runs_cover_the_likely_words_once(size: int, seed: int, threshold: float) -> None:
    chances = softmax(
        np.random.default_rng(seed).normal(scale=2, size=(size, len(SIMPLE))).astype(np.float32)
    )
    runs = list(likely_runs(chances, SIMPLE, threshold, np.zeros(size, bool)))
    words = [i for run in runs for i in range(run.first, run.last)]
    assert words == [i for i in range(size) if 1.0 - chances[i, 0] > threshold]
    assert all(0.0 <= run.confidence <= 1.0001 for run in runs)


def test_a_line_opens_a_new_span() -> None:
    chances = np.array([[0.1, 0.9, 0.0, 0.0, 0.0], [0.1, 0.1, 0.8, 0.0, 0.0]], np.float32)
    runs = list(likely_runs(chances, SIMPLE, 0.5, np.array([True, True])))
    assert [(run.first, run.last) for run in runs] == [(0, 1), (1, 2)]
