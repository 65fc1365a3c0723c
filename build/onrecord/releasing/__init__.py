"""Packages to download, check, compare and query.

``release.make_release`` makes one zip of a package (``archive``; ``catalog`` for Croissant, schema.org and
CITATION.cff), ``verify.verify`` tells whether a zip is what its makers made, ``diff.compare`` what changed
between two packages (``gone`` says why rows went), ``sqlite.write_database`` makes a database of one.
"""
