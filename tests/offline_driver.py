"""The whole way from import to release, run by test_offline.py as a program of its own.

    python offline_driver.py PLACE HOOK

PLACE holds the folder ``articles``. With HOOK ``audit``, Python's audit hook prints every connection, name
look-up and file made outside PLACE; what native code does, it does not see.
"""

import os
import sys
from pathlib import Path

NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto", "socket.bind")
MAKING = {"os.mkdir", "os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "tempfile.mkstemp"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def watch(place: str) -> None:
    """Has each event that leaves PLACE printed."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(NETWORK):
            os.write(1, f"left: {event} {arguments[1:]!a}\n".encode())
        made = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
        ) or event in MAKING
        path = str(Path(arguments[0]).absolute()) if made and isinstance(arguments[0], str) else ""
        if path and not path.startswith((place, "/dev/")):
            os.write(1, f"left: {event} {path!a}\n".encode())

    sys.addaudithook(hook)


def run(place: Path) -> None:
    """Every command once."""
    import onrecord
    from onrecord.cli import main

    articles, out, dist = str(place / "articles"), str(place / "out"), str(place / "dist")
    zipped = str(place / "dist" / "out-1.0.0.zip")
    for words in (
        ["build", articles, "--out", out],
        ["build", articles, "--out", out, "--workers", "2", "--previous", out],
        ["validate", out, "--articles", articles],
        ["review", out, "--articles", articles],
        ["release", out, "--version", "1.0.0", "--out", dist],
        ["verify", zipped, "--articles", articles],
        ["verify", zipped, "--articles", articles, "--rebuild"],
        ["diff", out, zipped, "--out", str(place / "diff")],
        ["sqlite", zipped, "--out", str(place / "story.db")],
    ):
        try:
            main(words)
        except SystemExit as end:
            assert not end.code, words
    assert len(onrecord.load(out)["sources"])


if __name__ == "__main__":
    if sys.argv[2] == "audit":
        watch(sys.argv[1])
    run(Path(sys.argv[1]))
    sys.stdout.write("done\n")
