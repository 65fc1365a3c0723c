"""News articles in, a validated data package out; every row points at the exact characters that say it.

>>> import onrecord
>>> result = onrecord.build(["seeds"], "/tmp/story", workers=2)  # doctest: +SKIP
>>> tables = onrecord.load("/tmp/story")  # doctest: +SKIP
>>> tables["claims"].speaker.value_counts()  # doctest: +SKIP
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.checking.check import Problem, Report, validate
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
from onrecord.intake import load_articles
from onrecord.llm.reader import LanguageModel
from onrecord.model import Article, Reject
from onrecord.packaging import schema
from onrecord.packaging.package import read_package
from onrecord.pipeline import BuildResult, build

if TYPE_CHECKING:
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
    "load",
    "load_articles",
    "validate",
]


def csv_options(table: str) -> dict[str, Any]:
    """Arguments with which ``pandas.read_csv`` gives a table the dtypes and nulls of its Parquet file.

    KeyError for a table that is not in ``schemas/``.
    """
    return schema.load()[table].csv_options


def load(package: Path | str = ".") -> "Tables":
    """The tables of a package by name, with the dtypes that ``schemas/`` define.

    They are data frames in a dictionary, which a notebook shows well, and which draws two pictures:
    ``load(".").timeline()``, ``load(".").chain(claim_id)``.

    ``package`` is the folder that holds ``datapackage.json``, or that file. Raises PackageError where there
    is no package.
    """
    import pandas as pd

    from onrecord.viewing.notebook import Tables  # with pandas, which is slow to import

    found = read_package(Path(package))
    return Tables({table: pd.read_parquet(found.at(file)) for table, file in found.parquet.items()})
