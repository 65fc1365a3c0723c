"""What of a text is to be read: blocks, sentences, names in headlines.

``clean.find_blocks`` marks each line as title, standfirst, heading, body or furniture (rules in
``furniture``, looks of a line in ``lines``) and ``text.split_sentences`` cuts blocks into sentences:
together a ``Document``. What a reader then proposes comes back: ``bounds`` holds it to the blocks,
``headlines`` settles names in title case. No character of the text ever moves.
"""
