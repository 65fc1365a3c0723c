"""The options of ``onrecord build`` that choose who reads."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

__all__ = ["reader_options"]

BUILT_IN, LLM, BOTH = "built-in", "llm", "built-in+llm"

OPTIONS = (
    click.option(
        "--reader",
        "who",
        type=click.Choice([BUILT_IN, LLM, BOTH]),
        default=BUILT_IN,
        show_default=True,
        help="Who reads: the built-in reader, a language model, or both.",
    ),
    click.option("--endpoint", help="Address of the model, such as http://localhost:11434/v1."),
    click.option("--model", help="Name of the model, as the endpoint knows it."),
    click.option(
        "--protocol",
        type=click.Choice(["chat", "responses"]),
        default="chat",
        show_default=True,
        help="What the endpoint speaks.",
    ),
    click.option(
        "--answers",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the model's answers: what is there is not asked again. The user's cache by default.",
    ),
    click.option("--offline", is_flag=True, help="Read from the answers that are there; ask for none."),
    click.option("--limit", type=click.IntRange(0), help="Tokens to use at most, in and out."),
    click.option(
        "--requests", type=click.IntRange(1), default=4, show_default=True, help="Requests at a time."
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        default=600.0,
        show_default=True,
        help="Seconds that a request may take.",
    ),
)


def reader_options(cache: Callable[[], Path]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command these options; what they come to is its ``reader``, null for the built-in one alone.

    ``cache`` tells the folder for answers where none is given.
    """

    def give(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(who: str, model: str | None, answers: Path | None, **rest: Any) -> None:
            asked = {name: rest.pop(name) for name in ("endpoint", "protocol", "offline", "limit")}
            asked |= {name: rest.pop(name) for name in ("requests", "timeout")}
            if who == BUILT_IN and (model or asked["endpoint"]):
                raise click.UsageError(f"--model and --endpoint are for --reader {LLM} or {BOTH}")
            if who == BUILT_IN:
                return command(reader=None, **rest)
            if not model:
                raise click.UsageError(f"--reader {who} needs --model")
            if not (asked["endpoint"] or asked["offline"]):
                raise click.UsageError(f"--reader {who} needs --endpoint, or --offline")
            from onrecord.llm.reader import LanguageModel

            folder = answers or cache() / "answers"
            return command(
                reader=LanguageModel(name=model, answers=folder, beside=who == BOTH, **asked), **rest
            )

        for option in reversed(OPTIONS):
            run = option(run)
        return run

    return give
