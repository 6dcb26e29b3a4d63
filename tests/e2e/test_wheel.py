"""What a user installs: the built wheel, alone in an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_all_that_is_read_at_run_time(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "queries", "examples/belgium-luxembourg"):
        files = [
            p for p in (ROOT / folder).rglob("*") if p.is_file() and not {".avgraph", "__pycache__"} & set(p.parts)
        ]
        wanted = {f"avgraph/_data/{p.relative_to(ROOT).as_posix()}" for p in files if p.suffix != ".py"}
        assert wanted, folder
        assert wanted <= names, sorted(wanted - names)
    kinds = (".toml", ".json", ".html", ".psv", ".txt", ".typed", ".js", ".css", ".svg")
    assets = ROOT / "src" / "avgraph" / "web" / "assets"  # what scripts are built from
    data = [p for p in (ROOT / "src").rglob("*") if p.suffix in kinds and not p.is_relative_to(assets)]
    assert {p.relative_to(ROOT / "src").as_posix() for p in data} <= names
    assert not [n for n in names if "test" in n.lower() or ".avgraph/" in n or "web/assets/" in n]
    assert any(n.endswith("licenses/LICENSE") for n in names)


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", f"{wheel}[articles,plot]"]
    subprocess.run(install, check=True, capture_output=True, timeout=900)
    home = tmp_path / "home"
    home.mkdir()
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [str(tmp_path / "venv" / "bin" / "avgraph"), "demo", "tour"],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Wagner" in done.stdout
    assert "Laurent Witz" in done.stdout
    assert (tmp_path / "tour" / "report.html").is_file()
