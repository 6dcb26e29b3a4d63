"""The script that is committed is the one that its sources were built to."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[3] / "src" / "avgraph" / "web" / "assets"


def test_the_built_script_is_what_its_sources_were_built_to() -> None:
    built = json.loads((ASSETS / "built.json").read_text(encoding="utf-8"))
    assert len(built) == 4
    for name, digest in built.items():
        found = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
        assert found == digest, f"{name} is another: in src/avgraph/web/assets run npm ci && npm run build"
