"""Fetching pages from a server with faults: what is kept, what is asked again, what is told."""

import csv
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

import onrecord
from onrecord.cli import main
from onrecord.errors import InputError
from onrecord.reading.fetch import Fetched, Policy, fetch, read_addresses

PAGE = (
    "<html><head><title>Ferry to return</title></head><body><article>"
    "<p>Mayor Ines Prado said the ferry would return in June.</p>"
    "<p>The café at the harbour reopened after the storm, she said.</p></article></body></html>"
)
QUICK = Policy(pause=0.0, timeout=0.5, retries=2, max_bytes=50_000)


@dataclass
class Server:
    address: str = ""
    robots: tuple[int, str] = (404, "")
    asked: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)


HTML = "text/html; charset=utf-8"
ANSWERS = {
    "/never": (500, b"broken", HTML),
    "/gone": (404, b"no", HTML),
    "/picture": (200, b"\x89PNG", "image/png"),
    "/large": (200, b"x" * 60_000, HTML),
    "/empty": (200, b" ", HTML),
    "/latin": (200, PAGE.encode("latin-1"), "text/html; charset=latin-1"),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server()
    monkeypatch.setattr("urllib3.util.retry.Retry.get_backoff_time", lambda self: 0.0)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

        def answer(self, status: int, body: bytes, medium: str = HTML, **more: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", medium)
            self.send_header("Content-Length", str(len(body)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            state.asked[self.path] += 1
            state.agents.add(self.headers["User-Agent"])
            if self.path == "/robots.txt":
                self.answer(state.robots[0], state.robots[1].encode(), "text/plain")
                return
            state.times.append(time.monotonic())
            first = state.asked[self.path] == 1
            match self.path:
                case "/later" if first:
                    self.answer(503, b"busy", **{"Retry-After": "0"})
                case "/cut":
                    self.send_response(200)
                    self.send_header("Content-Length", "5000")
                    self.end_headers()
                    self.wfile.write(b"<html>half")
                case "/slow":
                    time.sleep(1.5)
                case "/closed":
                    self.connection.close()
                case "/loop":
                    self.answer(302, b"", Location="/loop")
                case "/moved":
                    self.answer(301, b"", Location="/ferry")
                case path:
                    self.answer(*ANSWERS.get(path, (200, PAGE.encode(), HTML)))

    held = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.daemon_threads = True
    state.address = f"http://127.0.0.1:{held.server_address[1]}"
    thread = threading.Thread(target=held.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield state
    held.shutdown()
    held.server_close()
    thread.join()


def ask(server: Server, out: Path, *paths: str, policy: Policy = QUICK) -> list[Fetched]:
    return list(fetch([server.address + path for path in paths], out, policy))


def test_pages_that_were_fetched_are_articles_with_their_addresses(server: Server, tmp_path: Path) -> None:
    (found,) = ask(server, tmp_path / "articles", "/2031/ferry")
    assert found.file is not None
    assert (tmp_path / "articles" / found.file).read_bytes() == PAGE.encode()
    onrecord.build(tmp_path / "articles", tmp_path / "out")
    (source,) = onrecord.load(tmp_path / "out")["sources"].itertuples()
    assert source.url == server.address + "/2031/ferry"
    assert source.title == "Ferry to return"
    assert server.agents == {QUICK.agent}


def test_what_fails_for_a_while_is_asked_again(server: Server, tmp_path: Path) -> None:
    (found,) = ask(server, tmp_path, "/later")
    assert found.file is not None
    assert server.asked["/later"] == 2


@pytest.mark.parametrize(
    ("path", "problem", "times"),
    [
        ("/never", "the server answered 500", 3),
        ("/gone", "the server answered 404", 1),
        ("/picture", "is image/png, which is no page", 1),
        ("/large", "is larger than 50000 bytes", 1),
        ("/empty", "is empty", 1),
        ("/loop", "no answer", None),
        ("/cut", "no answer", None),
        ("/slow", "no answer", 3),
        ("/closed", "no answer", 3),
    ],
)
def test_what_fails_is_told_and_the_rest_is_fetched(
    path: str, problem: str, times: int | None, server: Server, tmp_path: Path
) -> None:
    bad, good = ask(server, tmp_path, path, "/ferry")
    assert bad.file is None
    assert (bad.problem or "").startswith(problem)
    assert times is None or server.asked[path] == times
    assert good.file is not None
    assert sorted(item.name for item in tmp_path.iterdir()) == sorted([good.file, "sources.csv"])


def test_a_host_that_is_not_there_is_told(tmp_path: Path) -> None:
    (found,) = fetch(["http://127.0.0.1:9/a"], tmp_path, Policy(pause=0, timeout=0.5, retries=0))
    assert found.problem is not None


def test_robots_are_held_to(server: Server, tmp_path: Path) -> None:
    server.robots = (200, "User-agent: *\nDisallow: /private\n")
    private, ferry = ask(server, tmp_path, "/private/a", "/ferry")
    assert "robots.txt" in (private.problem or "")
    assert ferry.file is not None
    assert server.asked["/private/a"] == 0
    assert server.asked["/robots.txt"] == 1


def test_robots_that_fail_say_no(server: Server, tmp_path: Path) -> None:
    server.robots = (503, "")
    (found,) = ask(server, tmp_path, "/ferry")
    assert found.file is None
    assert server.asked["/ferry"] == 0


def test_there_is_a_pause_between_two_requests_to_a_host(server: Server, tmp_path: Path) -> None:
    ask(server, tmp_path, "/a", "/b", policy=Policy(pause=0.3, timeout=1.0))
    first, second = server.times
    assert second - first >= 0.2


def test_redirects_are_followed_and_an_encoding_that_the_server_told_is_kept(
    server: Server, tmp_path: Path
) -> None:
    moved, latin = ask(server, tmp_path, "/moved", "/latin")
    assert moved.file is not None and latin.file is not None
    assert "café" in (tmp_path / latin.file).read_text(encoding="utf-8-sig")


def test_a_second_run_fetches_what_is_missing_and_keeps_what_a_person_wrote(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "own.txt").write_text("The bridge closed, the mayor said.", encoding="utf-8")
    (tmp_path / "sources.csv").write_text("name,publisher\nown.txt,Halden Post\n", encoding="utf-8")
    ask(server, tmp_path, "/a")
    again = ask(server, tmp_path, "/a", "/b")
    assert [found.new for found in again] == [False, True]
    assert server.asked["/a"] == 1
    with (tmp_path / "sources.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["publisher"] for row in rows] == ["Halden Post", "", ""]
    assert [row["url"].rpartition("/")[2] for row in rows] == ["", "a", "b"]


def test_the_command_tells_what_failed(server: Server, tmp_path: Path) -> None:
    urls = tmp_path / "urls.txt"
    words = ["fetch", str(urls), "--out", str(tmp_path / "articles"), "--pause", "0", "--retries", "0"]
    urls.write_text(f"{server.address}/ferry\n{server.address}/gone\n", encoding="utf-8")
    done = CliRunner().invoke(main, [*words, "--contact", "rosa@post.example"])
    assert done.exit_code == 0
    assert "1 pages fetched, 0 there before, 1 failed" in done.stdout
    assert f"{server.address}/gone: the server answered 404" in done.stderr
    assert server.agents == {f"{QUICK.agent} (rosa@post.example)"}
    urls.write_text(f"{server.address}/gone\n", encoding="utf-8")
    done = CliRunner().invoke(main, [*words, "--json"])
    assert done.exit_code == 3
    assert [page["problem"] for page in json.loads(done.stdout)["pages"]] == ["the server answered 404"]


def test_addresses_are_read_from_lines_and_from_tables(tmp_path: Path) -> None:
    lines = tmp_path / "urls.txt"
    lines.write_text(
        "# mine\nhttps://a.example/1\n\n https://b.example/2 \nhttps://a.example/1\n", encoding="utf-8"
    )
    assert read_addresses(lines) == ("https://a.example/1", "https://b.example/2")
    table = tmp_path / "mediacloud.csv"
    table.write_text("id,media_name,url\n1,Post,https://a.example/1\n", encoding="utf-8")
    assert read_addresses(table) == ("https://a.example/1",)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("urls.txt", "https://a.example\nb.example\n", "urls.txt:2: 'b.example'"),
        ("urls.txt", "# nothing\n", "no addresses"),
        ("urls.csv", "id,name\n1,2\n", "no column of addresses"),
        ("urls.txt", None, "cannot be read"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(
    name: str, text: str | None, message: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_addresses(tmp_path / name)
