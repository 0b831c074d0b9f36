"""One line on standard error that says what is being measured."""

from __future__ import annotations

import shutil
import sys
import time


class Progress:
    """Shows the step at hand. On a terminal the line is rewritten; elsewhere each new stage gets a line of its own."""

    def __init__(self) -> None:
        self.stage_ = ""
        self.start_ = time.monotonic()
        self.terminal_ = sys.stderr.isatty()

    def stage(self, name: str) -> None:
        self.stage_ = name
        if self.terminal_:
            self.step("")
        else:
            print(f"[{time.monotonic() - self.start_:6.0f} s] {name}", file=sys.stderr, flush=True)

    def step(self, what: str) -> None:
        if not self.terminal_:
            return
        width = shutil.get_terminal_size().columns - 1
        line = f"[{time.monotonic() - self.start_:5.0f} s] {self.stage_}: {what}"
        print("\r" + line[:width].ljust(width), end="", file=sys.stderr, flush=True)

    def done(self) -> None:
        if self.terminal_:
            print("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", end="", file=sys.stderr, flush=True)
