"""What deserves a look: each doubt is found, ranked, and comes with a correction to fill in."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from spans import place, read_words

import onrecord
from onrecord.cli import main
from onrecord.correcting.corrections import COLUMNS, load_corrections
from onrecord.correcting.review import Finding, review, write_skeleton
from onrecord.errors import CorrectionError, PackageError
from onrecord.model import Document, EntityType, Name, Reading, Role

ONE = "Anna Meyer met the board in Lindholm. “We will never sell the old quay to anyone,” Dana Roe said.\n"
TWO = "Anna Meier met the board. “We will never sell the old quays to anyone,” Roe said.\n"


class Doubtful:
    """Reads names and quotations, and is unsure of one of them."""

    method = "doubtful"
    model_sha256 = None

    def read(self, documents: Sequence[Document]) -> list[Reading]:
        return [self._read(document.text) for document in documents]

    def _read(self, text: str) -> Reading:
        names: list[tuple[str, EntityType, float]] = [
            ("Anna Meyer", "person", 0.9),
            ("Anna Meier", "person", 0.9),
            ("Lindholm", "place", 0.65),
        ]
        quote = (text.index("“"), text.index("”") + 1)
        said = text.index("said")
        speaker = text.rindex("” ", 0, said) + 2
        tokens, told = read_words(text, "met")
        return Reading(
            names=tuple(Name(*place(text, name), kind, sure) for name, kind, sure in names if name in text),
            roles=(
                Role(*quote, "content", 0, 0.9),
                Role(speaker, said - 1, "source", 0, 0.9),
                Role(said, said + 4, "cue", 0, 0.9),
            ),
            tokens=tokens,
            told=told,
        )


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of two articles in the folder ``articles`` beside it."""
    monkeypatch.setattr("onrecord.pipeline.default_reader", Doubtful)
    monkeypatch.setattr("onrecord.intake.default_reader", Doubtful)
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "one.txt").write_text(ONE, encoding="utf-8")
    (folder / "two.txt").write_text(TWO, encoding="utf-8")
    onrecord.build([folder], tmp_path / "out")
    return tmp_path / "out"


def find(findings: Sequence[Finding], why: str) -> Finding:
    """The one finding whose reason begins so."""
    (found,) = [finding for finding in findings if finding.why.startswith(why)]
    return found


def test_each_doubt_is_found(package: Path) -> None:
    found = review(package, onrecord.load_articles([package.parent / "articles"]))
    unsure = find([f for f in found if f.table == "entity_mentions"], "low confidence")
    assert (unsure.text, unsure.weight, unsure.source, unsure.occurrence) == ("Lindholm", 0.35, "one.txt", 1)
    assert unsure.around is not None and "met the board in Lindholm" in unsure.around
    assert find(found, "quotations differ in one letter").weight == 0.95
    alike = find(found, "looks like")
    assert (alike.action, alike.table) == ("merge", "entities")
    assert {alike.text, *dict(alike.value).values()} == {"Anna Meyer", "Anna Meier"}
    assert any(dict(f.expects) == {"date": None} for f in found if f.table == "events")
    assert [f.weight for f in found] == sorted((f.weight for f in found), reverse=True)


def test_a_limit_keeps_the_heaviest(package: Path) -> None:
    whole = review(package, limit=None)
    assert review(package, limit=2) == whole[:2]
    assert all(finding.occurrence is None and finding.around is None for finding in whole)


def test_the_skeleton_fails_until_it_is_filled_in(package: Path) -> None:
    articles = package.parent / "articles"
    found = review(package, onrecord.load_articles([articles]))
    skeleton = write_skeleton(found)
    rows = list(csv.DictReader(io.StringIO(skeleton)))
    assert [*rows[0]] == list(COLUMNS) and len(rows) == len(found)
    (articles / "corrections.csv").write_text(skeleton, encoding="utf-8")
    with pytest.raises(CorrectionError, match="line 2: date"):
        load_corrections([articles])
    (lindholm,) = [row for row in rows if row["text"] == "Lindholm"]
    with (articles / "corrections.csv").open("w", encoding="utf-8", newline="") as stream:
        lines = csv.DictWriter(stream, COLUMNS)
        lines.writeheader()
        lines.writerow({**lindholm, "date": "2026-11-22", "reason": "a ship here"})
    onrecord.build([articles], package)
    assert "Lindholm" not in set(onrecord.load(package)["entities"].name)


def test_a_skeleton_needs_the_articles(package: Path) -> None:
    with pytest.raises(PackageError, match="is needed to tell which"):
        write_skeleton(review(package))


def test_on_the_command_line(package: Path, tmp_path: Path) -> None:
    articles, out = str(package.parent / "articles"), tmp_path / "skeleton.csv"
    run = CliRunner().invoke
    listed = run(main, ["review", str(package), "--articles", articles, "--out", str(out)])
    assert listed.exit_code == 0 and "rows to look at" in listed.output
    assert out.read_text(encoding="utf-8").startswith(",".join(COLUMNS))
    assert run(main, ["review", str(package), "--out", str(out)]).exit_code == 2
    again = run(main, ["review", str(package), "--articles", articles, "--out", str(out)])
    assert again.exit_code == 2 and "exists" in again.output
    told = run(main, ["review", str(package), "--json", "--limit", "1"])
    assert told.exit_code == 0 and told.output.count('"why"') == 1
    assert run(main, ["review", str(tmp_path / "none")]).exit_code == 2
    nowhere = str(tmp_path / "none" / "skeleton.csv")
    lost = run(main, ["review", str(package), "--articles", articles, "--out", nowhere])
    assert lost.exit_code == 2 and "skeleton.csv cannot be written: No such file" in lost.output


@pytest.mark.parametrize("content", [None, b"no Parquet at all"])
def test_a_broken_table_is_told_by_its_file(package: Path, content: bytes | None) -> None:
    claims = package / "datapackage" / "claims.parquet"
    claims.unlink()
    if content is not None:
        claims.write_bytes(content)
    with pytest.raises(PackageError, match=r"cannot be read: .*onrecord validate says what is wrong"):
        review(package)
