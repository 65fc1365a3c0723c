"""A release that was touched is refused, whatever was touched, and nothing is written outside its folder."""

import hashlib
import io
import json
import random
import shutil
import stat
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_package import ARTICLES, make_article
from small_release import plain_info, release_small, rewrite, zip_members

from onrecord.cli import main
from onrecord.errors import PackageError
from onrecord.packaging import schema
from onrecord.releasing import archive
from onrecord.releasing.archive import inspect, unpack, write_zip
from onrecord.releasing.release import DOCUMENTS
from onrecord.releasing.verify import CODES, Verdict, format_checksums, verify

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_small(tmp_path_factory.mktemp("release"))


def check(path: Path) -> Verdict:
    return verify(path, documents=DOCUMENTS)


def codes(path: Path) -> set[str]:
    verdict = check(path)
    assert all(problem.code in CODES or problem.table for problem in verdict.problems)
    assert all(problem.message and "\n" not in problem.message for problem in verdict.problems)
    return {problem.code for problem in verdict.problems}


def seal(members: Members) -> None:
    """Checksums that fit, as someone would write them who knows how releases are made."""
    hashes = {
        name: hashlib.sha256(data).hexdigest() for name, data in members.items() if name != "SHA256SUMS"
    }
    members["SHA256SUMS"] = format_checksums(hashes)


def test_a_release_is_what_it_says(release: Path) -> None:
    verdict = verify(release, ARTICLES, documents=DOCUMENTS)
    assert verdict.problems == ()
    assert verdict.valid
    assert (verdict.version, verdict.files, verdict.spans) == (
        "1.0.0",
        2 * len(schema.TABLES) + 1 + 1 + len(DOCUMENTS),
        26,
    )
    assert list(verdict.tables) == list(schema.TABLES)
    assert verdict.sha256 == hashlib.sha256(release.read_bytes()).hexdigest()


def test_articles_that_do_not_hold_the_words_are_told(release: Path) -> None:
    other = make_article("second.txt", "Ruiz said nothing of the kind.\n")
    verdict = verify(release, [ARTICLES[0], other], documents=DOCUMENTS)
    assert [problem.code for problem in verdict.problems] == ["article-changed"]


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="is not a file"):
        verify(tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"no zip" * 100, b"PK\5\6" + bytes(18), b"PK\5\6" + b"\xff" * 18]
)
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert not check(path).valid


def drop(name: str) -> Callable[[Members], None]:
    return lambda members: members.__delitem__(name)


def add(name: str) -> Callable[[Members], None]:
    return lambda members: members.__setitem__(name, b"more")


def rename(old: str, new: str) -> Callable[[Members], None]:
    return lambda members: members.__setitem__(new, members.pop(old))


def change(name: str) -> Callable[[Members], None]:
    return lambda members: members.__setitem__(name, members[name].replace(b"a", b"b", 1))


@pytest.mark.parametrize(
    ("touch", "code", "word"),
    [
        (drop("README.md"), "missing", "README.md"),
        (drop("datapackage/claims.csv"), "missing", "datapackage/claims.csv"),
        (drop("SHA256SUMS"), "checksums", "SHA256SUMS"),
        (add("notes.txt"), "added", "notes.txt"),
        (add("datapackage/extra.csv"), "added", "extra.csv"),
        (rename("README.md", "READ.md"), "renamed", "READ.md holds its bytes"),
        (rename("datapackage/dates.csv", "datapackage/day.csv"), "renamed", "day.csv"),
        (change("README.md"), "changed", "README.md"),
        (change("datapackage.json"), "changed", "datapackage.json"),
        (change("datapackage/claims.csv"), "changed", "claims.csv"),
        (change("SHA256SUMS"), "changed", "another SHA-256"),
    ],
)
def test_a_touched_file_is_named(
    release: Path, tmp_path: Path, touch: Callable[[Members], None], code: str, word: str
) -> None:
    verdict = check(rewrite(release, tmp_path / "a.zip", touch))
    assert code in {problem.code for problem in verdict.problems}
    assert any(word in problem.message for problem in verdict.problems)


@pytest.mark.parametrize(
    ("touch", "code"),
    [
        (drop("README.md"), "missing"),
        (add("notes.txt"), "added"),
        (rename("README.md", "READ.md"), "missing"),
        (drop("datapackage.json"), "missing"),
        (change("datapackage/claims.csv"), "hash"),
    ],
)
def test_fitting_checksums_do_not_help(
    release: Path, tmp_path: Path, touch: Callable[[Members], None], code: str
) -> None:
    def both(members: Members) -> None:
        touch(members)
        seal(members)

    assert code in codes(rewrite(release, tmp_path / "a.zip", both))


@pytest.mark.parametrize(
    "listing",
    [
        b"",
        b"nonsense\n",
        b"0" * 64 + b" *README.md\n",
        b"0" * 63 + b"  README.md\n",
        (b"0" * 64 + b"  README.md\n") * 2,
        b"0" * 64 + b"  README.md",
        b"0" * 64 + b"  ../README.md\n",
        b"\xff" * 200,
    ],
)
def test_odd_checksums_are_refused(release: Path, tmp_path: Path, listing: bytes) -> None:
    path = rewrite(release, tmp_path / "a.zip", lambda members: members.update({"SHA256SUMS": listing}))
    assert codes(path) & {"checksums", "missing", "added"}


def test_a_descriptor_that_is_no_package_is_refused(release: Path, tmp_path: Path) -> None:
    for text in (b"[]", b"{", b'{"resources": [{"name": "claims", "path": "/etc/passwd"}]}'):

        def touch(members: Members, text: bytes = text) -> None:
            members["datapackage.json"] = text
            seal(members)

        assert codes(rewrite(release, tmp_path / "a.zip", touch)) == {"changed"}


def test_a_parquet_that_swells_is_not_opened(release: Path, tmp_path: Path) -> None:
    def touch(members: Members) -> None:
        table = schema.load()["rejects"]
        rows = pa.Table.from_pylist([{"name": "a", "code": "b", "message": "x" * 1000}], table.arrow)
        sink = io.BytesIO()
        pq.write_table(pa.concat_tables([rows] * 100_000), sink, compression="zstd", use_dictionary=False)
        members["datapackage/rejects.parquet"] = sink.getvalue()
        descriptor = json.loads(members["datapackage.json"])
        for resource in descriptor["resources"]:
            if resource["name"] == "rejects-parquet":
                resource["bytes"] = len(sink.getvalue())
                resource["hash"] = "sha256:" + hashlib.sha256(sink.getvalue()).hexdigest()
        members["datapackage.json"] = json.dumps(descriptor).encode()
        seal(members)

    path = rewrite(release, tmp_path / "a.zip", touch)
    assert path.stat().st_size < 2_000_000
    assert codes(path) == {"bomb"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "datapackage/../../evil.txt",
        "/etc/evil.txt",
        "//evil.txt",
        "C:evil.txt",
        "datapackage\\evil.txt",
        "..",
        ".hidden",
        "datapackage/",
        "datapackage/more/evil.txt",
        "evil\n.txt",
        "evil\x1b[2J.txt",
        "evil\u202e.txt",
        "evil.txt ",
        "évil.txt",
        "nul\0.txt",
    ],
)
def test_a_name_that_is_not_plain_is_refused(release: Path, tmp_path: Path, name: str) -> None:
    info = plain_info("x" * len(name))
    path = Path(shutil.copy(release, tmp_path / "a.zip"))
    with zipfile.ZipFile(path, "a") as opened:
        info.filename = name
        opened.writestr(info, b"evil")
    before = sorted(tmp_path.rglob("*"))
    assert "path" in codes(path) or "zip" in codes(path)
    with pytest.raises(PackageError):
        unpack(path, tmp_path / "new")
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(PackageError, match="cannot be the name"):
        write_zip(tmp_path / "b.zip", {name: b""})


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR])
def test_links_and_the_like_are_refused(release: Path, tmp_path: Path, kind: int) -> None:
    info = plain_info("link.txt")
    info.external_attr = (kind | 0o777) << 16
    path = Path(shutil.copy(release, tmp_path / "a.zip"))
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr(info, b"/etc/passwd")
    assert codes(path) == {"link"}


@pytest.mark.parametrize("name", ["README.md", "readme.MD"])
def test_a_name_told_twice_is_refused(release: Path, tmp_path: Path, name: str) -> None:
    path = Path(shutil.copy(release, tmp_path / "a.zip"))
    with zipfile.ZipFile(path, "a") as opened:
        info = plain_info("other.txt")
        info.filename = name
        opened.NameToInfo.pop("README.md")  # or Python warns
        opened.writestr(info, b"other")
    assert codes(path) == {"duplicate"}


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_files_are_refused_unread(release: Path, tmp_path: Path, method: int) -> None:
    path = Path(shutil.copy(release, tmp_path / "a.zip"))
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr(plain_info("big.csv"), bytes(50_000_000), compress_type=method)
    assert path.stat().st_size < 1_000_000
    assert codes(path) == {"compressed", "bomb"}


def directory(path: Path) -> tuple[bytearray, int]:
    """A zip's bytes, and where its directory begins."""
    data = bytearray(path.read_bytes())
    return data, struct.unpack("<L", data[-6:-2])[0]


def test_encrypted_files_are_refused(release: Path, tmp_path: Path) -> None:
    data, start = directory(release)
    data[start + 8] |= 1
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert codes(path) == {"encrypted"}


def test_files_that_share_bytes_are_refused(release: Path, tmp_path: Path) -> None:
    data, start = directory(release)
    second = start + 46 + struct.unpack("<H", data[start + 28 : start + 30])[0]
    data[second + 42 : second + 46] = data[start + 42 : start + 46]
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert codes(path) == {"overlap"}


def test_sizes_that_are_not_true_are_refused(release: Path, tmp_path: Path) -> None:
    data, start = directory(release)
    data[start + 20 : start + 28] = struct.pack("<LL", 2**32 - 2, 2**32 - 2)
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert "bomb" in codes(path)


def test_a_directory_without_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as opened:
        for number in range(archive.MAX_FILES + 1):
            opened.writestr(plain_info(f"a{number}.csv"), b"")
    assert [problem.code for problem in inspect(path)] == ["zip"]
    assert "1,001 files" in inspect(path)[0].message


def test_the_number_of_files_in_a_long_directory_is_believed_neither(tmp_path: Path, release: Path) -> None:
    data, start = directory(release)
    tail = bytes(data[-22:])
    far = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 10**9, 10**9, 46 * 10**9, start)
    place = struct.pack("<4sLQL", b"PK\6\7", 0, len(data) - 22, 1)
    path = tmp_path / "a.zip"
    path.write_bytes(bytes(data[:-22]) + far + place + tail)
    assert codes(path) == {"zip"}


@pytest.mark.parametrize(
    "touch",
    [
        lambda data: b"#!/bin/sh\n" + data,
        lambda data: data + b"after",
        lambda data: data + data,
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-22] + b"PK\5\6" + bytes(18),
        lambda data: data[:-2] + struct.pack("<H", 4) + b"note",
        lambda data: data[:-22] + b"hidden" + data[-22:],
    ],
)
def test_bytes_before_between_and_after_are_found(
    release: Path, tmp_path: Path, touch: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(touch(release.read_bytes()))
    assert codes(path) & {"zip", "form", "damaged", "overlap"}


def test_a_header_that_says_something_else_than_the_directory_is_found(release: Path, tmp_path: Path) -> None:
    data, _ = directory(release)
    data[30:31] = b"D"
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    assert codes(path) == {"damaged"}


def regions(path: Path) -> Iterator[tuple[int, int]]:
    """Every header, every file's contents, every entry of the directory, and the end, of a release."""
    with zipfile.ZipFile(path) as opened:
        members = opened.infolist()
        entry = opened.start_dir
    for info in members:
        body = info.header_offset + 30 + len(info.filename)
        yield info.header_offset, body
        yield body, body + info.file_size
    for info in members:
        end = entry + 46 + len(info.filename)
        yield entry, end
        entry = end
    yield entry, path.stat().st_size


def test_a_changed_byte_is_found_in_every_region(release: Path, tmp_path: Path) -> None:
    data = bytearray(release.read_bytes())
    path = tmp_path / "a.zip"
    chance = random.Random(7)
    found = list(regions(release))
    assert (found[0][0], found[-1][1]) == (0, len(data))
    with zipfile.ZipFile(release) as members:
        assert len(found) == 3 * len(members.namelist()) + 1
    for start, end in found:
        place = chance.randrange(start, end)
        data[place] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        data[:] = release.read_bytes()
        assert not check(path).valid, f"byte {place}"


def is_refused(path: Path) -> bool:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "new"
        if inspect(path):
            with pytest.raises(PackageError):
                unpack(path, folder)
            return not folder.exists()
        return bool(unpack(path, folder))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("small") / "a.zip"
    write_zip(path, {"b/c.csv": b'"id"\n', "a.md": b"# A\n"})
    assert not is_refused(path)
    return path


def test_a_changed_byte_is_found_wherever_it_is(small: Path, tmp_path: Path) -> None:
    data = small.read_bytes()
    path = tmp_path / "a.zip"
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ (1 << place % 8)]) + data[place + 1 :])
        assert is_refused(path), f"byte {place}"


def test_a_zip_cut_short_is_found(small: Path, tmp_path: Path) -> None:
    data = small.read_bytes()
    path = tmp_path / "a.zip"
    for end in range(0, len(data), 3):
        path.write_bytes(data[:end])
        assert is_refused(path), f"{end} bytes"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_other_bytes_are_another_release(small: Path, data: st.DataObject) -> None:
    whole = small.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    other = whole[:start] + data.draw(st.binary(max_size=40)) + whole[end:]
    path = small.with_name("b.zip")
    path.write_bytes(other)
    assert is_refused(path) == (other != whole)


def test_a_zip_made_by_hand_has_these_bytes(tmp_path: Path) -> None:
    """The form of a release, from the specification (APPNOTE 6.3.10) and not from a library."""
    members = {"b.csv": b"1\n", "datapackage/a.csv": b"2\n"}
    body, entries = b"", b""
    for name, content in members.items():
        about = struct.pack(
            "<5H3L2H", 20, 0, 0, 0, 33, zip_crc(content), len(content), len(content), len(name), 0
        )
        entries += b"PK\1\2" + struct.pack("<H", 20 | 3 << 8) + about
        entries += struct.pack("<3H2L", 0, 0, 0, 0o100644 << 16, len(body)) + name.encode()
        body += b"PK\3\4" + about + name.encode() + content
    end = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, 2, 2, len(entries), len(body), 0)
    path = tmp_path / "a.zip"
    write_zip(path, dict(reversed(members.items())))
    assert path.read_bytes() == body + entries + end


def zip_crc(data: bytes) -> int:
    """CRC-32 as zip has it, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def test_a_package_opens_from_folder_descriptor_and_release(release: Path, tmp_path: Path) -> None:
    folder = release.parent.parent / "package"
    for path in (folder, folder / "datapackage.json", release):
        with archive.open_package(path) as package:
            assert package.descriptor["name"] == "harbour"
            assert len(package.csv) == len(schema.load())
            assert package.at(package.csv["claims"]).is_file()
    with pytest.raises(PackageError, match="does not exist"), archive.open_package(tmp_path / "none.zip"):
        pass
    broken = zip_members(tmp_path / "b.zip", {"../a": b""})
    with pytest.raises(PackageError, match="leaves the folder"), archive.open_package(broken):
        pass


def test_the_command_says_what_is_wrong_in_a_line(release: Path, tmp_path: Path) -> None:
    run = CliRunner()
    good = run.invoke(main, ["verify", str(release)])
    assert good.exit_code == 0
    assert "version 1.0.0, 48 files, 41 rows in 19 tables: nothing is wrong" in good.stdout
    broken = rewrite(release, tmp_path / "a.zip", change("README.md"))
    bad = run.invoke(main, ["verify", str(broken)])
    assert bad.exit_code == 1
    assert bad.stdout.splitlines()[0].startswith("changed: README.md was changed")
    told = run.invoke(main, ["verify", str(broken), "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["problems"][0]["code"] == "changed"
    assert run.invoke(main, ["verify", str(tmp_path / "none.zip")]).exit_code == 2
