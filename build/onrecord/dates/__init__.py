"""Date phrases found, and what they mean."""
