"""Change the heart of the package in every small way, and ask whether a test notices.

`make mutate` runs this. mutmut makes the mutants (a sign, a constant, an argument, each by
itself) and runs the tests of the package on each. A mutant that no test notices must stand
in survivors.toml with the reason why it cannot be noticed.
"""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
REASONS = Path(__file__).with_name("survivors.toml")
LEAST = 0.95  # share of the mutants that are not equivalent which tests must notice


def mutmut(*arguments: str) -> str:
    """Run mutmut on one thread a process, and return what it says."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    environment = {**os.environ, "CI": "true", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}\nmutmut ended with an error")
    return done.stdout


def change_of(mutant: str) -> str:
    """Return what a mutant changes: function, old lines, new lines."""
    diff = mutmut("show", mutant).splitlines()
    changed = [line for line in diff if re.match(r"[-+](?![-+])", line)]
    function = re.sub(r"__mutmut_\d+$", "", mutant).replace(".x_", ".")
    return "\n".join([function, *(f"{line[0]} {line[1:].strip()}" for line in changed)])


def main() -> None:
    """Run every mutant, print the score, and fail on what is not explained."""
    mutmut("run", "--max-children", str(os.cpu_count() or 1))
    results = re.findall(r"^\s+(\S+): (.+)$", mutmut("results", "--all", "true"), re.MULTILINE)
    missed = [name for name, result in results if result not in ("killed", "timeout")]
    known = {
        each["change"].strip(): each for each in tomllib.loads(REASONS.read_text("utf-8"))["mutant"]
    }
    found = [change_of(mutant) for mutant in missed]
    equivalent = [change for change in found if known.get(change, {}).get("equivalent")]
    unexplained = [change for change in found if change not in known]
    gone = [change for change in known if change not in found]
    counted = len(results) - len(equivalent)
    killed = len(results) - len(missed)
    for change in unexplained:
        print(f"survives without a reason in {REASONS.name}:\n{change}\n")
    for change in gone:
        print(f"does not survive any more, take it out of {REASONS.name}:\n{change}\n")
    share = killed / counted if counted else 0.0
    print(f"{len(results)} mutants, {len(equivalent)} of them equivalent")
    print(f"{killed} of the other {counted} are noticed: {share:.1%}")
    sys.exit(bool(unexplained or gone) or share < LEAST)


if __name__ == "__main__":
    main()
