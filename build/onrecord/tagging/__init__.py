"""The built-in reader: spans proposed by one small model."""
