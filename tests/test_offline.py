"""Nothing calls home: no connection, no look-up of a name and no file elsewhere, from import to release."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import onrecord

TEXT = "Mayor Ines Prado said on Tuesday that the ferry would return in June. The harbour reopened.\n"
PATIENCE = 20
"""Seconds that a process which has onnxruntime loaded is watched: telemetry begins after some ten."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("articles", "home", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "articles" / "ferry.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(place: Path, *before: str, hook: str = "", program: str | None = None) -> str:
    """What the driver (or a program) prints, in an environment of its own; ``before`` is what runs it."""
    driver = [str(Path(__file__).with_name("offline_driver.py")), str(place), hook]
    environment = {
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(onrecord.__file__).parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [*before, sys.executable, *(driver if program is None else ["-c", program])]
    done = subprocess.run(
        command, env=environment, cwd=place, check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_left(place: Path) -> list[str]:
    """What lies in the home folder, but for onrecord's own cache, and among the temporary files."""
    cache = place / "home" / ".cache" / "onrecord"
    found = [path for name in ("home", "tmp") for path in (place / name).rglob("*")]
    return [str(path) for path in found if not path.is_relative_to(cache) and path != cache.parent]


def test_python_opens_no_connection_and_no_file_elsewhere(place: Path) -> None:
    told = run(place, hook="audit").splitlines()
    assert told[-1] == "done"
    assert [line for line in told if line.startswith("left:")] == []
    assert files_left(place) == []


def test_importing_is_enough_to_keep_native_code_quiet(place: Path) -> None:
    """Looks at files, of which telemetry writes several at once, where nothing can look at its calls."""
    run(place, program="import onrecord, time; time.sleep(2)")
    assert files_left(place) == []


def sealed() -> list[str]:
    """How to run a program without a network; empty where the system does not let us."""
    for command in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        if (
            shutil.which(command[0])
            and not subprocess.run([*command, "true"], capture_output=True).returncode
        ):
            return command
    return []


def traced(place: Path) -> list[str]:
    """Runs a program without a network, its calls written to ``calls``; empty where that cannot be."""
    seal = sealed()
    calls = "trace=%network,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink"
    command = [*seal, "strace", "-f", "-qq", "-s", "300", "-e", calls, "-o", str(place / "calls")]
    able = seal and shutil.which("strace")
    return command if able and not subprocess.run([*command, "true"], capture_output=True).returncode else []


def outside(place: Path) -> list[str]:
    """Calls that reach for another machine, or make something outside of the folder of the test."""
    found = []
    for line in (place / "calls").read_text(encoding="utf-8", errors="replace").splitlines():
        call = line.partition(" ")[2].lstrip()
        if re.match(r"(connect|sendto|sendmsg|bind)\(.*sa_family=AF_INET", call) or re.match(
            r"socket\((AF_INET|AF_INET6|AF_NETLINK)", call
        ):
            found.append(line)
        makes = re.match(r"(creat|mkdir|rename|link|symlink)", call) or re.search(
            r"O_(WRONLY|RDWR|CREAT)", call
        )
        paths = [path for path in re.findall(r'"([^"]*)"', call) if path.startswith("/")]
        allowed = (str(place), "/dev/", "/proc/")
        if makes and any(not path.startswith(allowed) for path in paths):
            found.append(line)
    return found


def test_no_call_leaves_the_folder_from_import_to_release(place: Path) -> None:
    if not (trace := traced(place)):
        pytest.skip("needs strace and a network namespace")
    assert run(place, *trace).splitlines()[-1] == "done"
    assert outside(place) == []
    run(place, *trace, program=f"import onrecord, time; time.sleep({PATIENCE})")
    assert outside(place) == []
    assert files_left(place) == []


def test_the_trace_would_show_a_connection_and_a_file(place: Path) -> None:
    if not (trace := traced(place)):
        pytest.skip("needs strace and a network namespace")
    for program in (
        "import socket; socket.socket().connect_ex(('127.0.0.1', 9))",
        f"open({str(place.with_name('elsewhere'))!r}, 'w')",
    ):
        run(place, *trace, program=program)
        assert outside(place)
