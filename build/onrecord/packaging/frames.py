"""What a data frame of a user's own is checked with: the schema of a table, for pandera."""

from typing import Any

import pandera.pandas as pandera

from onrecord.packaging import schema

__all__ = ["frame_schema"]


def frame_schema(table: str) -> pandera.DataFrameSchema:
    """The pandera schema of a table: its columns in their order and no others, their types, allowed values
    and patterns, nulls where they may be, no key twice; nothing is converted.

    ``frame_schema("claims").validate(frame)`` returns the frame, or raises ``pandera.errors.SchemaError``;
    with ``lazy=True`` SchemaErrors, which tells all that is wrong. KeyError for a table that is not in
    ``schemas/``.
    """
    found = schema.load()[table]
    columns = {
        field.name: pandera.Column(
            field.dtype, _checks(field), nullable=not field.required, description=field.description
        )
        for field in found.fields
    }
    return pandera.DataFrameSchema(
        columns,
        name=found.name,
        title=found.title,
        description=found.description,
        strict=True,
        ordered=True,
        coerce=False,
        unique=list(found.primary_key),
    )


def _checks(field: schema.Field) -> list[pandera.Check]:
    found = []
    if field.enum:
        found.append(pandera.Check.isin(field.enum))
    if field.pattern is not None:
        found.append(pandera.Check(_full_match(field.pattern), name="pattern", error=field.pattern))
    if field.minimum is not None:
        found.append(pandera.Check.ge(field.minimum))
    if field.maximum is not None:
        found.append(pandera.Check.le(field.maximum))
    return found


def _full_match(pattern: str) -> Any:
    return lambda series: series.str.fullmatch(pattern)
