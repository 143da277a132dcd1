"""The kernels without a GPU: Triton's interpreter runs them, in a process of its own.

Whether a kernel is compiled or interpreted is settled when its module is imported. So this
process imports none of them for that, and starts another one that has TRITON_INTERPRET set.
"""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LIMIT_S = 60
PROGRAM = """
import sys, time
import pytest
code = pytest.main(sys.argv[1:])
print(f"took {time.process_time()} s of the processor")
sys.exit(code)
"""


@pytest.mark.skipif(not find_spec("torch"), reason="torch is an extra; `make test` installs it")
@pytest.mark.skipif(not find_spec("triton"), reason="Triton has wheels for Linux alone")
def test_the_kernels_do_what_loops_do(slowness: float) -> None:
    alone = ["-c", os.devnull, "--rootdir", str(HERE), "--noconftest", "-p", "no:cacheprovider"]
    alone += ["-o", f"pythonpath={HERE.parent}"]  # where the oracles lie
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "-q", *alone, str(HERE / "interpreted.py")],
        env=os.environ | {"TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # None is skipped; the interpreter of Triton 3.6 warns of what NumPy will not do any longer.
    assert re.search(r"^\d+ passed(, \d+ warnings)? in ", done.stdout, re.MULTILINE), done.stdout
    [took] = re.findall(r"^took ([\d.]+) s", done.stdout, re.MULTILINE)
    assert float(took) < LIMIT_S * slowness
