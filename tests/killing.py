"""Work for the processes of tests; it stands in a module of its own so that they can import it."""

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from onrecord import intake
from onrecord.llm.reader import LanguageModel

KILLER = 13
ANNOTATE = intake.annotate_batch


def double(numbers: Sequence[int]) -> list[int]:
    """Twice each number; 13 kills the process."""
    if KILLER in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    return [2 * number for number in numbers]


def double_slowly(numbers: Sequence[int], folder: str) -> list[int]:
    """Twice each number after a while, the process having left its number in a folder."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(0.2)
    return [2 * number for number in numbers]


def annotate_batch(
    articles: Sequence[bytes], made_by: str, model: LanguageModel | None = None
) -> list[bytes]:
    """The real work, but for an article that tells of a kraken: that kills the process."""
    if any(b"kraken" in article for article in articles):
        os.kill(os.getpid(), signal.SIGKILL)
    return ANNOTATE(articles, made_by, model)
