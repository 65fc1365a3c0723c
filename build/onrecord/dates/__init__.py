"""Date phrases found, and what they mean.

``when`` is the way in: ``find_phrases`` finds phrases in a ``Document`` (``phrases``, ``phrase_grammar``)
and ``date_phrases`` makes of each a ``Date``: value or null, rule, anchor. The rules stand in
``calendar_dates``, ``yearless_dates`` and ``relative_dates``; ``date_scene`` holds what they are given,
``edtf`` how values are written.
"""
