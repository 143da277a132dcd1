"""Run a lab as Jupyter would: in a kernel, cell by cell, with no network and no mistake.

    python -m press.execute.lab_kernel < job

The job names the cells and their code, whether they draw, how long one may take, and two
files: one takes the names that the lab binds, one takes what its cells show and the mistake
that ended it.
"""

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from press.execute.drawing import tidied

__all__ = ["LabError", "run", "shown_by"]

_SANDBOX = "__import__('importlib').import_module('press.execute.lab_sandbox')"
_STARTS_IN_S = 60


class LabError(Exception):
    """A lab that cannot be recorded."""


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Run a lab; return what each cell shows, or the mistake."""
    names = [name for name, _ in job["cells"]]
    sources = [f"{_SANDBOX}.prepare({job['draws']!r})", *(source for _, source in job["cells"])]
    sources.append(f"{_SANDBOX}.keep({job['names']!r}, {job['keep']!r})")
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(
        notebook, timeout=_STARTS_IN_S, startup_timeout=_STARTS_IN_S, kernel_name="python3"
    )
    shown, name, error, late = dict[str, Any](), "", "", False
    try:
        with client.setup_kernel():
            client.execute_cell(cells[0], 0)
            client.timeout = job["limit_s"]
            for index, name in enumerate(names, 1):
                client.execute_cell(cells[index], index)
                shown[name] = shown_by(name, cells[index].outputs)
            client.execute_cell(cells[-1], len(names) + 1)
    except CellExecutionError as mistake:
        error = f"{mistake.ename}: {mistake.evalue}"
    except CellTimeoutError:
        error, late = f"timed out after {job['limit_s']:g} s", True
    except LabError as mistake:
        error = str(mistake)
    return {"shown": shown, "error": error and f"cell {name}: {error}", "late": late}


def shown_by(name: str, outputs: list[Any]) -> dict[str, Any]:
    """Return the text of a cell and its figure, if it has one."""
    text, figures = "", []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            text += output.text
        elif output.output_type == "stream":
            raise LabError(f"a lab must warn of nothing; it wrote {output.text.strip()!r}")
        elif "image/svg+xml" in output.data:
            figures.append(tidied(output.data["image/svg+xml"], name))
        elif set(output.data) == {"text/plain"}:
            text += output.data["text/plain"] + "\n"
        else:
            kinds = ", ".join(sorted(output.data))
            raise LabError(f"a cell must show text or a figure as SVG; got {kinds}")
    if len(figures) > 1:
        raise LabError(f"a cell must show one figure, which has its name; got {len(figures)}")
    return {"text": text, "figure": figures[0] if figures else None}


if __name__ == "__main__":
    question = json.load(sys.stdin)
    Path(question["result"]).write_text(json.dumps(run(question)), "utf-8")
