"""Is a release signed by whom its users trust? A bundle beside it says; Sigstore's own library judges.

Nothing is asked of the network: the bundle holds the proof that the signature stands in Sigstore's public
log, and the keys of that log and of its certificates come with the library.
"""

import json
from importlib.resources import as_file, files
from pathlib import Path

from onrecord.checking.report import Problem
from onrecord.errors import PackageError

__all__ = ["ENDING", "check_signature", "find_bundle"]

ENDING = ".sigstore.json"
"""What the name of a bundle adds to that of what is signed, as ``sigstore sign`` writes it."""
MOST = 1 << 20
"""Bytes of a bundle; of real ones there are some ten thousand."""

_STORE = "https%3A%2F%2Ftuf-repo-cdn.sigstore.dev"


def find_bundle(release: Path) -> Path | None:
    """The bundle beside a release, or null where there is none."""
    beside = release.with_name(release.name + ENDING)
    return beside if beside.is_file() else None


def check_signature(release: Path, bundle: Path, identity: str, issuer: str) -> tuple[Problem, ...]:
    """Whether ``bundle`` is a signature of the release by ``identity``, vouched for by ``issuer``.

    ``identity`` is an e-mail address or the address of a workflow, ``issuer`` that of who vouches for it,
    such as https://accounts.google.com. Raises PackageError where the library is missing or the bundle cannot
    be read; a signature of something else, of somebody else or of no worth is a problem.
    """
    try:
        if bundle.stat().st_size > MOST:
            raise PackageError(f"{bundle} has more than {MOST:,} bytes: it is no bundle of Sigstore")
        text = bundle.read_text(encoding="utf-8")
        json.loads(text)
    except OSError as error:
        raise PackageError(f"{bundle} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise PackageError(f"{bundle} is not JSON, as a bundle of Sigstore is") from error
    reason = judge(release, text, identity, issuer)
    if reason is None:
        return ()
    told = " ".join(reason.split()).rstrip(".")
    message = f"{bundle.name} is no signature of this release by {identity} (issuer {issuer}): {told}"
    return (Problem("signature", None, None, None, message),)


def judge(release: Path, bundle: str, identity: str, issuer: str) -> str | None:
    """Why Sigstore's library does not take a bundle for somebody's signature of a file; null if it does."""
    try:
        from sigstore import errors, models, verify
        from sigstore.hashes import Hashed
        from sigstore.verify.policy import Identity
        from sigstore_models.common.v1 import HashAlgorithm
    except ImportError as error:
        raise PackageError(
            "a signature is checked with the library sigstore, which is not installed: "
            'pip install "onrecord[sigstore]"'
        ) from error
    from onrecord.releasing.verify import hash_file

    digest = Hashed(algorithm=HashAlgorithm.SHA2_256, digest=bytes.fromhex(hash_file(release)))
    with as_file(files("sigstore._store").joinpath(_STORE, "trusted_root.json")) as root:
        verifier = verify.Verifier(trusted_root=models.TrustedRoot.from_file(str(root)))
    try:
        signed = models.Bundle.from_json(bundle)
        verifier.verify_artifact(digest, signed, Identity(identity=identity, issuer=issuer))
    except models.InvalidBundle:
        return "it is no bundle of Sigstore"
    except errors.Error as error:
        return str(error)
    return None
