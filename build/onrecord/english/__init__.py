"""One analysed text: the words of an article with their places in the trees of its sentences."""
