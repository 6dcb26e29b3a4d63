"""avgraph.sources."""
