"""News articles in, a validated data package out; every row points at the exact characters that say it."""
