"""Print the lowest versions that pyproject.toml allows, and what else the package's tests need.

`make lock` turns this into requirements/oldest.txt. Each dependency of the package, also one of
an extra, stands at its bound. What only the tests need stands at the version of
requirements/test.txt. PyTorch is left out: the Makefile names its version.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
GROUP = "package"  # the dependency group of what the package's own tests need


def lowest(dependencies: Iterable[str]) -> list[str]:
    """Return each dependency at its lower bound, sorted by name.

    Raises:
        ValueError: if a dependency has no lower bound, or two different ones.
    """
    found: dict[str, str] = {}
    for dependency in dependencies:
        bound = re.fullmatch(r"([\w.-]+)>=([\d.]+)( ;.+)?", dependency)
        if bound is None:
            raise ValueError(f"a dependency must be written name>=version; got {dependency}")
        name, version, marker = bound.groups(default="")
        pin = f"{name}=={version}{marker}"
        if found.setdefault(name, pin) != pin:
            raise ValueError(f"{name} must have one lower bound; got {found[name]} and {pin}")
    return [found[name] for name in sorted(found)]


def asked(groups: dict[str, Any], name: str) -> Iterator[str]:
    """Yield what a dependency group asks for, with the groups that it includes."""
    for entry in groups[name]:
        if isinstance(entry, str):
            yield entry
        else:
            yield from asked(groups, entry["include-group"])


def main() -> None:
    """Print one requirement per line."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = settings["project"]
    extras = project["optional-dependencies"].values()
    pins = lowest([*project["dependencies"], *(each for extra in extras for each in extra)])
    lock = (ROOT / "requirements" / "test.txt").read_text("utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    for entry in asked(settings["dependency-groups"], GROUP):
        name = re.match(r"[\w.-]+", entry)[0]
        pins.append(f"{name}=={locked[name]}")
    print(*(pin for pin in pins if not pin.startswith("torch==")), sep="\n")


if __name__ == "__main__":
    main()
