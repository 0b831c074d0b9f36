"""What every question needs: the options of the command line, the program, the other tools, a place for files."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from . import corpora, workload
from .machine import cores
from .progress import Progress
from .timing import Ran, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"


def parser(description: str) -> argparse.ArgumentParser:
    """The options that all questions share."""
    out = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    out.add_argument("--program", default=str(ROOT / "build" / "atau"), help="the atau program (default: %(default)s)")
    out.add_argument("--bundle", help="its bundle (default: atau.bundle beside the program)")
    out.add_argument(
        "--out", default=str(ROOT / "build" / "bench"), help="folder of the results (default: %(default)s)"
    )
    out.add_argument(
        "--corpus", help="texts to measure times with, {id, text} a line (default: made from our own texts)"
    )
    out.add_argument("--size", type=float, default=4.0, help="MB of made-up texts (default: %(default)s)")
    out.add_argument("--peer-size", type=float, default=0.1, help="MB for the slow tools (default: %(default)s)")
    out.add_argument("--repeat", type=int, default=7, help="rounds (default: %(default)s)")
    out.add_argument("--peers", action="store_true", help="first install the other tools (benchmarks/requirements.txt)")
    out.add_argument(
        "--venv", default=str(ROOT / "build" / "bench" / "venv"), help="where they are installed (default: %(default)s)"
    )
    out.add_argument(
        "--only-peers", default="", metavar="NAMES", help="of the other tools measure these only, with commas; none: -"
    )
    out.add_argument("--corpora", help="folder with annotated texts for accuracy, or one corpus")
    out.add_argument(
        "--gold", help="the project's own annotated texts (default: tests/gold, else the training passages)"
    )
    out.add_argument(
        "--damage", help="the corpus whose copies are damaged, by a part of its name (default: NEREL, else our own)"
    )
    out.add_argument("--all", action="store_true", help="also score corpora that the weights learned from")
    out.add_argument("--slow", action="store_true", help="give the damaged copies to slow tools too (half an hour)")
    out.add_argument(
        "--held-out", action="store_true", help="also learn anew without the texts that are scored (minutes)"
    )
    out.add_argument("--quick", action="store_true", help="small sizes and two rounds: is everything in order?")
    return out


@dataclass
class Peer:
    """Another tool, or our own Python package, behind benchmarks/run_peer.py."""

    name: str
    about: dict[str, Any]
    python: pathlib.Path

    @property
    def title(self) -> str:
        return self.about["title"]

    @property
    def installed(self) -> bool:
        return self.about["installed"]

    @property
    def version(self) -> str:
        return next(iter(self.about["versions"].values()), "not installed")


class Context:
    """Raises SystemExit with a sentence when something that is needed is not there."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.program = pathlib.Path(options.program).resolve()
        self.bundle = pathlib.Path(options.bundle or self.program.parent / "atau.bundle").resolve()
        for path, what in ((self.program, "program"), (self.bundle, "bundle")):
            if not path.is_file():
                raise SystemExit(f"there is no {what} at {path}; build it with `make demo`, or name it with --{what}")
        self.out = pathlib.Path(options.out).resolve()
        self.work = self.out / "work"
        self.work.mkdir(parents=True, exist_ok=True)
        if options.quick:
            options.size, options.peer_size, options.repeat = min(options.size, 0.4), min(options.peer_size, 0.03), 2
        self.repeat: int = options.repeat
        self.threads = cores()
        self.progress = Progress()
        self.env = {"ATAU_BUNDLE": str(self.bundle)}
        self.venv = pathlib.Path(options.venv).resolve()
        self.peers_: list[Peer] | None = None
        self.names_ = 0

    def say(self, what: str) -> None:
        self.progress.step(what)

    # Texts

    def texts(self) -> list[dict[str, Any]]:
        """The documents that times are measured with."""
        if self.options.corpus:
            return [{"id": d["id"], "text": d["text"]} for d in corpora.read(self.options.corpus)]
        return workload.Maker().documents(int(self.options.size * 1e6))

    def texts_file(self) -> pathlib.Path:
        path = self.work / "texts.jsonl"
        corpora.write(self.texts(), path, annotations=False)
        return path

    def few_texts(self) -> list[dict[str, Any]]:
        """The first of them, for tools that would take too long over all."""
        out, size = [], 0
        for document in self.texts():
            out.append(document)
            size += len(document["text"].encode())
            if size >= self.options.peer_size * 1e6:
                break
        return out

    # Programs

    def extract(self, jobs: int = 1) -> list[Any]:
        """The command line of the whole program, JSON lines to JSON lines."""
        return [self.program, "extract", "--quiet", "--from", "jsonl", "--to", "jsonl", "--jobs", jobs]

    def bench(self, path: pathlib.Path, *arguments: Any, repeat: int | None = None) -> dict[str, Any]:
        """What `atau bench --json` measured."""
        result = self.work / "bench.json"
        command = [self.program, "bench", "--json", "--repeat", repeat or self.repeat, *arguments, path]
        run(command, stdout=result, env=self.env)
        return json.loads(result.read_text(encoding="utf-8"))

    # Other tools

    def install_peers(self) -> None:
        """Makes the virtual environment and installs the other tools and our own package into it; a failure is "
        "told, not fatal."""
        self.progress.stage("installing the other tools")
        python = self.venv / "bin" / "python"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        commands = [[*pip, "-r", str(BENCHMARKS / "requirements.txt")]]
        if not python.exists():
            commands.insert(0, [sys.executable, "-m", "venv", str(self.venv)])
        own = [*pip, "-C", f"build-dir={self.out / 'wheel'}", "-C", f"cmake.define.ATAU_PREBUILT_BUNDLE={self.bundle}"]
        own += ["-C", "cmake.define.ATAU_CLI=OFF"]
        if shutil.which("ccache"):
            own += ["-C", "cmake.define.CMAKE_CXX_COMPILER_LAUNCHER=ccache"]
        commands.append([*own, str(ROOT)])
        for command in commands:
            if subprocess.run(command).returncode != 0:
                print(f"could not be done, and goes on without: {' '.join(command)}", file=sys.stderr)

    def peers(self) -> list[Peer]:
        """All tools that have an adapter, our own Python package first, installed or not."""
        if self.peers_ is not None:
            return self.peers_
        if self.options.peers:
            self.install_peers()
        candidates = [
            self.venv / "bin" / "python",
            ROOT / "build" / "venv" / "bin" / "python",
            pathlib.Path(sys.executable),
        ]
        pythons = [p for p in candidates if p.exists()]
        out = []
        for adapter in sorted((BENCHMARKS / "peers").glob("*.py"), key=lambda p: (p.stem != "atau_python", p.stem)):
            chosen = None
            for python in pythons:
                command = [python, BENCHMARKS / "run_peer.py", adapter.stem, "--describe"]
                about = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
                if chosen is None or (about["installed"] and not chosen.installed):
                    chosen = Peer(adapter.stem, about, python)
            out.append(chosen)
        wanted = [n for n in self.options.only_peers.split(",") if n]
        self.peers_ = [p for p in out if not wanted or p.name in wanted]
        return self.peers_

    def names_file(self) -> pathlib.Path:
        """The names for tools that look for fixed strings."""
        path = self.work / "names.jsonl"
        if not self.names_:
            self.names_ = workload.export_names(ROOT / "dictionaries", path)
        return path

    def peer_command(self, peer: Peer, stats: pathlib.Path | None = None, normal: bool = False) -> list[Any]:
        command = [peer.python, BENCHMARKS / "run_peer.py", peer.name]
        if peer.about["names"]:
            command += ["--names", self.names_file()]
        if stats:
            command += ["--stats", stats]
        if normal and peer.about["normal"]:
            command += ["--normal"]
        return command

    def peer_env(self) -> dict[str, str]:
        """One thread for everybody, and the arithmetic library chooses its kernels itself."""
        return {**self.env, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

    def run_peer(
        self, peer: Peer, source: pathlib.Path, sink: pathlib.Path, normal: bool = False, watch: float = 0
    ) -> tuple[Ran, dict[str, Any]]:
        """One run of a tool from file to file: what was seen from outside and what the process said. Raises "
        "timing.Failed."""
        stats = self.work / f"{peer.name}.stats.json"
        kept = {name: os.environ.pop(name) for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if name in os.environ}
        try:
            ran = run(
                self.peer_command(peer, stats, normal), stdin=source, stdout=sink, env=self.peer_env(), watch=watch
            )
        finally:
            os.environ.update(kept)
        return ran, json.loads(stats.read_text(encoding="utf-8"))


def predictions(path: pathlib.Path) -> dict[str, dict[str, Any]]:
    """Documents of a file of results, by id; an {"id", "error"} line counts as one without entities."""
    with open(path, encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}
