"""A package as people look at it: one page to search and correct from, tables and drawings in notebooks.

``page.write_page`` writes the page, ``notebook.Tables`` is what ``onrecord.load`` gives.
"""
