"""avgraph.graph."""
