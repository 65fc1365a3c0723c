"""What of a text is to be read: blocks, sentences, names in headlines."""
