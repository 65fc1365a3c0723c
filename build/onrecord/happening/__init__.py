"""Events of one article: which proposed triggers tell one, who takes part, when, and inside whose claim.

``happen.assemble_events`` makes event mentions of triggers; ``triggers.keep_triggers`` leaves out those that
tell no event; ``parts.find_participants`` says who takes part, ``timing.date_events``
when.
"""
