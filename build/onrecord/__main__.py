"""``python -m onrecord``, and the command ``onrecord``."""

from onrecord import running
from onrecord.cli import main


def run() -> None:
    """Run the command in a process of its own."""
    running.alone = True
    main(prog_name="onrecord")


if __name__ == "__main__":
    run()
