"""Find the Chromium of the browser tests; run as a program, get one where there is none."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def find_chromium() -> str | None:
    """Return the path of the machine's own Chromium, else of Playwright's, else None."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def _run(*command: str, seconds: int) -> bool:
    """Run one step of an installation, showing what it prints; return whether it succeeded."""
    print("No Chromium yet:", " ".join(command), flush=True)
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
    if not find_chromium() and in_ci and _is_debian() and os.geteuid() == 0:
        _run("apt-get", "update", "-qq", seconds=300)
        install = ("apt-get", "install", "-qq", "--yes", "--no-install-recommends")
        _run(*install, "chromium", seconds=900)
    if path := find_chromium():
        print(f"Browser tests use {path}.")
        return 0
    print("No Chromium, and none could be had: put `chromium` or `google-chrome` on the PATH.")
    return 1 if in_ci else 0


if __name__ == "__main__":
    sys.exit(main())
