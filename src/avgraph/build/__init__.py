"""The pipeline from a workspace's files to its snapshot."""

from avgraph.build.pipeline import BuildReport, Progress, build_workspace

__all__ = ["BuildReport", "Progress", "build_workspace"]
