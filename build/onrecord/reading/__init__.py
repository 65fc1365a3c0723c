"""From files and records to articles, or to rejects that say why not.

``read`` is the way in: ``scan`` finds folders, files, JSON lines and standard input and streams ``Raw``
inputs, ``parse`` makes of each an ``Article`` or a ``Reject``. ``decode`` finds the characters and the
language, ``page`` the article in HTML, ``manifest`` reads ``sources.csv``; ``inputs`` holds what they share.
"""
