"""From files and records to articles, or to rejects that say why not."""
