"""What is the same across articles."""
