"""Adding to a package is cheap: only what is new is read, ids stay, and what changed is told."""

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import onrecord
from onrecord import intake
from onrecord.cli import main
from onrecord.intake import Progress
from onrecord.llm.reader import LanguageModel
from onrecord.resolving import claim_pairs, events, stories
from onrecord.workplace import clear_kept

STORY = (
    "Mayor Ines Prado said the ferry would return in June {}. The harbour of {} reopened after the storm.\n"
)
PLACES = ("Lindholm", "Halden", "Velby")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number, place in enumerate(PLACES):
        (folder / f"{place}.txt").write_text(STORY.format(2030 + number, place), encoding="utf-8")
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the articles that are read, as they are."""
    names: list[str] = []
    annotate = intake.annotate_batch

    def noted(articles: Sequence[bytes], made_by: str, model: LanguageModel | None = None) -> list[bytes]:
        made = annotate(articles, made_by, model)
        names.extend(place for place in (*PLACES, "Ostrava") for data in articles if place.encode() in data)
        return made

    monkeypatch.setattr(intake, "annotate_batch", noted)
    return names


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def contents(package: Path) -> dict[str, bytes]:
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in package.rglob("*.*")}


def change(folder: Path) -> None:
    """One article comes, one is corrected, one goes."""
    (folder / "Ostrava.txt").write_text(STORY.format(2040, "Ostrava"), encoding="utf-8")
    (folder / "Halden.txt").write_text(STORY.format(2041, "Halden"), encoding="utf-8")
    (folder / "Velby.txt").unlink()


def test_an_update_reads_what_is_new_and_tells_what_changed(
    folder: Path, tmp_path: Path, read: list[str]
) -> None:
    for name in ("one", "two"):
        onrecord.build([folder], tmp_path / name)
    before = onrecord.load(tmp_path / "one")
    assert sorted(read) == sorted(PLACES * 2)
    read.clear()
    change(folder)
    done = run("update", folder, "--out", tmp_path / "one", "--json")
    assert done.exit_code == 0, done.output
    assert sorted(read) == ["Halden", "Ostrava"]
    told = {table["table"]: table for table in json.loads(done.stdout)["changes"]["tables"]}
    assert [told["sources"][what] for what in ("before", "added", "removed", "after")] == [3, 2, 2, 3]
    after = onrecord.load(tmp_path / "one")
    stay = set(before["claims"].claim_id[before["claims"].text.str.contains("2030")])
    assert stay and stay <= set(after["claims"].claim_id)
    onrecord.build([folder], tmp_path / "two", previous=tmp_path / "two")
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_an_update_tells_people_in_words(folder: Path, tmp_path: Path) -> None:
    onrecord.build([folder], tmp_path / "out")
    change(folder)
    done = run("update", folder, "--out", tmp_path / "out")
    assert "- sources: 2 rows" in done.stdout
    assert "1 of 3 articles are as they were and are not read again" in done.stderr
    again = run("update", folder, "--out", tmp_path / "out")
    assert "No row was added, removed or changed" in again.stdout


def test_an_update_needs_a_package(folder: Path, tmp_path: Path) -> None:
    done = run("update", folder, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "datapackage.json" in done.stderr and "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_workers_and_a_cluster_do_not_go_together(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "--out", tmp_path, "--workers", 2, "--cluster", "tcp://127.0.0.1:1")
    assert done.exit_code == 2


def test_an_interrupted_build_goes_on_where_it_stopped_and_says_so(
    folder: Path, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 1)
    whole = intake.annotate_batch

    def stop(articles: Sequence[bytes], made_by: str, model: LanguageModel | None = None) -> list[bytes]:
        if len(read) == 2:
            raise KeyboardInterrupt
        return whole(articles, made_by, model)

    monkeypatch.setattr(intake, "annotate_batch", stop)
    with pytest.raises(KeyboardInterrupt):
        onrecord.build([folder], tmp_path / "out")
    monkeypatch.setattr(intake, "annotate_batch", whole)
    told: list[Progress] = []
    onrecord.build([folder], tmp_path / "out", on_progress=told.append)
    assert sorted(read) == sorted(PLACES), "none was read twice"
    first, *_, last = (now for now in told if now.stage == "annotate")
    assert (first.articles, first.total, first.kept, first.interrupted) == (2, 3, 2, True)
    assert (last.articles, last.total) == (3, 3)
    onrecord.build([folder], tmp_path / "out", on_progress=told.append)
    assert (told[-1].interrupted, next(now for now in told[::-1] if now.kept).kept) == (False, 3)
    done = run("build", folder, "--out", tmp_path / "out")
    assert "3 of 3 articles are as they were" in done.stderr


def test_progress_tells_what_is_done_and_left_and_how_long_that_takes(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "--out", tmp_path / "out")
    stages = [line.partition(":")[0] for line in done.stderr.splitlines()]
    assert stages == [
        "read",
        "annotate",
        "link entities",
        "find stories",
        "find reprints",
        "group claims",
        "link events",
        "write",
        "check",
    ]
    assert "annotate: 0 of 3 articles" in done.stderr


SENTENCES = (
    "A fire destroyed the Norfield mill in Halden on Monday, killing three workers.",
    "A fire destroyed the Norfield mill in Halden on Monday, killing five workers.",
    "“We will rebuild the mill and pay every worker in full,” said Ines Prado, the mayor of Halden.",
    "“We will rebuild the mill and pay all workers in full,” Prado said.",
    "Norfield Mining said the blaze began in a store of timber at 4 a.m.",
    "The company denied that the blaze began in a store of timber.",
    "Police arrested the manager of the mill, Karl Oren, on Tuesday, according to the Halden Gazette.",
    "Oren told reporters he was innocent and would sue Norfield Mining for 2 million dollars.",
    "The union will hold a strike at all Norfield mills on 4 March, its leader Ana Ruiz announced.",
    "The Halden council voted to delay the opening of the new bridge until June.",
)


def make_article(chance: random.Random, number: int) -> dict[str, str]:
    """Some of the sentences of one story, as an outlet tells it."""
    told = sorted(chance.sample(range(len(SENTENCES)), chance.randrange(3, 8)))
    return {
        "id": f"article-{number}",
        "text": "\n\n".join(SENTENCES[place] for place in told),
        "publisher": f"The {chance.choice(('Halden Gazette', 'Velby Post', 'Morning Wire'))}",
        "published": f"2026-02-{chance.randrange(1, 20):02}",
    }


def test_whatever_came_before_an_update_gives_what_a_build_from_nothing_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotate = intake.annotate_batch
    known: dict[bytes, bytes] = {}

    def read_once(articles: Sequence[bytes], made_by: str, model: LanguageModel | None = None) -> list[bytes]:
        fresh = [data for data in articles if data not in known]
        known.update(zip(fresh, annotate(fresh, made_by, model), strict=True))
        return [known[data] for data in articles]

    monkeypatch.setattr(intake, "annotate_batch", read_once)
    chance = random.Random(11)
    held = {number: make_article(chance, number) for number in range(8)}
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    lines = tmp_path / "articles.jsonl"
    for step in range(6):
        lines.write_text("".join(f"{json.dumps(row)}\n" for row in held.values()), encoding="utf-8")
        if step:
            shutil.copytree(kept, fresh, dirs_exist_ok=True)
        onrecord.build([lines], kept, previous=kept if step else None, replace=True)
        clear_kept([fresh])
        onrecord.build([lines], fresh, previous=fresh if step else None, replace=True)
        assert contents(kept) == contents(fresh), f"step {step}"
        for number in chance.sample(sorted(held), 2):
            del held[number]
        for number in chance.sample(sorted(held), 2):
            held[number] = make_article(chance, number)
        held |= {number: make_article(chance, number) for number in range(8 + 2 * step, 10 + 2 * step)}
    rows = onrecord.load(kept)
    assert len(rows["claim_relations"]) and (rows["events"].sources > 1).any()


def test_what_was_found_out_is_not_found_out_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    onrecord.build([folder], tmp_path / "out")
    before = contents(tmp_path / "out")
    for module, name in ((events, "tell"), (claim_pairs, "compare"), (stories, "outline")):
        monkeypatch.setattr(module, name, lambda *given: pytest.fail("was found out before"))
    onrecord.build([folder], tmp_path / "out")
    assert contents(tmp_path / "out") == before
