"""What `pip install onrecord` puts on a disk: every distribution that it brings, and how large all are."""

import importlib.metadata
import re
import sys
import tomllib
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
OWN = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
LIMIT = 480
"""Megabytes, of a million bytes. pyarrow, onnxruntime, numpy, pandas and the reader's weights are 370."""
UNWANTED = {"babel": "trafilatura", "huggingface-hub": None, "torch": None, "scipy": None, "sympy": None}
"""Large ones, and who may bring them."""


def brought() -> dict[str, set[str]]:
    """The distributions of a base install, and who asks for each; extras count where they are asked for."""
    found: dict[str, set[str]] = {}
    waiting = [("onrecord", frozenset[str]())]
    while waiting:
        name, extras = waiting.pop()
        for line in OWN if name == "onrecord" else importlib.metadata.requires(name) or ():
            need = Requirement(line)
            marker = need.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in (extras or {""})):
                continue
            child = canonicalize_name(need.name)
            if child not in found:
                waiting.append((child, frozenset(need.extras)))
            found.setdefault(child, set()).add(canonicalize_name(name))
    return found


def size(distribution: Distribution) -> int:
    """Bytes of the files that were installed, without what Python compiles from them."""
    files = (Path(str(file.locate())) for file in distribution.files or () if file.suffix != ".pyc")
    return sum(path.stat().st_size for path in files if path.is_file())


@pytest.fixture(scope="module")
def megabytes() -> dict[str, float]:
    sizes = {name: size(importlib.metadata.distribution(name)) for name in brought()}
    own = (*(ROOT / "build" / "onrecord").rglob("*"), *(ROOT / "schemas").rglob("*"))
    sizes["onrecord"] = sum(path.stat().st_size for path in own if path.is_file() and path.suffix != ".pyc")
    return {name: bytes_ / 1e6 for name, bytes_ in sizes.items()}


@pytest.mark.skipif(sys.platform != "linux", reason="wheels of other systems have other sizes")
def test_the_base_install_is_no_larger_than_the_readme_says(megabytes: dict[str, float]) -> None:
    total = sum(megabytes.values())
    largest = sorted(megabytes.items(), key=lambda item: -item[1])[:12]
    assert 300 < total < LIMIT, ", ".join(f"{name} {size:.0f}" for name, size in largest)
    told = re.search(r"about (\d+) MB", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert told and abs(int(told[1]) - total) < 30, f"README.md must say {total:.0f} MB"


def test_nothing_large_comes_that_nobody_asked_for() -> None:
    found = brought()
    for name, by in UNWANTED.items():
        assert by is not None or name not in found, f"{name}: by {', '.join(found[name])}"
    assert {"pandas", "pandera", "pyarrow", "onnxruntime"} <= set(found)
