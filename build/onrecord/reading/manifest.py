"""``sources.csv``: what people know of the articles in a folder and the articles do not say themselves."""

from pathlib import Path

from onrecord.errors import InputError
from onrecord.model import Notice
from onrecord.plainfile import read_rows
from onrecord.reading.fields import find_field, translate
from onrecord.reading.inputs import KNOWN_FIELDS, Known, UnusableError, read_known, tell_unknown

MANIFEST = "sources.csv"


def load_manifest(path: Path, names: frozenset[str]) -> tuple[dict[str, Known], tuple[Notice, ...]]:
    """What the manifest says of each file, by the file's name in its folder; ``names`` are all there are.
    And which of its columns are not known.

    Columns: ``name`` and any of title, publisher, author, url, published (EDTF), license, credit,
    language, captured (a day, or a moment with its zone);
    an empty cell says nothing. A person wrote it, so it holds against what an article says of itself.

    Raises ``InputError``, with file and line, for a manifest that cannot be read, a row that matches no file
    or one that has been told already, and a value of the wrong form.
    """
    lines = read_rows(path)
    first, header = next(lines, (1, []))
    unknown = [name for name in header if name != "name" and find_field(name) not in KNOWN_FIELDS]
    if "name" not in header or len(set(header)) < len(header):
        raise InputError(f"{path}:{first}: the header must hold the column name, and no column twice")
    told: dict[str, Known] = {}
    for line, cells in lines:
        if len(cells) != len(header):
            raise InputError(f"{path}:{line}: {len(cells)} cells, but the header has {len(header)} columns")
        row = dict(zip(header, cells, strict=True))
        name = row["name"]
        if name not in names:
            raise InputError(
                f"{path}:{line}: no article file {name!r} in {path.parent}; correct or remove the row"
            )
        if name in told:
            raise InputError(f"{path}:{line}: a second row for {name!r}; keep one")
        try:
            said = {column: cell for column, cell in row.items() if column not in (*unknown, "name")}
            told[name] = read_known(translate(said)[0])
        except UnusableError as wrong:
            raise InputError(f"{path}:{line}: {wrong}") from None
    return told, tell_unknown(path.name, first, "columns", unknown)
