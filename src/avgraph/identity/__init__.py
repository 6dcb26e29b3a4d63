"""avgraph.identity."""
