"""Describes the machine and the build: a figure without them means nothing."""

from __future__ import annotations

import hashlib
import os
import pathlib
import platform
import re
import subprocess
from typing import Any


def _first(pattern: str, path: str) -> str:
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return ""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load_average() -> float | None:
    """Processes that ran or waited for a core in the last minute, on average; None where the system does not say."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def describe(program: pathlib.Path, bundle: pathlib.Path) -> dict[str, Any]:
    """The machine, the compiler and the versions, as a flat dictionary that the report prints as it is."""
    memory = _first(r"^MemTotal:\s+(\d+) kB", "/proc/meminfo")
    cache = program.parent / "CMakeCache.txt"
    compiler = _first(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", str(cache))
    said = _output(compiler, "--version").splitlines() if compiler else []
    governor = _first(r"(\w+)", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    out = {
        "processor": _first(r"^model name\s*:\s*(.+)$", "/proc/cpuinfo") or platform.processor() or platform.machine(),
        "cores": cores(),
        "memory_gb": round(int(memory) / 1e6, 1) if memory else None,
        "system": _first(r'^PRETTY_NAME="?([^"\n]+)', "/etc/os-release") or platform.system(),
        "kernel": platform.release(),
        "frequency governor": governor or None,
        "python": platform.python_version(),
        "compiler": said[0] if said else None,
        "build type": _first(r"^CMAKE_BUILD_TYPE:\w+=(.+)$", str(cache)) or None,
        "compiler flags": " ".join(
            filter(None, (_first(rf"^CMAKE_CXX_FLAGS{kind}:\w+=(.*)$", str(cache)) for kind in ("", "_RELEASE")))
        )
        or None,
        "atau": _output(str(program), "--version").strip() or None,
        "commit": _output("git", "-C", str(pathlib.Path(__file__).parent), "describe", "--always", "--dirty").strip()
        or None,
    }
    if bundle.is_file():
        out["bundle_mb"] = round(bundle.stat().st_size / 1e6, 1)
        out["bundle sha256"] = hashlib.sha256(bundle.read_bytes()).hexdigest()[:16]
    return {key: value for key, value in out.items() if value is not None}


def busy_warning(load: float | None) -> str | None:
    """A sentence when other work may disturb the measurement, else None."""
    if load is None or load < 0.3 * cores():
        return None
    return (
        f"The load average was {load:.1f} on {cores()} cores before the run: other work may have disturbed the times. "
        "Look at the spreads, and run again on a quiet machine."
    )
