"""What was left out of inputs, told once for a file and kind, however many articles it holds."""

from collections.abc import Iterable

from onrecord.model import Notice

__all__ = ["Notices"]


class Notices:
    """Notices of a build, summed up as they come.

    >>> found = Notices()
    >>> for line, key in ((9, "likes"), (2, "views")):
    ...     found.add([Notice(file="feed.jsonl", line=line, what="unknown keys, left out", names=(key,))])
    >>> found.tell()
    ('feed.jsonl:2: unknown keys, left out: likes, views (2 times)',)
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[int, set[str], int]] = {}

    def add(self, notices: Iterable[Notice]) -> None:
        """Take notices, in any order."""
        for notice in notices:
            key = (notice.file, notice.what)
            line, names, times = self._found.get(key, (0, set(), 0))
            first = min(line or notice.line or 0, notice.line or line)
            names.update(notice.names)
            self._found[key] = (first, names, times + 1)

    def tell(self) -> tuple[str, ...]:
        """One message for a file and kind: where it first stands, of what, and how often."""
        told = []
        for (file, what), (line, names, times) in sorted(self._found.items()):
            place = f"{file}:{line}" if line else file
            often = f" ({times} times)" if times > 1 else ""
            told.append(f"{place}: {what}: {', '.join(sorted(names))}{often}")
        return tuple(told)
