"""Import modules that somebody is editing as they are now."""

import sys
import types
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from typing import Any

__all__ = ["compile_anew"]


class _Anew(SourceFileLoader):
    """Compile a module each time it is imported.

    Python tells an edited file by its size and the second of its change, and two edits may
    share both: a compiled module that it finds may be stale.
    """

    def get_code(self, fullname: str) -> types.CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def compile_anew(folders: list[str]) -> None:
    """Let no module below these folders come from a compiled file."""
    finder = FileFinder.path_hook((_Anew, [".py"]))

    def find(path: str) -> Any:
        if not any(Path(path).is_relative_to(folder) for folder in folders):
            raise ImportError(path)
        return finder(path)

    sys.path_hooks.insert(0, find)
    sys.path_importer_cache.clear()
