"""What each rule on page layouts brings: lines of tests/data/layouts that get a wrong kind without it.

python -m bench.layouts > bench/layouts.md
"""

from collections.abc import Iterator
from pathlib import Path

from onrecord.cleaning import clean, furniture

LAYOUTS = Path(__file__).parents[1] / "tests" / "data" / "layouts"
KINDS = {"T": "title", "S": "standfirst", "H": "heading", "B": "body", "C": "correction", "F": "furniture"}
NOTHING: frozenset[str] = frozenset()


def read_layouts() -> Iterator[tuple[str, list[str]]]:
    """Each page's text and the kinds its blocks should get, in order."""
    for path in sorted(LAYOUTS.glob("*.txt")):
        rows = [row.partition(" ") for row in path.read_text(encoding="utf-8").splitlines()[1:]]
        yield "\n".join(line for _, _, line in rows), [KINDS[mark] for mark, _, _ in rows if mark in KINDS]


def count_wrong(disabled: frozenset[str]) -> tuple[int, int, int]:
    """(lines with a wrong kind, furniture that is missed, other lines taken for furniture)."""
    pairs = [
        (wanted, block.kind)
        for text, kinds in read_layouts()
        for wanted, block in zip(kinds, clean.find_blocks(text, disabled=disabled), strict=True)
    ]
    wrong = [(wanted, kind) for wanted, kind in pairs if wanted != kind]
    missed = sum(wanted == "furniture" for wanted, _ in wrong)
    return len(wrong), missed, sum(kind == "furniture" for _, kind in wrong)


def main() -> None:
    """Prints the table, the rules that bring most first."""
    print("Lines of `tests/data/layouts` with a wrong kind when one rule is left out.\n")
    print("| left out | wrong | furniture missed | taken for furniture |")
    print("|---|---|---|---|")
    rules = [*clean.RULES, *furniture.RULES]
    table = sorted(((*count_wrong(frozenset({rule})), rule) for rule in rules), reverse=True)
    for wrong, missed, taken, rule in [(*count_wrong(NOTHING), "nothing"), *table]:
        print(f"| {rule} | {wrong} | {missed} | {taken} |")


if __name__ == "__main__":
    main()
