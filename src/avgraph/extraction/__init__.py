"""avgraph.extraction."""
