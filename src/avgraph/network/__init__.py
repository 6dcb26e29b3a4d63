"""avgraph.network."""
