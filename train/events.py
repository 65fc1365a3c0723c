"""How often articles use a word, and which words tell the same: writes word_counts.csv and alike.csv.

    python -m train.events CORPORA MINILM WORDNET

``CORPORA`` holds ecbplus, meantime, polnear-train and gum as JSON lines, ``MINILM`` all-MiniLM-L6-v2,
``WORDNET`` the database files of WordNet 3.0 (Debian's wordnet-base has them in /usr/share/wordnet). Of ECB+
only the split train is used. Mentions are the corpus's own; names, dates and participants are found as in a
build. Needs scipy. The same bytes every run.
"""

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from train.alike import Likeness, alike_table, is_number
from train.corpora import read_corpus
from train.mentions import Corpus, all_pairs, build_corpus, gold_of_meantime, to_dated_article

from onrecord import words
from onrecord.annotate import annotate, default_reader
from onrecord.english.alike import stem_word
from onrecord.resolving import events
from onrecord.resolving.stories import telling_words

DATA = Path("build/onrecord/data")
FEWEST = 5
"""Articles that must hold a stem for it to be counted."""
Counts = Mapping[tuple[str, str], Mapping[str, Sequence[int]]]


def count_together(corpus: Corpus) -> Counts:
    """By pair of stems and topic, how many pairs of mentions are and are not one happening."""
    counts: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for topic, one, other in all_pairs(corpus):
        if one.stem != other.stem and not (is_number(one.stem) or is_number(other.stem)):
            first, second = sorted((one.stem, other.stem))
            same = corpus.gold[one.mention_id] == corpus.gold[other.mention_id]
            counts[first, second][topic][not same] += 1
    return counts


def together(counts: Counts, without: str | None = None) -> dict[tuple[str, str], float]:
    """Log odds, moved to be positive, of stems that tell one happening outside the topic ``without``."""
    found = {}
    for stems, topics in counts.items():
        same = sum(pair[0] for topic, pair in topics.items() if topic != without)
        apart = sum(pair[1] for topic, pair in topics.items() if topic != without)
        if same:
            found[stems] = round(max(0.1, math.log((same + 0.5) / (apart + 1.5)) + 2.0), 2)
    return found


def read_texts(corpora: Path, names: Sequence[str]) -> Iterator[str]:
    """The texts of several corpora, but for those to develop with."""
    for name in names:
        yield from (row["text"] for row in read_corpus(corpora, name) if row.get("split") != "dev")


def count_words(texts: Iterable[str]) -> str:
    """The table of how many articles hold a stem."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({"*", *(stem for stem, _ in telling_words(text))})
    kept = sorted((stem, n) for stem, n in counts.items() if n >= FEWEST and stem.isascii() and stem != "*")
    head = (
        "# In how many articles of PolNeAR, ECB+ and GUM (training parts) a word stands, by its stem;\n"
        "# * counts the articles. Counted by train/events.py; words of fewer than five are left out.\n"
        "stem,articles\n"
    )
    return head + f"*,{counts['*']}\n" + "".join(f"{stem},{n}\n" for stem, n in kept)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path)
    parser.add_argument("minilm", type=Path)
    parser.add_argument("wordnet", type=Path)
    given = parser.parse_args()
    ecb_rows = [row for row in read_corpus(given.corpora, "ecbplus") if row["split"] == "train"]
    meantime_rows = read_corpus(given.corpora, "meantime")
    corpus = build_corpus(ecb_rows, list(annotate(list(map(to_dated_article, ecb_rows)), default_reader())))
    meantime = build_corpus(
        meantime_rows,
        list(annotate(list(map(to_dated_article, meantime_rows)), default_reader())),
        gold_of_meantime,
    )
    counts = count_together(corpus)
    besides = (
        {told.stem for articles in (corpus.told, meantime.told) for row in articles for told in row}
        | {stem_word(row["word"].lstrip("=")) for row in words.table("plover")}
        | {events.stem_of(cue) for cue in words.load("cue_verbs") if " " not in cue}
    )
    texts = read_texts(given.corpora, ("polnear-train", "ecbplus", "gum", "meantime"))
    likeness = Likeness(texts, besides, given.minilm, given.wordnet)
    texts = read_texts(given.corpora, ("polnear-train", "ecbplus", "gum"))
    (DATA / "word_counts.csv").write_text(count_words(texts), encoding="utf-8")
    (DATA / "alike.csv").write_text(alike_table(together(counts), likeness), encoding="utf-8")


if __name__ == "__main__":
    main()
