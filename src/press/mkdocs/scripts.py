"""The scripts of a built site without what only their authors read."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from press.execute.node import node

__all__ = ["shorten_scripts"]

_SCRIPT = """
const { transformSync } = require("esbuild");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const options = { minify: true, format: "esm", target: "es2022", charset: "utf8" };
process.stdout.write(JSON.stringify(texts.map((text) => transformSync(text, options).code)));
"""


def shorten_scripts(root: Path, scripts: Iterable[Path]) -> None:
    """Let esbuild write modules again, shorter: those of the repository stay as they are.

    Args:
        root: the folder of node_modules.
        scripts: the files to write again.

    Raises:
        RuntimeError: if one is no JavaScript.
    """
    files = list(scripts)
    texts = list(dict.fromkeys(file.read_text("utf-8") for file in files))
    done = subprocess.run(  # noqa: S603 - our own script
        [node(), "-e", _SCRIPT],
        input=json.dumps(texts),
        capture_output=True,
        encoding="utf-8",
        cwd=root,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"esbuild failed:\n{done.stderr}")
    shorter = dict(zip(texts, json.loads(done.stdout), strict=True))
    for file in files:
        file.write_text(shorter[file.read_text("utf-8")], "utf-8")
