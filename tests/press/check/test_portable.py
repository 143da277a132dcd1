"""What is recorded comes out the same under another arithmetic, or is refused."""

import os
from typing import Any

import pytest

from press.check.portable import portable
from press.execute.machine import AS_IS, BARE, Arithmetic, available, contrast, signature, unmet
from press.execute.runner import Runner
from press.failure import PressError
from press.record.fingerprints import AGREED, is_recorded

TIES = """\
import numpy as np

words = np.random.default_rng(0).integers(10, size=200)
places = np.eye(10)[words]
print(sum(int((np.full(n, 1 / n) @ places[:n]).argmax()) for n in range(1, 200)))
"""
LAST_BITS = """\
import numpy as np

x = np.random.default_rng(0).standard_normal(100_003)
print([float(x[:n] @ x[:n]) for n in range(3, len(x), 1009)])  # one alone may come out the same
"""
THREADS = """\
import os

print(os.environ["OMP_NUM_THREADS"], "threads")
"""


@pytest.mark.parametrize("text", [TIES, LAST_BITS, THREADS], ids=["ties", "last bits", "threads"])
def test_what_depends_on_the_arithmetic_is_not_recorded(small: Any, text: str) -> None:
    path = small.write("docs/listings/powers/shaky.py", text)
    with pytest.raises(
        PressError, match=r"shaky\.py:1: what is recorded must depend on no machine"
    ):
        small.update()
    assert not path.with_suffix(".out").exists()
    assert not is_recorded(small.project, path)


def test_a_refusal_names_both_texts_and_both_arithmetics(small: Any) -> None:
    small.write("docs/listings/powers/shaky.py", THREADS)
    with pytest.raises(PressError) as refused:
        small.update()
    assert f"this shows '1 threads' {AS_IS.name}, '2 threads' with {contrast().name}" in str(
        refused.value
    )


def test_a_lab_that_depends_on_the_arithmetic_is_not_recorded(small: Any, lab_text: str) -> None:
    lab = small.lab(lab_text)
    recorded = lab.with_suffix(".out").read_text("utf-8")
    shaky = lab_text.replace('print("nine is", nine)', THREADS.strip())
    line = shaky.splitlines().index("# %% count") + 1
    lab.write_text(shaky, "utf-8")
    with pytest.raises(
        PressError, match=rf"squares\.py:{line}: what is recorded must depend on no"
    ):
        small.update()
    assert lab.with_suffix(".out").read_text("utf-8") == recorded


def test_a_figure_that_depends_on_the_arithmetic_is_not_recorded(small: Any) -> None:
    small.write("docs/figures/powers/line.py", THREADS)
    with pytest.raises(PressError, match=r"line\.py:1: what is recorded must depend on no machine"):
        small.update()


def test_the_record_says_that_a_second_arithmetic_agreed(small: Any) -> None:
    record = small.project.listings / "recorded.sha256"
    listing = small.root / "docs/listings/powers/cubes.py"
    assert is_recorded(small.project, listing)
    text = record.read_text("utf-8")
    record.write_text(text.removeprefix(AGREED), "utf-8")
    assert not is_recorded(small.project, listing)
    small.update()
    assert record.read_text("utf-8") == text


def test_what_another_machine_prints_is_found_with_listing_line_and_both_texts(
    small: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert portable(small.project) == []
    said = capsys.readouterr().out
    probe = Runner(small.project, arithmetic=BARE).in_force()
    names = [arithmetic.name for arithmetic in available(probe)]
    assert [line.removesuffix(" …") for line in said.splitlines()] == names
    text = (small.root / "docs/listings/powers/cubes.py").read_text("utf-8")
    threads = text + 'import os\nprint(os.environ["OMP_NUM_THREADS"])\n'
    small.listing("cubes", threads, "[1, 8]\n1\n")
    found = portable(small.project, say=lambda _: None)
    two = [name for name in names if "two threads" in name]
    assert two
    assert {(f.path.name, f.line, f.message) for f in found} == {
        ("cubes.out", 2, f"{name}: recorded: '1'; the listing prints: '2'") for name in two
    }


def test_a_number_of_a_page_that_depends_on_the_arithmetic_is_found(small: Any) -> None:
    small.listing("hidden", "import os\nn = int(os.environ['OMP_NUM_THREADS'])\n")
    for language in ("en", "zh"):
        page = small.root / f"docs/{language}/powers.md"
        added = "\n``` listing\npowers/hidden.py\n```\n\n[1]{= n}\n"
        page.write_text(page.read_text("utf-8") + added, "utf-8")
    found = portable(small.project, say=lambda _: None)
    assert {failure.path.name for failure in found} == {"powers.md"}
    assert {failure.message.partition(": ")[2] for failure in found} == {"the page says 1; n is 2"}


def test_nothing_of_what_runs_for_this_is_kept(small: Any) -> None:
    portable(small.project, say=lambda _: None)
    assert not list(small.project.cache.glob("scratch/*"))


def test_this_machine_has_its_arithmetics_in_force(small: Any) -> None:
    probe = Runner(small.project, arithmetic=BARE).in_force()
    asked = [*available(probe), contrast()]
    for arithmetic in asked:
        Runner(small.project, arithmetic=arithmetic).in_force()
    assert len({signature(arithmetic.environment({})) for arithmetic in asked}) == len(asked)


def test_what_is_not_in_force_is_told_with_what_is() -> None:
    asked = Arithmetic("wish", 2, "Haswell", ("X86_V3",), "AVX2", {})
    found = {
        "kernels": ["Prescott"],
        "groups": [],
        "capability": "DEFAULT",
        "threads": {"openblas of NumPy": 2, "PyTorch": 3},
    }
    assert unmet(asked, found) == [
        "OpenBLAS must run its kernel Haswell; it runs Prescott",
        "NumPy's groups of SIMD loops must be X86_V3; they are none",
        "PyTorch's CPU capability must be AVX2; it is DEFAULT",
        "PyTorch must use 2 threads; it uses 3",
    ]
    assert unmet(AS_IS, found | {"threads": {"openblas of NumPy": 1}}) == []


def test_variables_that_are_set_outside_count_for_the_machine_and_for_no_other() -> None:
    outside = {"OPENBLAS_CORETYPE": "Nehalem", "MKL_CBWR": "AVX", "HOME": "/"}
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    assert AS_IS.environment(outside) == outside | dict.fromkeys(threads, "1")
    there = contrast().environment(outside)
    assert there["HOME"] == "/"
    assert there.get("OPENBLAS_CORETYPE") != "Nehalem"


def test_they_are_set_in_child_processes_alone(small: Any) -> None:
    before = dict(os.environ)
    small.write("docs/listings/powers/shaky.py", "print(1)\n")
    small.update()
    assert dict(os.environ) == before
