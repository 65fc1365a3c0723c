"""Schemas, files and descriptor of a package, and its place on disk."""
