from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def example_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of a built copy of the example workspace; do not change it."""
    pytest.importorskip("onnxruntime", reason="the example's articles need avgraph[articles]")
    from avgraph.build import build_workspace
    from avgraph.resources import resource
    from avgraph.workspace import Workspace

    root = tmp_path_factory.mktemp("example") / "belgium-luxembourg"
    shutil.copytree(resource("examples", "belgium-luxembourg"), root, ignore=shutil.ignore_patterns(".avgraph"))
    build_workspace(Workspace.load(root))
    return root


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail what would skip where AVGRAPH_CI is set: there everything that tests need can be had."""
    report = yield
    if report.skipped and os.environ.get("AVGRAPH_CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may skip: {report.longrepr}"
    return report
