"""The word lists and tables: each says what it is, is loaded by something, and tells nothing twice."""

import ast
from pathlib import Path

import pytest

import onrecord

PACKAGE = Path(onrecord.__file__).parent
TRAIN = Path(__file__).parents[1] / "train"
LISTS = [
    path
    for path in sorted((PACKAGE / "data").iterdir())
    if path.suffix in (".csv", ".txt") and not path.stem.endswith("_licence")
]


@pytest.fixture(scope="module")
def literals() -> frozenset[str]:
    """All strings in the code of the package and of its training."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for path in (*PACKAGE.rglob("*.py"), *TRAIN.glob("*.py"))
    ]
    found = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(node.value for node in found if isinstance(node.value, str))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_every_list_says_what_it_is_is_loaded_and_repeats_nothing(
    path: Path, literals: frozenset[str]
) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert path.stem in literals
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    assert len(lines) == len(set(lines))
