"""``python -m onrecord``."""

from onrecord.cli import main

main(prog_name="onrecord")
