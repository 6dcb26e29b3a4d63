"""A page in headless Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

__all__ = ["browse", "browser"]

_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
          "--disable-component-update", "--disable-background-networking", "--hide-scrollbars")  # fmt: skip


def browse(folder: Path, page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Open a page with some flags; its profile lies in `folder`."""
    if _CHROMIUM is None:
        assert not os.environ.get("AVGRAPH_CI"), "no chromium on this machine, and AVGRAPH_CI is set"
        pytest.skip("no chromium on this machine")
    command = [_CHROMIUM, *_FLAGS, f"--user-data-dir={folder / 'profile'}", *flags, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium to be driven step by step."""
    if _CHROMIUM is None:
        assert not os.environ.get("AVGRAPH_CI"), "no chromium on this machine, and AVGRAPH_CI is set"
        pytest.skip("no chromium on this machine")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=_CHROMIUM, args=list(_FLAGS))
        yield started
        started.close()
