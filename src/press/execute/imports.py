"""Which of our files a program can depend on: those of the modules that it imports."""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

__all__ = ["Imports", "hash_of", "text_hash"]


class Imports:
    """What programs import, one module through another; make a new one after an edit."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Keep the folders of our modules; nothing is read yet."""
        self.folders = folders
        self._hashes: dict[Path, str] = {}
        self._known: dict[str, tuple[frozenset[str], list[Path]]] = {}

    def hash_of(self, file: Path) -> str:
        """Return the hash of a file's text."""
        if file not in self._hashes:
            self._hashes[file] = text_hash(file)
        return self._hashes[file]

    def of(self, text: str) -> tuple[set[str], set[Path]]:
        """Return the modules that a program imports, one through another, and our files there.

        What lies in a package and is no module is counted as well, for its modules may read it.
        """
        modules, files, waiting = set[str](), set[Path](), set(_modules(text))
        while waiting:
            name = waiting.pop()
            modules.add(name)
            if name not in self._known:
                self._known[name] = self._look_at(name)
            imports, its_files = self._known[name]
            files.update(its_files)
            waiting |= imports - modules
        return modules, files

    def needed_by(self, text: str) -> set[str]:
        """Return the modules that a program imports at its start, one through another.

        What a function of ours imports when it is called, such as the library of the arrays that
        it is given, is not among them.
        """
        found, waiting = set[str](), set(_modules(text))
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self._imported_at_once(name) - found
        return found

    def _imported_at_once(self, name: str) -> frozenset[str]:
        """Return what a module of ours imports when it is imported."""
        imports = frozenset[str]()
        for _, file, package in self._files_of(name):
            imports |= _modules(file.read_text("utf-8-sig"), package, called=False)
        return imports

    def _files_of(self, name: str) -> Iterator[tuple[Path, Path, str]]:
        """Yield where a module of ours lies, its file, and the package that it belongs to."""
        for folder in self.folders:
            inner = folder.joinpath(*name.split("."))
            for file in filter(Path.is_file, (inner.with_suffix(".py"), inner / "__init__.py")):
                yield inner, file, name if file.parent == inner else name.rpartition(".")[0]

    def _look_at(self, name: str) -> tuple[frozenset[str], list[Path]]:
        """Return what a module imports, and its files; nothing, if it is not ours."""
        imports, files = frozenset[str](), list[Path]()
        for inner, file, package in self._files_of(name):
            imports |= _modules(file.read_text("utf-8-sig"), package)
            files += [file, *(_data(inner) if file.parent == inner else ())]
        return imports, files


def text_hash(file: Path) -> str:
    """Return the hash of a text, the same whether its lines end as Unix or as Windows ends them."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def hash_of(text: str) -> str:
    """Return the hash of a text that has been read, the same as that of its file."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1024)
def _modules(text: str, package: str = "", called: bool = True) -> frozenset[str]:
    """Return the modules, and those that they lie in, that a file imports; none if unreadable.

    What a name is that comes ``from`` a module, a file has to tell: it is returned as well.

    Args:
        text: what the file says.
        package: the package that it belongs to.
        called: whether what functions import when they are called counts.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return frozenset()
    nodes = list(ast.walk(tree) if called else _outside_functions(tree))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            for alias in node.names:
                names.add(".".join(filter(None, (*above, node.module, alias.name))))
    parts = (name.split(".") for name in names)
    return frozenset(".".join(part[:n]) for part in parts for n in range(1, len(part) + 1))


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        yield node
        for inner in ast.iter_child_nodes(node):
            yield from _outside_functions(inner)


def _data(package: Path) -> list[Path]:
    """Return the files of a package that are no modules."""
    return [
        path for path in package.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}
    ]
