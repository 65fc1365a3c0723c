"""How commands run: exit codes, signals, errors, progress, and options from a file."""

import math
import signal
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from onrecord.errors import InputError, LockedError, OnRecordError
from onrecord.llm.options import reader_options
from onrecord.printing import say, use_any_encoding

__all__ = [
    "EXIT_CODES",
    "FAILED",
    "INVALID",
    "NOTHING",
    "articles_option",
    "build_options",
    "examples",
    "json_option",
    "quiet_option",
    "read_options",
    "there",
    "told",
]

INVALID, FAILED, NOTHING, LOCKED = 1, 1, 3, 4
EXIT_CODES = """
\b
Exit codes:
  0  done; the package is valid
  1  the package is not valid, or the command failed; what was there before is untouched
  2  the command was used wrongly, or a path that was given is not there
  3  nothing usable to build from, or an input was rejected under --strict
  4  another build holds the same folder
  129, 130, 143  stopped by SIGHUP, SIGINT (Ctrl-C), SIGTERM; a whole package is in place
"""
STOPS = ("SIGHUP", "SIGINT", "SIGTERM")


alone = False
"""Whether this process is a command's own, and not one that a notebook or a test has started it in."""


def keep_pandas_out() -> None:
    """Let pyarrow take pandas for missing.

    It asks of each thing that becomes a column whether that is pandas', and imports pandas for the question;
    no command has anything of pandas. Whoever imports pandas itself gets it.
    """
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, _NoPandas)
    try:
        import pyarrow

        pyarrow.array([0])
    finally:
        sys.meta_path.remove(_NoPandas)


class _NoPandas:
    """What looks for modules before all else, and says that there is no pandas."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


class Stopped(BaseException):
    """A signal asks the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Within, the first signal to end raises Stopped, so that what is half done is cleaned up; a second one
    ends the program at once. Signals that whoever started it has told to ignore are ignored."""

    def stop(number: int, frame: FrameType | None) -> None:
        for stopping in replaced:
            signal.signal(stopping, signal.SIG_DFL)
        raise Stopped(number)

    known = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    here = threading.current_thread() is threading.main_thread()
    replaced = {number: signal.getsignal(number) for number in known if here}
    replaced = {number: handler for number, handler in replaced.items() if handler is not signal.SIG_IGN}
    try:
        for number in replaced:
            signal.signal(number, stop)
        yield
    finally:
        for number, handler in replaced.items():
            signal.signal(number, handler)


@contextmanager
def told() -> Iterator[None]:
    """Known errors and signals become one line on standard error and an exit code."""
    use_any_encoding()
    if alone:
        keep_pandas_out()
    try:
        with stop_on_signals():
            yield
    except OnRecordError as error:
        say(f"onrecord: {error}", err=True)
        code = {InputError: NOTHING, LockedError: LOCKED}.get(type(error), FAILED)
        sys.exit(code)
    except OSError as error:
        from onrecord.packaging.tablefile import tell_reason

        say(f"onrecord: {tell_reason(error)}", err=True)
        sys.exit(FAILED)
    except MemoryError:
        say("onrecord: there is not enough memory; give fewer articles or --workers", err=True)
        sys.exit(FAILED)
    except Stopped as stopped:
        say(f"onrecord: stopped by {signal.Signals(stopped.number).name}; no package is left half", err=True)
        sys.exit(128 + stopped.number)


there = click.Path(path_type=Path, exists=True)
"""A path that is there: what is not is wrong use, in all commands."""

articles_option = click.option(
    "--articles",
    type=there,
    multiple=True,
    help="Folder or file of the articles: proves every span. May be given several times.",
)


def seconds(context: click.Context, option: click.Parameter, value: float) -> float:
    """A number of seconds: neither infinite nor no number at all."""
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a number of seconds", context, option)
    return value


quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors alone.")
json_option = click.option("--json", "as_json", is_flag=True, help="Tell the outcome as one JSON object.")


def build_options(command: Callable[..., None]) -> Callable[..., None]:
    """What ``build`` and ``update`` have in common."""
    for option in (
        json_option,
        click.option("-v", "--verbose", is_flag=True, help="Show all warnings and rejects."),
        quiet_option,
        click.option(
            "--wait",
            type=click.FloatRange(0),
            default=0,
            callback=seconds,
            help="Seconds to wait for another build.",
        ),
        click.option("--strict", is_flag=True, help="Fail where an input cannot be used."),
        click.option(
            "--cluster",
            metavar="ADDRESS",
            help="Read articles on a dask.distributed cluster, such as tcp://10.0.0.5:8786.",
        ),
        click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes."),
        click.option(
            "--out",
            type=click.Path(path_type=Path, file_okay=False),
            default=Path(),
            help="Folder of the package.",
        ),
        click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, allow_dash=True)),
    ):
        command = option(command)
    return reader_options(_cache_folder)(command)


def _cache_folder() -> Path:
    from onrecord import workplace

    return workplace.cache_folder()


def examples(*lines: str) -> str:
    """What help shows below the options: examples of a command, one a line, and the exit codes."""
    shown = "\n".join(f"  {line}" for line in lines)
    return f"\b\nExamples:\n{shown}\n\n{EXIT_CODES}"


def read_options(folder: Path, commands: dict[str, click.Command]) -> dict[str, dict[str, Any]]:
    """Options by command from ``onrecord.toml`` in a folder, else from ``[tool.onrecord]`` in its
    pyproject.toml.

    A table for each command, its keys the long names of options: ``[build]`` with ``workers = 2``. What is
    typed holds against it. Raises UsageError for a file, a command or an option that is not understood.
    """
    own, project = folder / "onrecord.toml", folder / "pyproject.toml"
    path = own if own.is_file() else project
    if not path.is_file():
        return {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        if path == project:
            return {}  # it is another tool's file first
        raise click.UsageError(f"{path} cannot be read as TOML ({error}); mend it") from None
    told = told if path == own else told.get("tool", {}).get("onrecord", {})
    return {name: _read_table(path, name, table, commands) for name, table in told.items()}


def _read_table(path: Path, name: str, table: object, commands: dict[str, click.Command]) -> dict[str, Any]:
    if name not in commands or not isinstance(table, dict):
        raise click.UsageError(f"{path}: {name!r} is no command; write a table, such as [build]")
    known = {
        option.opts[-1].removeprefix("--"): option.name
        for option in commands[name].params
        if isinstance(option, click.Option)
    }
    for key in table:
        if key not in known:
            raise click.UsageError(f"{path}: {name} has no option {key!r}; it has {', '.join(sorted(known))}")
    return {str(known[key]): value for key, value in table.items()}
