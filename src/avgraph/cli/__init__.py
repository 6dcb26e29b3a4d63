"""The command line: ``avgraph --help``."""

from avgraph.cli.app import main

__all__ = ["main"]
