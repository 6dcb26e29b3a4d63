"""The command line: ``avgraph --help``."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; no traceback of Ctrl-C is shown while it loads, either."""
    try:
        from avgraph.cli.app import main as run
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        raise SystemExit(130) from None
    run()
