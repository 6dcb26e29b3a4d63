"""The command line: ``avgraph --help``."""

import signal
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; Ctrl-C ends it with a word and code 130, also while it loads or is pressed twice."""
    sys.unraisablehook = _tell
    try:
        from avgraph.cli.app import main as run

        run()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("interrupted\n")
        raise SystemExit(130) from None


def _tell(fault: "sys.UnraisableHookArgs") -> None:
    """Tell what could not be raised, but for Ctrl-C.

    While polars works it raises a ``KeyboardInterrupt`` of its own, and Python's follows: perhaps in a generator that
    the first one closes.
    """
    if fault.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(fault)
