"""News articles in, a validated data package out; every row points at the exact characters that say it.

>>> import onrecord
>>> result = onrecord.build(["seeds"], "/tmp/story", workers=2)  # doctest: +SKIP
>>> tables = onrecord.load("/tmp/story")  # doctest: +SKIP
>>> tables["claims"].speaker.value_counts()  # doctest: +SKIP
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.errors import (
    CorrectionError,
    GroundingError,
    InputError,
    LockedError,
    OnRecordError,
    PackageError,
    ReaderError,
    SchemaError,
)

if TYPE_CHECKING:
    from onrecord.checking.check import Problem, Report, validate
    from onrecord.intake import load_articles
    from onrecord.llm.reader import LanguageModel
    from onrecord.model import Article, Reject
    from onrecord.packaging.frames import frame_schema
    from onrecord.pipeline import BuildResult, build
    from onrecord.viewing.notebook import Tables

__all__ = [
    "Article",
    "BuildResult",
    "CorrectionError",
    "GroundingError",
    "InputError",
    "LanguageModel",
    "LockedError",
    "OnRecordError",
    "PackageError",
    "Problem",
    "ReaderError",
    "Reject",
    "Report",
    "SchemaError",
    "build",
    "csv_options",
    "frame_schema",
    "load",
    "load_articles",
    "validate",
]


_HOMES = {
    "Article": "model",
    "BuildResult": "pipeline",
    "LanguageModel": "llm.reader",
    "Problem": "checking.check",
    "Reject": "model",
    "Report": "checking.check",
    "build": "pipeline",
    "frame_schema": "packaging.frames",
    "load_articles": "intake",
    "validate": "checking.check",
}
"""Where that is which is imported when it is asked for, so that ``import onrecord`` is quick."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def csv_options(table: str) -> dict[str, Any]:
    """Arguments with which ``pandas.read_csv`` gives a table the dtypes and nulls of its Parquet file.

    KeyError for a table that is not in ``schemas/``.
    """
    from onrecord.packaging import schema

    return schema.load()[table].csv_options


def load(package: Path | str = ".") -> "Tables":
    """The tables of a package by name, with the dtypes that ``schemas/`` define.

    They are data frames in a dictionary, which a notebook shows well, and which draws two pictures:
    ``load(".").timeline()``, ``load(".").chain(claim_id)``.

    ``package`` is the folder that holds ``datapackage.json``, or that file. Raises PackageError where there
    is no package.
    """
    import pandas as pd

    from onrecord.packaging.package import read_package
    from onrecord.viewing.notebook import Tables

    found = read_package(Path(package))
    return Tables({table: pd.read_parquet(found.at(file)) for table, file in found.parquet.items()})
