"""How long a user waits: ``--version``, ``--help``, a first and a second build of the example, and until it is served.

Run it with ``python benchmarks/startup.py``; it prints one line per command: median and range of the wall time
over the runs, and the largest resident set of the process (of a server, of its first process).
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "belgium-luxembourg"
MAIN = "from avgraph.cli import main; main()"


def measure(arguments: list[str]) -> tuple[float, float]:
    """Run the command line once; return seconds of wall time and MiB of peak memory."""
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.execv(sys.executable, [sys.executable, "-c", MAIN, *arguments])
    _, _, usage = os.wait4(child, 0)
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def measure_server(workspace: str) -> tuple[float, float]:
    """Serve a workspace once; return seconds until its first page is there, and MiB of peak memory."""
    started = time.perf_counter()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", MAIN, "serve", workspace, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
            break
        except urllib.error.URLError:
            time.sleep(0.01)
    seconds = time.perf_counter() - started
    process.terminate()
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = str(Path(folder) / "example")
        shutil.copytree(EXAMPLE, workspace)
        commands = [
            ("avgraph --version", ["--version"], 7),
            ("avgraph --help", ["--help"], 7),
            ("avgraph build, first", ["build", "--force", workspace], 3),
            ("avgraph build, unchanged", ["build", workspace], 5),
            ("avgraph query films", ["query", "films", "-g", workspace], 5),
            ("avgraph show 'Unité 42'", ["show", "Unité 42", "-g", workspace], 5),
            ("avgraph network company", ["network", "company", "-g", workspace], 5),
            ("avgraph report", ["report", "-g", workspace, "-o", f"{folder}/r.html"], 3),
            ("avgraph serve, first page", ["serve", workspace], 5),
        ]
        print(f"{'command':<28}{'median s':>10}{'min':>8}{'max':>8}{'MiB':>8}")
        for name, arguments, n_runs in commands:
            is_server = arguments[0] == "serve"
            runs = [measure_server(workspace) if is_server else measure(arguments) for _ in range(n_runs)]
            times = sorted(seconds for seconds, _ in runs)
            peak = max(mib for _, mib in runs)
            print(f"{name:<28}{statistics.median(times):>10.2f}{times[0]:>8.2f}{times[-1]:>8.2f}{peak:>8.0f}")


if __name__ == "__main__":
    main()
