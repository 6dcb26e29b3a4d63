"""The pipeline from a workspace's files to its snapshot."""

from avgraph.build.pipeline import BuildReport, build_workspace
from avgraph.build.reading import SourceReader
from avgraph.progress import Progress

__all__ = ["BuildReport", "Progress", "SourceReader", "build_workspace"]
