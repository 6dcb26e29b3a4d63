"""What every worker needs, loaded once: workers are copies of a process that has it in memory."""

from __future__ import annotations

__all__: list[str] = []
