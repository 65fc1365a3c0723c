"""Tables, lists, feeds, documents and archives as inputs: what each gives, and what is refused."""

import io
import json
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.model import Article, Notice, Reject
from onrecord.reading import scan as scanning
from onrecord.reading.read import CODES, Raw, parse, scan

PROSE = "The harbor bridge will close in May, the city council said on Tuesday."
MORE = "Mayor Ann Lee told reporters that repairs would take two months."


def read(*paths: Path, max_bytes: int = 100_000) -> list[Article | Reject]:
    found = [item for item in scan(paths, max_bytes=max_bytes) if not isinstance(item, Notice)]
    return [parse(item) if isinstance(item, Raw) else item for item in found]


def codes(items: Sequence[Article | Reject]) -> list[tuple[str, str | None]]:
    return [(item.name, item.code if isinstance(item, Reject) else None) for item in items]


def one(*paths: Path) -> Article:
    (item,) = read(*paths)
    assert isinstance(item, Article), item
    return item


# CSV


def test_rows_of_a_table_are_articles_by_their_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f'id,headline,body,views\n1,Bridge,"{PROSE}\n{MORE}",7\n,Other,{MORE},8\n\n3,,,9\n',
        encoding="utf-8-sig",
    )
    items = read(tmp_path)
    assert codes(items) == [("1", None), ("a.csv:4", None), ("3", "missing-text")]
    assert isinstance(items[0], Article)
    assert (items[0].title, items[0].text) == ("Bridge", f"{PROSE}\n{MORE}")
    assert isinstance(items[2], Reject) and items[2].message.startswith("a.csv:6:")
    (notice,) = (item for item in scan([tmp_path]) if isinstance(item, Notice))
    assert (notice.line, notice.names) == (1, ("views",))
    (tmp_path / "a.csv").rename(tmp_path / "a.tsv")
    (tmp_path / "a.tsv").write_text(f"text\turl\n{PROSE}\thttps://post.example/1\n", encoding="utf-8")
    assert one(tmp_path).url == "https://post.example/1"


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "empty", "a.csv: holds no rows"),
        (b"text\n", "empty", "a.csv: holds no rows"),
        (b"id,url\n1,https://a.example\n", "missing-text", "onrecord fetch"),
        (b"text,text\na,b\n", "row", "a.csv:1: the header has a column twice"),
        (b"id,text\n1\n", "row", "a.csv:2: has 1 cells, but the header has 2"),
        (b'id,text\n1,"open\n', "row", "a.csv:2: is not CSV"),
        (b"\xff,text\n", "encoding", "a.csv:1: is not UTF-8"),
        (b"id,text\n1,caf\xe9\n", "encoding", "a.csv:"),
        (
            b"id,text\n1," + b"a" * 2000 + b"\n",
            "row",
            "a.csv:2: is not CSV (a line of more than 1000 characters)",
        ),
    ],
)
def test_tables_that_cannot_be_used_say_where(data: bytes, code: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    items = read(tmp_path, max_bytes=1000)
    assert isinstance(items[-1], Reject)
    assert (items[-1].code, message in items[-1].message) == (code, True), items[-1].message


# JSON


def test_a_json_file_is_one_article_or_a_list_of_them(tmp_path: Path) -> None:
    place = tmp_path / "a.json"
    record = {"title": "Bridge", "maintext": PROSE}
    place.write_text(json.dumps(record, indent=2), encoding="utf-8")
    assert (one(tmp_path).name, one(tmp_path).title) == ("a.json", "Bridge")
    for told in ([record, 7], {"status": "ok", "articles": [record, 7]}):
        place.write_text(json.dumps(told), encoding="utf-8")
        assert codes(read(tmp_path)) == [("a.json:1", None), ("a.json:2", "json")]
    graph = {"@graph": [{"@type": "WebPage", "name": "x"}, {"@type": "NewsArticle", "articleBody": PROSE}]}
    place.write_text(json.dumps(graph), encoding="utf-8")
    assert one(tmp_path).text == PROSE


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "json"), (b"[]", "empty"), (b"7", "json"), (b"[" * 900, "json"), (b"\xff", "json"),
        (b'{"text": "a", "text": "b"}', "json"), (b'{"title": "a"}', "missing-text"),
        (b" " * 1001, "too-large"),
    ],
)  # fmt: skip
def test_json_that_cannot_be_used_is_refused(data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(data)
    assert codes(read(tmp_path, max_bytes=100)) == [("a.json", code)]


# Feeds

RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Halden Post</title>
<item><title>Bridge</title><link>https://post.example/1</link><guid>post-1</guid>
<dc:creator>Rosa Berg</dc:creator>
<pubDate>Tue, 04 Mar 2031 09:30:00 GMT</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>{PROSE}</p><p>{MORE}</p>]]></content:encoded></item>
<item><title>Ferry</title><description>{MORE} It is Tom &amp;amp; Ann&apos;s.</description></item>
<item><title>Nothing</title><link>https://post.example/3</link></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Halden Post</title><entry><id>tag:1</id>
<title>Bridge</title><link href="https://post.example/1"/><published>2031-03-04T09:30:00Z</published>
<content type="text">{PROSE}</content></entry></feed>"""


def test_items_of_feeds_are_articles(tmp_path: Path) -> None:
    (tmp_path / "a.rss").write_text(RSS, encoding="utf-8")
    items = read(tmp_path)
    assert codes(items) == [("post-1", None), ("a.rss:2", None), ("a.rss:3", "missing-text")]
    first, second = (item for item in items if isinstance(item, Article))
    assert first.text.split("\n") == [PROSE, MORE]
    assert (first.title, first.publisher, first.author) == ("Bridge", "Halden Post", "Rosa Berg")
    assert (first.published, first.url) == ("2031-03-04", "https://post.example/1")
    assert second.text == f"{MORE} It is Tom & Ann's."
    (tmp_path / "a.rss").unlink()
    (tmp_path / "b.xml").write_text(ATOM, encoding="utf-8")
    assert (one(tmp_path).name, one(tmp_path).published, one(tmp_path).text) == ("tag:1", "2031-03-04", PROSE)


@pytest.mark.parametrize(
    ("text", "code"),
    [("<note>hello</note>", "type"), ("", "type"), ("<rss version='2.0'><channel/></rss>", "empty")],
)
def test_what_is_no_feed_is_refused(text: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    assert codes(read(tmp_path)) == [("a.xml", code)]


def test_a_feed_that_breaks_off_tells_so(tmp_path: Path) -> None:
    (tmp_path / "a.rss").write_text(RSS[: RSS.index("<title>Ferry")], encoding="utf-8")
    items = read(tmp_path)
    assert codes(items)[0] == ("post-1", None)
    assert codes(items)[-1][1] == "unreadable"


# Documents


def write_pdf(*pages: str) -> bytes:
    """A small PDF, as its standard describes it: a page with lines of Helvetica for each text."""
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for page in pages:
        lines = "".join(f"({line}) Tj T* " for line in page.split("\n"))
        stream = f"BT /F1 11 Tf 13 TL 72 720 Td {lines}ET"
        parts.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(f"{len(parts) + 1} 0 R")
        parts.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(parts)} 0 R >>"
        )
    parts[1] = f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(kids)}] >>"
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(parts) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def test_a_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    half = PROSE.index("in May")
    (tmp_path / "a.pdf").write_bytes(write_pdf(f"{PROSE[:half]}\n{PROSE[half:]}", MORE))
    assert one(tmp_path).text == f"{PROSE}\n\f\n{MORE}"


def test_a_word_file_is_read_paragraph_by_paragraph(tmp_path: Path) -> None:
    document = docx.Document()
    for text in (PROSE, "", MORE):
        document.add_paragraph(text)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Cost", "40 million"
    document.save(str(tmp_path / "a.docx"))
    assert one(tmp_path).text == f"{PROSE}\n\n{MORE}\n\nCost\t40 million"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"%PDF-1.4 no", "unreadable"),
        ("a.pdf", write_pdf(""), "empty"),
        ("a.docx", b"PK no", "unreadable"),
        ("a.docx", b"", "unreadable"),
    ],
)
def test_documents_that_cannot_be_read_are_refused(name: str, data: bytes, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert codes(read(tmp_path)) == [(name, code)]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_without_the_extra_the_way_to_it_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "find_spec", lambda module: None)
    (tmp_path / name).write_bytes(b"x")
    (item,) = read(tmp_path)
    assert isinstance(item, Reject)
    assert f"pip install 'onrecord[{name[2:]}]'" in item.message


# Archives

FILES = {
    "news/b.txt": f"Later, {PROSE}",
    "news/a.jsonl": json.dumps({"id": "one", "text": PROSE}),
    "news/photo.jpg": "x",
    "news/.hidden.txt": PROSE,
    "__MACOSX/news/b.txt": "x",
    "story/datapackage.json": "{}",
    "story/datapackage/claims.csv": "text\nNo article.\n",
}


def pack(path: Path, files: dict[str, str]) -> None:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as held:
            for name, text in files.items():
                held.writestr(name, text)
        return
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as packed:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            packed.addfile(info, io.BytesIO(text.encode()))


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_an_archive_is_read_as_a_folder_would_be(name: str, tmp_path: Path) -> None:
    pack(tmp_path / name, FILES)
    assert codes(read(tmp_path)) == [
        ("one", None),
        (f"{name}/news/b.txt", None),
        (f"{name}/news/photo.jpg", "type"),
    ]
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: min(4296, len(data) // 2)])  # of tar, within a header
    assert "unreadable" in {code for _, code in codes(read(tmp_path))}


def test_an_archive_in_an_archive_and_names_that_lead_out_are_no_way_in(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", {"b.zip": "x", "../../c.txt": PROSE, "d\x1b.txt": PROSE})
    assert codes(read(tmp_path)) == [
        ("a.zip/../../c.txt", None),
        ("a.zip/b.zip", "type"),
        ("a.zip/d\\x1b.txt", "name"),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip"]


def test_a_locked_archive_is_told(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", {"b.txt": PROSE})
    data = bytearray((tmp_path / "a.zip").read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption
    data[6] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert codes(read(tmp_path)) == [("a.zip/b.txt", "unreadable")]


@pytest.mark.parametrize("ending", ["csv", "json", "xml", "pdf", "docx", "zip", "tar"])
@settings(max_examples=10, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_end_in_an_article_or_a_reject(
    ending: str, data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / f"a.{ending}").write_bytes(data)
    items = read(folder)
    assert items
    assert all(item.code in CODES for item in items if isinstance(item, Reject))
