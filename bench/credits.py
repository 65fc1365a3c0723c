"""Credits of wires, by PolNeAR's ``wire`` column: how many are found, and how many found are right.

    python -m bench.credits CORPORA

Prints, for its training and development parts, the wires found of those that the corpus names, the credits
that name another wire or stand in a text of which it names none, and the texts in which nothing was found.
"""

import argparse
from pathlib import Path

from train.corpora import read_corpus, to_article

from onrecord.annotate import find_document
from onrecord.claims.credits import find_credit
from onrecord.claims.outlets import label_outlet

NONE = ("None", "NA")


def main(corpora: Path) -> None:
    for part in ("polnear-train", "polnear-dev"):
        right = wanted = 0
        others, missed = [], []
        for row in read_corpus(corpora, part):
            document = find_document(to_article(row))
            found = find_credit(document.text, document.blocks)
            wire = None if row["wire"] in NONE else label_outlet(row["wire"]).casefold()
            same = found is not None and label_outlet(found).casefold() == wire
            right, wanted = right + same, wanted + (wire is not None)
            if found is not None and not same:
                others.append(f"{row['id']}: {found}, not {row['wire']}")
            elif wire is not None and not same:
                missed.append(f"{row['id']}: {row['wire']}")
        print(f"{part}: {right} of {wanted} found, {len(others)} others found")
        print(*(f"  other   {line}" for line in others), *(f"  missed  {line}" for line in missed), sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpora", type=Path)
    main(parser.parse_args().corpora)
