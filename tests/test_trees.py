"""The best tree is the best of all trees with one root and no crossing lines."""

from itertools import product

import numpy as np
import pytest

from onrecord.tagging.trees import best_tree


def is_tree(heads: tuple[int, ...]) -> bool:
    """Whether there is one root that all words reach, and each word's descendants stand in one piece."""
    if sum(head == word for word, head in enumerate(heads)) != 1:
        return False
    below: list[set[int]] = [set() for _ in heads]
    for word in range(len(heads)):
        at, steps = word, 0
        below[at].add(word)
        while heads[at] != at:
            at, steps = heads[at], steps + 1
            if steps > len(heads):
                return False
            below[at].add(word)
    return all(max(words) - min(words) + 1 == len(words) for words in below)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_the_best_tree_is_the_best_of_all(size: int) -> None:
    random = np.random.default_rng(size)
    trees = [heads for heads in product(range(size), repeat=size) if is_tree(heads)]
    for _ in range(20):
        scores = random.normal(size=(size, size)).astype(np.float32)
        best = max(trees, key=lambda heads: sum(scores[word, head] for word, head in enumerate(heads)))
        assert tuple(best_tree(scores)) == best
