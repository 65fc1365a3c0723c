"""What a person sees at the keyboard: the only module that prints.

Words of articles, packages and other people's files are data: no character of theirs may command a terminal
or turn the direction of a line, and none is read as markup. Such characters are shown as JSON escapes them.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

import click

__all__ = ["escape", "print_json", "print_table", "say", "use_any_encoding"]

_ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def escape(text: str) -> str:
    """The text with each character shown that would not be seen, or would do something.

    >>> escape("1.0\\x1b]0;pwned\\x07"), escape("gnp.\\u202egnp"), escape("Zoë, 日本\\tnext")
    ('1.0\\\\u001b]0;pwned\\\\u0007', 'gnp.\\\\u202egnp', 'Zoë, 日本\\tnext')
    """
    return _ODD.sub(lambda found: json.dumps(found[0])[1:-1], text)


def say(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Print a text, to standard error with ``err``."""
    click.echo(escape(text) + end, err=err, nl=False)


def print_json(value: object) -> None:
    """Print a value as one line of JSON; what JSON does not know, as mappings and texts."""
    say(json.dumps(value, default=_dump_value, ensure_ascii=False))


def _dump_value(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, right: str = ""
) -> None:
    """Print rows under their columns, null as nothing; the column called ``right`` stands on the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=None if title is None else Text(escape(title)))
    for column in columns:
        table.add_column(column, justify="right" if column == right else "left")
    for row in rows:
        table.add_row(*(Text("" if cell is None else escape(str(cell))) for cell in row))
    Console(file=sys.stdout).print(table)


def use_any_encoding() -> None:
    """What standard output cannot encode is shown as an escape instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
