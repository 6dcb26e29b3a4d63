"""``python -m avgraph``: the command line where its script is not on the path."""

from avgraph.cli import main

main()
