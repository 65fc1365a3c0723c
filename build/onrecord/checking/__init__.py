"""Whether a package is what it says.

``check.validate`` takes a package, and its articles if they are at hand, and gives a ``report.Report`` of
problems. ``invariants`` holds the rules between rows and tables, ``ground`` compares every text with its
article; ``columns`` is how both look at tables. Nothing is repaired.
"""
