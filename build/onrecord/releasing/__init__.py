"""Packages to download, check, compare and query."""
