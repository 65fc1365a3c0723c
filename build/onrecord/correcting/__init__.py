"""Reviewed decisions kept as data, and what deserves a review.

``corrections.load_corrections`` reads ``corrections.csv``; ``amend`` carries its lines out on one annotated
article, ``amend_world`` on what holds over all of them, and a line that does not find what it expects fails
the build. ``review`` goes the other way: from a package to lines that a person fills in.
"""
