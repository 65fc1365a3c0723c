"""What tells a user how well a model of their own reads, against an endpoint and with annotation replayed."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from bench.llm import main
from misbehaving import Asked, Deed, Raw, serve
from test_judging import careful
from test_llm import text_of


def article(name: str, place: str) -> dict[str, Any]:
    return {"id": name, "text": text_of(place), "title": None, "publisher": name, "published": "2026-05-06"}


def mention(text: str, words: str) -> list[int]:
    return [text.index(words), text.index(words) + len(words)]


def desk_row() -> dict[str, Any]:
    """An article with the list that ``test_llm.list_of`` gives of it, and a vote that it does not have."""
    row = article("velmar", "Velmar")
    entities = [
        {"name": name, "type": kind, "mentions": [mention(row["text"], name)]}
        for name, kind in (("Ana Ruiz", "person"), ("Velmar", "place"))
    ]
    told = {"kind": "happening", "status": "occurred", "date": None, "type": None}
    events = [
        {
            **told,
            "label": label,
            "type": kind,
            "participants": [],
            "mentions": [mention(row["text"], word)],
        }
        for label, kind, word in (
            ("Dockers walk out in Velmar", "PROTEST", "walked"),
            ("Dockers hold a vote", None, "vote"),
        )
    ]
    return {**row, "entities": entities, "events": events}


MORE = (
    "Its members will meet again in the old town hall on Friday.",
    "Its members have not met in the old town hall for years.",
)
"""What sets two outlets' texts apart from each other and from the list's article."""


def story() -> dict[str, Any]:
    articles = [
        {**article(name, "Velmar"), "text": f"{text_of('Velmar')} {more}"}
        for name, more in zip(("one", "two"), MORE, strict=True)
    ]
    mentions = [[a["id"], *mention(a["text"], "walked")] for a in articles]
    event = {"label": "Dockers walk out in Velmar", "status": "occurred", "date": None, "mentions": mentions}
    return {"story": "s", "articles": articles, "events": [event]}


@pytest.fixture
def corpora(tmp_path: Path) -> str:
    folder = tmp_path / "corpora"
    folder.mkdir()
    for name, row in (("desk-dev", desk_row()), ("stories-dev", story())):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.write(json.dumps(row) + "\n")
    return str(folder)


def figures(told: str) -> dict[str, dict[str, str]]:
    """The figures that are printed, by corpus and name."""
    found: dict[str, dict[str, str]] = {}
    for line in told.splitlines():
        name, _, figure = line.strip().partition(": ")
        if not line.startswith(" "):
            found[name] = {}
        else:
            found[next(reversed(found))][name] = figure
    return found


def test_a_model_at_an_endpoint_gets_its_figures(corpora: str, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(careful) as endpoint:
        main([corpora, endpoint.url, "--model", "small-1"])
        assert len(endpoint.asked) == 3
    told = figures(capsys.readouterr().out)
    assert told["desk-dev"]["events"] == "66.7 (100.0 / 50.0)"
    assert told["desk-dev"]["entities with type"] == "100.0 (100.0 / 100.0)"
    assert told["desk-dev"]["cost"] == "1 requests, 100 tokens in, 20 out"
    assert told["stories-dev"]["event pairs across articles"] == "100.0 (100.0 / 100.0)"
    assert "entities" not in told["stories-dev"]


def test_an_endpoint_that_fails_is_told(corpora: str, capsys: pytest.CaptureFixture[str]) -> None:
    def some(number: int, asked: Asked) -> Deed:
        return Raw(400, "{}") if number == 2 else careful(number, asked)

    with serve(some) as endpoint:
        main([corpora, endpoint.url, "--model", "small-1"])
    told = capsys.readouterr().out
    assert "the language model did not read it" in told
    assert figures(told)["stories-dev"]["event pairs across articles"] == "0.0 (0.0 / 0.0)"


def test_what_is_annotated_comes_out_and_what_is_spoilt_does_not(
    corpora: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([corpora, "--replay", "--spoil"])
    told = figures(capsys.readouterr().out)
    for name in ("desk-dev", "stories-dev"):
        assert told[name]["events"] == told[name]["entities"] == "100.0 (100.0 / 100.0)"
        assert told[name]["spoilt"].endswith("of them in the tables: 0")


def test_neither_endpoint_nor_replay_is_wrong_use(corpora: str) -> None:
    with pytest.raises(SystemExit):
        main([corpora])
