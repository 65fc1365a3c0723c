"""How far a build is, for whoever waits for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from onrecord.printing import say

if TYPE_CHECKING:
    from onrecord.intake import Progress as Stage

__all__ = ["progress", "say_kept", "say_progress"]


@contextmanager
def progress() -> Iterator[Callable[["Stage"], None]]:
    """What is done, what there is to do and how long that may take: a bar where there is a terminal; else a
    line when a stage begins, every 1,000 articles and every minute: on standard error."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield Lines()
        return
    from rich import progress as bars

    columns = (
        bars.SpinnerColumn(),
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TimeElapsedColumn(),
        bars.TextColumn("to go"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("read", total=None)

        def show(now: "Stage") -> None:
            if now.note is not None:
                console.print(f"{now.stage}: {now.note}", markup=False)
            if bar.tasks[task].description != now.stage:
                bar.reset(task, total=now.total, completed=now.kept, description=now.stage)
                if now.kept:
                    console.print(say_kept(now))
            bar.update(task, completed=now.articles)

        yield show


class Lines:
    """Progress as lines on standard error."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = self._said = 0.0
        self._told = 0

    def __call__(self, now: "Stage") -> None:
        if now.note is not None:
            say(f"{now.stage}: {now.note}", err=True)
        moment = time.monotonic()
        if now.stage != self._stage:
            self._stage, self._began = now.stage, moment
            if now.kept:
                say(say_kept(now), err=True)
        elif now.articles - self._told < 1000 and moment - self._said < 60:
            return
        self._told, self._said = now.articles, moment
        say(say_progress(now, moment - self._began), err=True)


def say_kept(now: "Stage") -> str:
    """What an earlier build has read already."""
    of = f"{now.kept:,} of {now.total or now.kept:,} articles"
    if now.interrupted:
        return f"the build before was interrupted: this one goes on where it stopped, with {of} read"
    return f"{of} are as they were and are not read again"


def say_progress(now: "Stage", seconds: float) -> str:
    """What is done and left, and how long the rest takes at the pace so far.

    >>> from onrecord.intake import Progress as Stage
    >>> say_progress(Stage("annotate", 600, 1000, 200), 100)
    'annotate: 600 of 1,000 articles, about 2 min to go'
    """
    if now.total is None:
        return f"{now.stage}: {now.articles:,} articles"
    line = f"{now.stage}: {now.articles:,} of {now.total:,} articles"
    done, left = now.articles - now.kept, now.total - now.articles
    if not done or not left:
        return line
    to_go = seconds * left / done
    return f"{line}, about {f'{to_go:.0f} s' if to_go < 90 else f'{to_go / 60:.0f} min'} to go"
