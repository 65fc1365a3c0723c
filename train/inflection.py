"""The base forms and irregular forms of verbs and nouns, from WordNet 3.0's database files.

    python -m train.inflection /usr/share/wordnet > build/onrecord/data/inflection.csv

``onrecord.english.inflection`` finds base forms by them as WordNet's own Morphy does.
"""

import sys
from pathlib import Path


def main() -> None:
    folder = Path(sys.argv[1])
    print("# Verbs, irregular forms of verbs and nouns with their base: WordNet 3.0, by train/inflection.py.")
    print("form,part,base")
    rows = set()
    for line in (folder / "index.verb").read_text(encoding="utf-8").splitlines():
        word = line.split(" ", 1)[0]
        if word.isalpha():
            rows.add((word, "verb", word))
    for part in ("verb", "noun"):
        for line in (folder / f"{part}.exc").read_text(encoding="utf-8").splitlines():
            form, base = line.split()[:2]
            if form.isalpha() and base.isalpha() and form != base:
                rows.add((form, part, base))
    for row in sorted(rows):
        print(",".join(row))


if __name__ == "__main__":
    main()
