"""What is rarer than each change stays away by day, and is there by night."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RARE = "tests/site/test_built.py::test_two_builds_are_the_same_to_the_byte"
PROPERTY = (
    "tests/attention/test_softmax.py::test_each_row_adds_up_to_one_or_to_zero_where_it_sees_nothing"
)
STEPS = (
    "tests/attention/test_kv_cache_machine.py"
    "::test_five_thousand_steps_agree_with_a_plain_list[False]"
)
EXAMPLE = "tests/attention/test_softmax.py::test_the_gradient_is_that_of_finite_differences"
FILES = sorted({test.partition("::")[0] for test in (RARE, PROPERTY, STEPS, EXAMPLE)})


def run(*command: str, **environment: str) -> str:
    """Return what a program prints, without the settings that this very run has."""
    ours = {"CI", "HYPOTHESIS_PROFILE", "PYTEST_ADDOPTS"}
    rest = {name: text for name, text in os.environ.items() if name not in ours}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=rest | environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def collected(*arguments: str) -> set[str]:
    """Return the tests that pytest would run."""
    printed = run("-m", "pytest", "--collect-only", "-q", *arguments, *FILES)
    return {line for line in printed.splitlines() if "::" in line}


@pytest.mark.nightly
def test_what_is_rare_runs_by_night_alone() -> None:
    by_day, by_night = collected(), collected("-m", "hypothesis or nightly")
    assert {RARE, PROPERTY, STEPS, EXAMPLE} - by_day == {RARE}
    assert {RARE, PROPERTY, STEPS, EXAMPLE} - by_night == {EXAMPLE}
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nproperties: ")[2]
    assert "HYPOTHESIS_PROFILE=nightly python -m pytest tests -m 'hypothesis or nightly'" in recipe


@pytest.mark.parametrize(
    ("environment", "examples", "the_same"),
    [
        ({}, 25, False),
        ({"CI": "true"}, 25, True),
        ({"HYPOTHESIS_PROFILE": "nightly"}, 500, False),
        ({"CI": "true", "HYPOTHESIS_PROFILE": "nightly"}, 500, False),
    ],
)
def test_examples_are_few_by_day_and_new_by_night(
    environment: dict[str, str], examples: int, the_same: bool
) -> None:
    program = (
        "import runpy; runpy.run_path('tests/conftest.py')\n"
        "from hypothesis import settings; print(settings().max_examples, settings().derandomize)"
    )
    assert run("-c", program, **environment).split() == [str(examples), str(the_same)]
