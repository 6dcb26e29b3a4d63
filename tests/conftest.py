from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from fake_endpoint import FakeEndpoint, serving
from reconcilable import Asking, built, serving_within
from servers import Running, virtuoso_serving
from traps import Trap


@pytest.fixture(scope="module")
def trap() -> Generator[Trap, None, None]:
    """A server that nobody should call."""
    found = Trap()
    yield found
    found.close()


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


@pytest.fixture(scope="session")
def reconcilable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of the built workspace of :mod:`reconcilable`; do not change it."""
    return built(tmp_path_factory.mktemp("reconcilable"))


@pytest.fixture(scope="session")
def asking(reconcilable: Path) -> Generator[Asking, None, None]:
    """A client of a server of that workspace."""
    with serving_within(reconcilable) as client:
        yield client


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running, None, None]:
    """A Virtuoso server; who writes to it empties it first (:func:`servers.emptied`)."""
    with virtuoso_serving(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Generator[FakeEndpoint, None, None]:
    """A chat-completions endpoint on this machine, asked without a proxy and without a key."""
    pytest.importorskip("httpx", reason="needs the llm extra")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "AVGRAPH_LLM_KEY"):
        monkeypatch.delenv(name, raising=False)
    with serving() as fake:
        yield fake


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
