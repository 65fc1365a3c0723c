"""From scores of heads to trees: the best tree over a sentence's words, with one root."""

import numpy as np

from onrecord.tagging.spans import FORBIDDEN, Floats, Ints


def gelu(x: Floats) -> Floats:
    """The Gaussian error linear unit (Hendrycks and Gimpel 2016), by its tanh form."""
    out: Floats = 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))
    return out


def best_tree(scores: Floats) -> Ints:
    """The head of each word of a sentence; its own number for the root.

    ``scores`` [words, words] say how well each word (row) hangs on each head (column), on itself as the
    root. The tree is the best one (Chu and Liu 1965, Edmonds 1967); where that has several roots, the best
    with the likeliest of them.

    >>> best_tree(np.array([[0.0, 5, 1], [4, 1, 2], [0, 3, 0]], np.float32)).tolist()
    [1, 1, 1]
    >>> best_tree(np.array([[9.0, 1, 1], [1, 8, 1], [0, 3, 0]], np.float32)).tolist()
    [0, 0, 1]
    """
    size = len(scores)
    own = scores.diagonal().copy()
    rooted = np.full((size + 1, size + 1), FORBIDDEN, np.float32)
    rooted[1:, 1:] = scores
    np.fill_diagonal(rooted, FORBIDDEN)
    rooted[1:, 0] = own
    heads = _span_best(rooted)
    roots = np.flatnonzero(heads[1:] == 0)
    if len(roots) > 1:
        keep = roots[own[roots].argmax()]
        rooted[1:, 0] = FORBIDDEN
        rooted[keep + 1, 0] = own[keep]
        heads = _span_best(rooted)
    found: Ints = heads[1:] - 1
    return np.where(found < 0, np.arange(size), found)


def _span_best(scores: Floats) -> Ints:
    """The heads of the best tree that hangs on node 0; the head of that is itself."""
    heads: Ints = scores.argmax(axis=1)
    heads[0] = 0
    cycle = _find_cycle(heads)
    if not cycle:
        return heads
    inside = np.array(cycle)
    outside = np.array([node for node in range(len(scores)) if node not in set(cycle)])
    # the cycle becomes one node, the last: what it gains by hanging on a node outside, at its best place
    gain = scores[np.ix_(inside, outside)] - scores[inside, heads[inside]][:, None]
    enters = inside[gain.argmax(axis=0)]
    below = scores[np.ix_(outside, inside)]
    leaves = inside[below.argmax(axis=1)]
    size = len(outside)
    small = np.full((size + 1, size + 1), FORBIDDEN, np.float32)
    small[:size, :size] = scores[np.ix_(outside, outside)]
    small[size, :size] = gain.max(axis=0)
    small[:size, size] = below.max(axis=1)
    found = _span_best(small)
    for place, node in enumerate(outside[1:], start=1):
        heads[node] = leaves[place] if found[place] == size else outside[found[place]]
    above = found[size]
    heads[enters[above]] = outside[above]
    return heads


def _find_cycle(heads: Ints) -> list[int]:
    """The nodes of a cycle that node 0, its own head, is not in; or none.

    >>> _find_cycle(np.array([0, 2, 1])), _find_cycle(np.array([0, 0, 1]))
    ([1, 2], [])
    """
    mark = [0] * len(heads)
    for start in range(1, len(heads)):
        at, path = start, []
        while at and not mark[at]:
            mark[at] = start
            path.append(at)
            at = int(heads[at])
        if at and mark[at] == start:
            return path[path.index(at) :]
    return []
