"""What went wrong, and where."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Failure", "PressError"]


@dataclass(frozen=True, order=True)
class Failure:
    """One statement of a page that does not hold.

    Attributes:
        path: the file to repair.
        line: its line, from 1.
        message: what the file says, and what is true.
    """

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        """Return ``path:line: message``, the path as short as it can be said from here."""
        here = Path.cwd()
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        return f"{path}:{self.line}: {self.message}"


class PressError(Exception):
    """A page that cannot be woven, with every reason found."""

    def __init__(self, failures: list[Failure]) -> None:
        """Keep the failures; the text lists them, one per line."""
        super().__init__("\n".join(str(failure) for failure in failures))
        self.failures = failures
