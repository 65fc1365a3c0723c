"""``sources.csv``: what people know of the articles in a folder and the articles do not say themselves."""

from pathlib import Path

from onrecord.errors import InputError
from onrecord.plainfile import read_rows
from onrecord.reading.inputs import KNOWN_FIELDS, Known, UnusableError, name_fields, read_known

MANIFEST = "sources.csv"
COLUMNS = ("name", *KNOWN_FIELDS)


def load_manifest(path: Path, names: frozenset[str]) -> dict[str, Known]:
    """What the manifest says of each file, by the file's name in its folder; ``names`` are all there are.

    Columns: ``name`` and any of title, publisher, author, url, published (EDTF), license, credit,
    language, captured (a day, or a moment with its zone);
    an empty cell says nothing. A person wrote it, so it holds against what an article says of itself.

    Raises ``InputError``, with file and line, for a manifest that cannot be read, a column that is not known,
    a row that matches no file or one that has been told already, and a value of the wrong form.
    """
    lines = read_rows(path)
    first, header = next(lines, (1, []))
    unknown = [column for column in header if column not in COLUMNS]
    if unknown:
        raise InputError(
            f"{path}:{first}: unknown column {unknown[0]!r}; the columns are {name_fields(COLUMNS)}"
        )
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
            told[name] = read_known(row)
        except UnusableError as wrong:
            raise InputError(f"{path}:{line}: {wrong}") from None
    return told
