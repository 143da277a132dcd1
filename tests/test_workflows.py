"""What runs elsewhere asks for targets, Pythons, versions and files that there are."""

import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FOLDER = ROOT / ".github" / "workflows"
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.iterdir())}

Workflow = dict[str, Any]


def runs(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a job once for each choice of its matrix, with the choice filled in."""
    matrix = dict(job.get("strategy", {}).get("matrix", {}))
    included = matrix.pop("include", [])
    choices = [dict(zip(matrix, each, strict=True)) for each in product(*matrix.values())]
    for choice in included or choices:
        yield filled(job, choice)


def filled(part: Any, choice: dict[str, str]) -> Any:
    """Return a part of a job with the words of the matrix in it."""
    if isinstance(part, dict):
        return {key: filled(value, choice) for key, value in part.items() if key != "strategy"}
    if isinstance(part, list):
        return [filled(value, choice) for value in part]
    if isinstance(part, str):
        return re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda found: choice[found[1]], part)
    return part


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step["run"] for step in job["steps"] if "run" in step)


def made(job: dict[str, Any]) -> list[str]:
    """Return the targets that a run of a job makes."""
    words = re.findall(r"(?:^|[\s;&\"])make((?: [^\s;&]+)+)", commands(job))
    return [word for line in words for word in line.split() if "=" not in word]


def python_of(job: dict[str, Any]) -> str | None:
    """Return the Python that a run of a job sets up."""
    found = [
        s["with"]["python-version"] for s in job["steps"] if "setup-python" in s.get("uses", "")
    ]
    assert len(found) <= 1
    return found[0] if found else None


def faults(workflows: dict[str, Workflow]) -> list[str]:
    """Return what is wrong with the workflows of this project."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    found, pythons = [], set()
    for workflow in workflows.values():
        for name, job in workflow["jobs"].items():
            needs = job.get("needs", [])
            found += [
                f"{name} needs a job that exists; got {other}"
                for other in ([needs] if isinstance(needs, str) else needs)
                if other not in workflow["jobs"]
            ]
            if "timeout-minutes" not in job:
                found.append(f"{name} must end within some minutes")
            for run in runs(job):
                pythons.add(python_of(run))
                found += [
                    f"{name} makes what the Makefile can; got {target}"
                    for target in made(run)
                    if target not in targets
                ]
                found += [f"{name}: {each}" for step in run["steps"] for each in wrong_step(step)]
    known = {
        each.rpartition(" ")[2]
        for each in PROJECT["classifiers"]
        if re.search(r":: Python :: 3\.\d+$", each)
    }
    if pythons - {None} != known:
        found.append(f"each Python of the classifiers, and no other, is tried; got {pythons}")
    return found


def wrong_step(step: dict[str, Any]) -> Iterator[str]:
    if "uses" in step and not re.fullmatch(r"[\w/-]+@((release/)?v\d+|[0-9a-f]{40})", step["uses"]):
        yield f"an action is named with its version; got {step['uses']}"
    if step.get("uses", "").startswith("actions/cache"):
        patterns = re.findall(r"'([^']+)'", " ".join(re.findall(r"hashFiles\((.*?)\)", str(step))))
        if not patterns:
            yield f"a key is made from what the kept files depend on; got {step['with']['key']}"
        for pattern in patterns:
            if not any(ROOT.glob(pattern)):
                yield f"a key is made from files that exist; got {pattern}"


def parsed() -> dict[str, Workflow]:
    return {name: yaml.safe_load(text) for name, text in TEXTS.items()}


def test_the_workflows_ask_for_what_there_is() -> None:
    assert sorted(TEXTS) == ["nightly", "release", "site"]
    assert faults(parsed()) == []


def _add(job: str, name: str, value: Any) -> Callable[[dict[str, Workflow]], None]:
    return lambda workflows: workflows["site"]["jobs"][job].update({name: value})


def _step(**step: Any) -> Callable[[dict[str, Workflow]], None]:
    return lambda workflows: workflows["site"]["jobs"]["test"]["steps"].append(step)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_add("build", "needs", ["test", "tests"]), "needs a job that exists; got tests"),
        (_step(run="FOO=1 make tests"), "makes what the Makefile can; got tests"),
        (_step(run="make PORT=1 test ${{ matrix.python }}"), "the Makefile can; got 3.11"),
        (_step(uses="actions/checkout"), "named with its version; got actions/checkout"),
        (_step(uses="actions/cache@v5", **{"with": {"key": "press"}}), "depend on; got press"),
        (
            _step(
                uses="actions/cache@v5", **{"with": {"key": "${{ hashFiles('a.txt', 'docs/**') }}"}}
            ),
            "files that exist; got a.txt",
        ),
        (_add("test", "strategy", {"matrix": {"python": ["3.10"]}}), "and no other, is tried"),
        (lambda workflows: workflows["site"]["jobs"]["test"].pop("timeout-minutes"), "must end"),
    ],
)
def test_a_wrong_workflow_is_noticed(
    spoil: Callable[[dict[str, Workflow]], Any], message: str
) -> None:
    workflows = parsed()
    spoil(workflows)
    assert any(message in fault for fault in faults(workflows))


def test_the_classifiers_begin_with_the_lowest_python_and_leave_none_out() -> None:
    named = [
        int(each.rpartition(".")[2])
        for each in PROJECT["classifiers"]
        if re.search(r":: Python :: 3\.\d+$", each)
    ]
    assert PROJECT["requires-python"] == f">=3.{named[0]}"
    assert named == list(range(named[0], named[-1] + 1))


def test_the_night_runs_all_that_make_nightly_runs() -> None:
    nightly = parsed()["nightly"]
    needed = re.search(r"^nightly: (.+?) ##", MAKEFILE, re.MULTILINE)[1].split()
    runs_ = [
        target for job in nightly["jobs"].values() for run in runs(job) for target in made(run)
    ]
    assert sorted(runs_) == sorted(needed)
    assert {"schedule", "workflow_dispatch"} <= nightly[True].keys()  # YAML reads `on` as true


def test_the_lowest_pytorch_is_the_one_that_the_package_allows() -> None:
    bounds = {
        each
        for extra in PROJECT["optional-dependencies"].values()
        for each in extra
        if each.startswith("torch")
    }
    elsewhere = parsed()["site"]["jobs"]["elsewhere"]
    chosen = re.findall(r"make oldest TORCH=(\S+)", "\n".join(map(commands, runs(elsewhere))))
    assert [f"torch>={version}" for version in chosen] == list(bounds)


def test_windows_runs_the_tests_that_make_oldest_runs() -> None:
    arguments = re.search(r"^PACKAGE_TESTS := (.+)$", MAKEFILE, re.MULTILINE)[1]
    assert f"python -m pytest {arguments}" in commands(parsed()["site"]["jobs"]["windows"])


def test_nothing_is_kept_for_the_run_that_trusts_nothing_kept() -> None:
    assert ".cache/press" not in TEXTS["nightly"]
    assert ".cache/press" in TEXTS["site"]


def test_every_action_is_kept_current() -> None:
    settings = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text("utf-8"))
    [actions] = settings["updates"]
    assert (actions["package-ecosystem"], actions["directory"]) == ("github-actions", "/")


def test_the_form_asks_what_is_wrong_where_and_how_to_check_it() -> None:
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "wrong.yml").read_text("utf-8"))
    assert {"name", "description", "body"} == form.keys()
    asked = {field["id"]: field.get("validations", {}) for field in form["body"]}
    assert [name for name in asked if asked[name].get("required")] == ["where", "says", "right"]
    texts = [form["name"], form["description"]]
    texts += [
        text for f in form["body"] for k, text in f["attributes"].items() if k != "placeholder"
    ]
    for text in texts:  # in both languages
        assert re.search(r"[\u4e00-\u9fff]", text)
        assert re.search(r"[A-Za-z]{4}", text)
