"""A signature beside a release is checked by Sigstore's library against whom the user names, offline."""

import base64
import datetime
import json
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from small_release import release_small

from onrecord.cli import main
from onrecord.releasing import signature
from onrecord.releasing.signature import ENDING

WHO = ("--identity", "desk@post.example", "--issuer", "https://accounts.example")


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return release_small(tmp_path)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def verify(release: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(release), *words])


def beside(release: Path, text: str) -> Path:
    bundle = release.with_name(release.name + ENDING)
    bundle.write_text(text, encoding="utf-8")
    return bundle


def sign(release: Path) -> dict[str, Any]:
    """A bundle with a true signature, by a certificate that only its owner vouches for, in no log."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "nobody")])
    now = datetime.datetime(2031, 3, 4, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(minutes=10))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name("desk@post.example")]), critical=True)
        .sign(key, hashes.SHA256())
    )
    data = release.read_bytes()
    digest = hashes.Hash(hashes.SHA256())
    digest.update(data)

    def pack(value: bytes) -> str:
        return base64.b64encode(value).decode()

    entry = {
        "logIndex": "1",
        "logId": {"keyId": pack(b"0" * 32)},
        "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"},
        "integratedTime": str(int(now.timestamp())),
        "inclusionPromise": {"signedEntryTimestamp": pack(b"0")},
        "inclusionProof": {
            "logIndex": "1",
            "rootHash": pack(b"0" * 32),
            "treeSize": "2",
            "hashes": [],
            "checkpoint": {"envelope": "log\n2\n0\n"},
        },
        "canonicalizedBody": pack(b"{}"),
    }
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": pack(certificate.public_bytes(serialization.Encoding.DER))},
            "tlogEntries": [entry],
        },
        "messageSignature": {
            "messageDigest": {"algorithm": "SHA2_256", "digest": pack(digest.finalize())},
            "signature": pack(key.sign(data, ec.ECDSA(hashes.SHA256()))),
        },
    }


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"mediaType": "text/plain"}'])
def test_what_is_no_bundle_is_no_signature(release: Path, text: str) -> None:
    beside(release, text)
    done = verify(release, *WHO)
    assert done.exit_code == 1
    assert "signature:" in done.output
    assert "it is no bundle of Sigstore" in done.output


def test_a_foreign_bundle_is_no_signature(release: Path) -> None:
    beside(release, json.dumps(sign(release)))
    done = verify(release, *WHO, "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["valid"], told["signed_by"]) == (1, False, None)
    assert [problem["code"] for problem in told["problems"]] == ["signature"]
    assert "desk@post.example" in told["problems"][0]["message"]
    assert "no bundle" not in told["problems"][0]["message"]


def test_what_is_no_json_is_told(release: Path) -> None:
    beside(release, "-----BEGIN")
    done = verify(release, *WHO)
    assert done.exit_code == 1
    assert "is not JSON" in done.output


def test_an_endless_bundle_is_not_read(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "MOST", 10)
    beside(release, "{}" + " " * 10)
    assert "it is no bundle" in verify(release, *WHO).output


def test_whom_the_library_finds_is_told(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(signature, "judge", lambda *words: asked.extend(words))
    beside(release, '{"a": 1}')
    done = verify(release, *WHO)
    assert done.exit_code == 0
    assert "signed by desk@post.example: nothing is wrong" in done.output
    assert asked == [release, '{"a": 1}', "desk@post.example", "https://accounts.example"]


def test_without_the_library_it_is_said_how_to_get_it(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sigstore", None)
    beside(release, "{}")
    done = verify(release, *WHO)
    assert done.exit_code == 1
    assert 'pip install "onrecord[sigstore]"' in done.output.replace("\n", " ")


def test_a_signature_that_nobody_asked_about_is_mentioned(release: Path) -> None:
    beside(release, "{}")
    done = verify(release)
    assert done.exit_code == 0
    assert "was not checked" in done.output


@pytest.mark.parametrize("words", [WHO[:2], WHO[2:], WHO, ("--bundle", "{bundle}")])
def test_what_a_check_needs_must_be_told(release: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    bundle = tmp_path / "other"
    bundle.write_text("{}", encoding="utf-8")
    done = verify(release, *(word.format(bundle=bundle) for word in words))
    assert done.exit_code == 2
    assert "Usage:" in done.output
