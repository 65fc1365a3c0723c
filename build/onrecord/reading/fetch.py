"""Fetches pages into a folder of articles: the only part of onrecord that uses the network, when asked to.

Politely: one request at a time, a pause between two to one host, robots.txt held to (RFC 9309), a name that
says who asks. Patiently: what fails for a while is asked for again, later each time. What is there already is
not fetched again, so that a stopped run goes on where it was.
"""

import csv
import hashlib
import io
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from onrecord.errors import InputError
from onrecord.reading.fields import find_field
from onrecord.reading.inputs import is_address
from onrecord.reading.manifest import MANIFEST

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

__all__ = ["AGENT", "Fetched", "Policy", "fetch", "read_addresses"]

AGENT = f"onrecord/{version('onrecord')}"
_MEDIA = {"text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt"}
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_PIECE = 1 << 16
LONGEST_PAUSE = 60.0
"""Seconds to wait between two requests at most, whatever robots.txt asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How to ask: seconds of pause between two requests to one host, seconds to wait for an answer, how often
    to try again, bytes of a page at most, and what is told of who asks."""

    pause: float = 1.0
    timeout: float = 20.0
    retries: int = 3
    max_bytes: int = 10 * 2**20
    agent: str = AGENT


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one address: its file, or why there is none; ``new``: it was not there before."""

    url: str
    file: str | None
    problem: str | None = None
    new: bool = True


def read_addresses(path: Path) -> tuple[str, ...]:
    """The addresses in a file: one a line (``#`` begins a comment), or a CSV with a column of them.

    Media Cloud's and GDELT's exports are such CSV files. Each address counts once. Raises InputError, with
    the line, for what is no address, and for a file that cannot be read or holds none.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8; save it as UTF-8") from None
    found: dict[str, None] = {}
    for line, told in _list_addresses(path, text):
        if not is_address(told):
            raise InputError(
                f"{path}:{line}: {told[:80]!r} is no address that begins with http:// or https://"
            )
        found.setdefault(told)
    if not found:
        raise InputError(f"{path}: holds no addresses; give one a line")
    return tuple(found)


def _list_addresses(path: Path, text: str) -> Iterator[tuple[int, str]]:
    if path.suffix.lower() not in (".csv", ".tsv"):
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                yield number, line.strip()
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    try:
        header = next(rows, [])
        column = next((place for place, name in enumerate(header) if find_field(name) == "url"), None)
        if column is None:
            raise InputError(f"{path}:1: no column of addresses; call it url")
        for row in rows:
            if len(row) > column and row[column].strip():
                yield rows.line_num, row[column].strip()
    except csv.Error as error:
        raise InputError(f"{path}:{rows.line_num}: not CSV ({error})") from None


@dataclass(slots=True)
class _Asker:
    """Asks hosts for pages, by the policy and each host's robots.txt."""

    policy: Policy
    pool: "PoolManager"
    rules: dict[str, RobotFileParser] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)

    def may_ask(self, url: str) -> bool:
        """Whether robots.txt lets us: a host without one says yes, one whose robots.txt fails says no."""
        host = _host(url)
        if host not in self.rules:
            rules = self.rules[host] = RobotFileParser()
            try:
                answer, data = self.ask(f"{host}/robots.txt")
            except _FailedError:
                rules.disallow_all = True  # type: ignore[attr-defined] # typeshed does not know it
            else:
                if answer.status >= 500:
                    rules.disallow_all = True  # type: ignore[attr-defined]
                else:
                    lines = data.decode("utf-8", "replace").splitlines() if answer.status == 200 else []
                    rules.parse(lines)
        return self.rules[host].can_fetch(self.policy.agent, url)

    def ask(self, url: str) -> "tuple[BaseHTTPResponse, bytes]":
        """The answer and its body. Raises _FailedError where there is none, or it is larger than allowed."""
        from urllib3.exceptions import HTTPError

        self._wait(_host(url))
        try:
            answer = self.pool.request("GET", url, preload_content=False)
            try:
                data = b""
                for piece in answer.stream(_PIECE, decode_content=True):
                    data += piece
                    if len(data) > self.policy.max_bytes:
                        raise _FailedError(f"is larger than {self.policy.max_bytes} bytes")
            finally:
                answer.close()
        except HTTPError as error:
            raise _FailedError(_explain(error)) from None
        return answer, data

    def _wait(self, host: str) -> None:
        pause = self.policy.pause
        if host in self.rules:
            delay = self.rules[host].crawl_delay(self.policy.agent)
            pause = max(pause, min(float(delay or 0), LONGEST_PAUSE))
        if host in self.asked:
            time.sleep(max(0.0, self.asked[host] + pause - time.monotonic()))
        self.asked[host] = time.monotonic()


class _FailedError(Exception):
    """Why an address gave no page."""


def fetch(
    urls: Iterable[str],
    out: Path,
    policy: Policy | None = None,
    on_page: Callable[[Fetched], None] = lambda fetched: None,
) -> tuple[Fetched, ...]:
    """Fetch pages into the folder ``out``, each into a file named by its address, and tell what became of
    each.

    ``out/sources.csv`` keeps the address and the moment of each page (``captured``), beside what a person
    wrote there; a build reads it. Pages come as they were served, in UTF-8 where the server alone told the
    encoding.
    Raises InputError where ``out`` cannot be written.
    """
    from urllib3 import PoolManager, Retry, Timeout

    policy = policy or Policy()
    again = Retry(
        total=policy.retries, redirect=5, backoff_factor=1.0, backoff_max=30, raise_on_status=False,
        status_forcelist=(429, 500, 502, 503, 504), respect_retry_after_header=True, retry_after_max=60,
    )  # fmt: skip
    pool = PoolManager(
        headers={"User-Agent": policy.agent, "Accept": "text/html,application/xhtml+xml,text/plain;q=0.5"},
        retries=again,
        timeout=Timeout(connect=policy.timeout, read=policy.timeout),
    )
    asker = _Asker(policy, pool)
    done = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        manifest = _Manifest.read(out / MANIFEST)
        for url in urls:
            if url in manifest.held:
                found = Fetched(url, manifest.held[url], new=False)
            else:
                found = _fetch_one(asker, url, out)
                if found.file is not None:
                    manifest.add(found.file, url)
            done.append(found)
            on_page(found)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); give another --out") from None
    return tuple(done)


def _fetch_one(asker: _Asker, url: str, out: Path) -> Fetched:
    try:
        if not asker.may_ask(url):
            return Fetched(url, None, "its robots.txt does not let us, or cannot be had")
        answer, data = asker.ask(url)
    except _FailedError as reason:
        return Fetched(url, None, str(reason))
    if answer.status != 200:
        return Fetched(url, None, f"the server answered {answer.status}")
    medium, _, parameters = answer.headers.get("Content-Type", "text/html").partition(";")
    ending = _MEDIA.get(medium.strip().lower())
    if ending is None:
        return Fetched(url, None, f"is {medium.strip()}, which is no page")
    if not data.strip():
        return Fetched(url, None, "is empty")
    name = name_file(url, ending)
    beside = out / f".{name}.part"
    beside.write_bytes(_keep_encoding(data, parameters))
    beside.replace(out / name)
    return Fetched(url, name)


def name_file(url: str, ending: str) -> str:
    """The name of an address's file: its host, the end of its path, and a hash that keeps it apart from
    others.

    >>> name_file("https://www.halden.example/2031/03/bridge-shut?x=1", ".html")
    'halden.example-bridge-shut-ce580107.html'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    last = parts.path.rstrip("/").rpartition("/")[2].removesuffix(".html").removesuffix(".htm")
    words = _UNSAFE.sub("-", f"{host}-{last}" if last else host).strip("-.")[:80]
    return f"{words}-{hashlib.sha256(url.encode()).hexdigest()[:8]}{ending}"


def _keep_encoding(data: bytes, parameters: str) -> bytes:
    """The page, in UTF-8 with its mark where it is written in an encoding that the server alone told."""
    told = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", parameters, re.IGNORECASE)
    if (
        not told
        or told[1].lower() in ("utf-8", "utf8")
        or data.isascii()
        or re.search(rb"charset\s*=|encoding\s*=", data[:2048], re.IGNORECASE)
    ):
        return data
    try:
        return ("\ufeff" + data.decode(told[1]).removeprefix("\ufeff")).encode()
    except (LookupError, UnicodeDecodeError):
        return data


@dataclass(slots=True)
class _Manifest:
    """``sources.csv``, as it stands and with what was fetched; written anew after each page, whole."""

    path: Path
    columns: list[str]
    rows: list[dict[str, str]]
    held: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> "_Manifest":
        if not path.exists():
            return cls(path, ["name", "url", "captured"], [], {})
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream, restval="", strict=True)
                rows = [{key: value for key, value in row.items() if key is not None} for row in reader]
                columns = list(reader.fieldnames or ())
        except (ValueError, csv.Error) as error:
            raise InputError(f"{path}: is not CSV in UTF-8 ({error}); mend it or take it away") from None
        columns += [name for name in ("name", "url", "captured") if name not in columns]
        held = {
            row["url"]: row["name"]
            for row in rows
            if row.get("url") and (path.parent / row["name"]).is_file()
        }
        return cls(path, columns, rows, held)

    def add(self, name: str, url: str) -> None:
        captured = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.rows = [row for row in self.rows if row.get("name") != name]
        self.rows.append({"name": name, "url": url, "captured": captured})
        self.held[url] = name
        beside = self.path.with_name(f".{self.path.name}.part")
        with beside.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, self.columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        beside.replace(self.path)


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _explain(error: Exception) -> str:
    """Why there was no answer, for people: the innermost reason that says something."""
    from urllib3.exceptions import MaxRetryError

    reason: object = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    text = re.sub(r"^.*?(?:: |\) )(?=[A-Z\[])", "", str(reason).replace("\n", " "))
    return f"no answer ({type(reason).__name__}: {text[:160]})"
