"""Whether a package is what it says."""
