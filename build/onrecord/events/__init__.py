"""Events of one article as a news desk would list them: ``assemble.list_events`` is the way in."""
