"""Every exception that onrecord raises on purpose.

    OnRecordError
    ├── InputError      nothing usable to build from, or a strict build met a reject
    ├── SchemaError     a file in schemas/ says something this version does not understand
    ├── GroundingError  a span does not hold the characters it claims: a fault of the pipeline
    ├── CorrectionError a correction matches nothing, or not what it expects
    ├── ReaderError     the reader's weights are missing, altered or of another version
    ├── PackageError    a package cannot be read, written or trusted
    └── LockedError     another build is writing the same package

Broken code raises; bad data becomes a row in ``rejects`` or a problem in a validation report.
"""


class OnRecordError(Exception):
    """Root of all errors raised on purpose; its text is meant for the person at the keyboard."""


class InputError(OnRecordError):
    """Nothing usable to build from, or a strict build met an input that had to be rejected."""


class SchemaError(OnRecordError):
    """A file in ``schemas/`` uses a type, constraint or key that this version does not understand."""


class GroundingError(OnRecordError):
    """A span's text is not what its source holds at those characters."""


class CorrectionError(OnRecordError):
    """A correction matches nothing, or matches something other than what it expects."""


class ReaderError(OnRecordError):
    """The reader's weights are missing, altered or made for another version."""


class PackageError(OnRecordError):
    """A package cannot be read, written or trusted."""


class LockedError(PackageError):
    """Another build holds the lock of the same package."""
