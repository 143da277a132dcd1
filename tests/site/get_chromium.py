"""Find the Chromium of the browser tests, and its fonts; run as a program, get what is missing."""

import os
import platform
import shutil
import subprocess
import sys

from press.execute.chromium import SHELL, find_chromium

# What test_fonts.py lets a browser see. Where one is missing, that test is skipped.
FAMILIES = ["Noto Sans CJK SC", "Noto Sans Mono CJK SC", "DejaVu Sans", "DejaVu Sans Mono"]


def has_family(family: str) -> bool:
    """Return whether fontconfig, which chooses the fonts on Linux, knows a family of fonts."""
    if shutil.which("fc-list") is None:
        return False
    command = ["fc-list", f":family={family}", "file"]
    return bool(subprocess.run(command, capture_output=True, check=False).stdout)


def _run(*command: str, seconds: int) -> bool:
    """Run one step of an installation, showing what it prints; return whether it succeeded."""
    print("Getting what browser tests need:", " ".join(command), flush=True)
    try:
        return subprocess.run(command, timeout=seconds, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(problem)
        return False


def _is_debian() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "debian"
    except OSError:
        return False


def main() -> int:
    """Install Chromium unless there is one; in CI, fail without one."""
    in_ci = os.environ.get("CI", "").lower() in ("1", "true")
    if not find_chromium():
        _run(sys.executable, "-m", "playwright", "install", "chromium", seconds=300)
    if in_ci and _is_debian() and os.geteuid() == 0:
        packages = [] if shutil.which(SHELL) else [SHELL]
        if not all(map(has_family, FAMILIES)):
            packages += ["fontconfig", "fonts-dejavu-core", "fonts-noto-cjk"]
        if packages and _run("apt-get", "update", "-qq", seconds=300):
            install = ("apt-get", "install", "-qq", "--yes", "--no-install-recommends")
            _run(*install, *packages, seconds=900)
    if path := find_chromium():
        print(f"Browser tests use {path}.")
        return 0
    print("No Chromium, and none could be had: put `chromium` or `google-chrome` on the PATH.")
    return 1 if in_ci else 0


if __name__ == "__main__":
    sys.exit(main())
