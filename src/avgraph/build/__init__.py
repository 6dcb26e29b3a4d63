"""The pipeline from a workspace's files to its snapshot."""

from avgraph.build.pipeline import BuildReport, build_workspace
from avgraph.build.reading import Progress, SourceReader

__all__ = ["BuildReport", "Progress", "SourceReader", "build_workspace"]
