"""Run several commands beside each other; what they say comes one after the other.

    python tests/beside.py COMMAND [-- COMMAND] …

As many run at a time as there are cores, at least two. The first that has not ended speaks as
it goes; the others wait their turn. The exit status is that of the first that failed.
"""

import itertools
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from press.execute.worker import cores


class Command:
    """A program, and what it has said so far."""

    def __init__(self, words: list[str]) -> None:
        """Keep its words; it runs when `run` is called."""
        self.words = words
        self.said = bytearray()
        self.status: int | None = None
        self.more = threading.Condition()

    def run(self) -> None:
        """Run it to its end."""
        start = time.monotonic()
        with subprocess.Popen(
            self.words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            while piece := os.read(process.stdout.fileno(), 65536):
                self._add(piece)
        took = f"({time.monotonic() - start:.0f} s, status {process.returncode})\n"
        self._add(took.encode(), process.returncode)

    def _add(self, piece: bytes, status: int | None = None) -> None:
        with self.more:
            self.said += piece
            self.status = status
            self.more.notify()

    def show(self) -> int:
        """Print what it says until it has ended, and return its status."""
        shown = 0
        write = sys.stdout.buffer.write
        write(f"\n$ {' '.join(self.words)}\n".encode())
        while True:
            with self.more:
                while len(self.said) == shown and self.status is None:
                    self.more.wait()
                piece, status = bytes(self.said[shown:]), self.status
            shown += len(piece)
            write(piece)
            sys.stdout.buffer.flush()
            if status is not None:
                return status


def main(words: list[str]) -> int:
    """Run the commands that the words name."""
    groups = itertools.groupby(words, lambda word: word != "--")
    commands = [Command(list(group)) for is_command, group in groups if is_command]
    with ThreadPoolExecutor(max(2, cores())) as pool:
        for command in commands:
            pool.submit(command.run)
        statuses = [command.show() for command in commands]
    return next(filter(None, statuses), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
