"""Reviewed decisions kept as data, and what deserves a review."""
