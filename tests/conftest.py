"""What all tests share: none of them writes into the cache folder of whoever runs them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cache folder of the tests, also of commands that they start."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["ONRECORD_CACHE"] = str(folder)
    yield folder
    del os.environ["ONRECORD_CACHE"]
