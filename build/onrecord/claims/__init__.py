"""Who says what, through whom, and how surely."""
