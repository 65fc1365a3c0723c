"""From scores of heads to trees: the best tree over a sentence's words, with one root and no crossings."""

import numpy as np

from onrecord.tagging.spans import Floats, Ints


def gelu(x: Floats) -> Floats:
    """The Gaussian error linear unit (Hendrycks and Gimpel 2016), by its tanh form."""
    out: Floats = 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))
    return out


def best_tree(scores: Floats) -> Ints:
    """The head of each word of a sentence; its own number for the root.

    ``scores`` [words, words] say how well each word (row) hangs on each head (column), on itself as the
    root. The tree is the best of those in which a word and all below it stand in one piece (Eisner 1996),
    as they do in nearly every English sentence.

    >>> best_tree(np.array([[0.0, 5, 1], [4, 1, 2], [0, 3, 0]], np.float32)).tolist()
    [1, 1, 1]
    >>> best_tree(np.array([[9.0, 1, 1], [1, 8, 1], [0, 3, 0]], np.float32)).tolist()
    [0, 0, 1]
    """
    chart = _Chart(scores)
    size = len(scores)
    whole = chart.left.by_start[0] + chart.right.by_end[size - 1][::-1] + scores.diagonal()
    root = int(whole.argmax())
    heads: Ints = np.arange(size)
    todo = [(chart.left, 0, root), (chart.right, root, size - 1)]
    while todo:
        kind, start, end = todo.pop()
        if start == end:
            continue
        cut = start + int(kind.cuts[start, end - start])
        if kind is chart.right:
            todo += [(chart.to_right, start, cut + 1), (chart.right, cut + 1, end)]
        elif kind is chart.left:
            todo += [(chart.left, start, cut), (chart.to_left, cut, end)]
        else:
            one, other = (end, start) if kind is chart.to_right else (start, end)
            heads[one] = other
            todo += [(chart.right, start, cut), (chart.left, cut + 1, end)]
    return heads


class _Spans:
    """The best score of every stretch of words, by its start and its end with its width, and where it is
    cut in two."""

    def __init__(self, size: int) -> None:
        self.by_start = np.zeros((size, size), np.float32)
        self.by_end = np.zeros((size, size), np.float32)
        self.cuts = np.zeros((size, size), np.int32)

    def put(self, width: int, best: Floats, cuts: Ints) -> None:
        """The scores of all stretches of one width, by their starts."""
        self.by_start[: len(best), width] = best
        self.by_end[width:, width] = best
        self.cuts[: len(best), width] = cuts


class _Chart:
    """The best trees over stretches of words that hang on their first word (``right``) or their last
    (``left``), and of those whose last word hangs on the first (``to_right``) or the first on the last."""

    def __init__(self, scores: Floats) -> None:
        size = len(scores)
        self.right, self.left, self.to_right, self.to_left = (_Spans(size) for _ in range(4))
        for width in range(1, size):
            self._add(width, scores)

    def _add(self, width: int, scores: Floats) -> None:
        count = len(scores) - width
        first = np.arange(count)
        last = first + width
        best, cuts = _best(self.right.by_start[:count, :width], self.left.by_end[width:, :width])
        self.to_right.put(width, best + scores[last, first], cuts)
        self.to_left.put(width, best + scores[first, last], cuts)
        self.right.put(
            width, *_best(self.to_right.by_start[:count, 1 : width + 1], self.right.by_end[width:, :width])
        )
        self.left.put(
            width, *_best(self.left.by_start[:count, :width], self.to_left.by_end[width:, 1 : width + 1])
        )


def _best(before: Floats, behind: Floats) -> tuple[Floats, Ints]:
    """The best sums of two neighbours, the wider the one, the narrower the other, and the place of each."""
    sums = before + behind[:, ::-1]
    cuts = sums.argmax(axis=1)
    return sums[np.arange(len(sums)), cuts], cuts
