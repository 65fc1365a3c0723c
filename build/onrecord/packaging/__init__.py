"""Schemas, files and descriptor of a package, and its place on disk.

``schema.load`` reads ``schemas/``, from which Arrow types, CSV options and key checks follow. Sorted rows go
in at ``package.write_package``, which writes every table (``tablefile``) and the descriptor (``metadata``
reads what people say of the package); ``package.read_package`` opens one. ``publish`` puts a whole package
in the place of the old one, ``dictionary`` writes ``docs/data-dictionary.md``.
"""
