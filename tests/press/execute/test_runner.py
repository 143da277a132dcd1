"""Listings run apart from each other and from us, and again when what they use changes."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from press.execute.imports import own_text
from press.execute.machine import Arithmetic
from press.execute.runner import Run, Runner
from press.execute.worker import cores
from press.project import Project
from press.syntax.names import names_in


def run(small: Any, text: str, **settings: float) -> Run:
    """Run a program as a listing."""
    return Runner(small.project, **settings).run(small.listing("program", text))


def asked_by(expression: str | tuple[str, str]) -> set[str]:
    """Return the names of an expression; none if it cannot be read."""
    with suppress(SyntaxError):
        return names_in(expression if isinstance(expression, str) else expression[1])
    return set()


def values(small: Any, listings: dict[str, str], *expressions: str | tuple[str, str]) -> list[Any]:
    """Return what each expression is over some listings or over one, or why it has no value."""
    paths = [small.listing(name, text) for name, text in listings.items()]
    asked = {name for each in expressions for name in asked_by(each)}
    runs = Runner(small.project).run_all(paths, dict.fromkeys(paths, asked))
    assert not any(ran.error for ran in runs.values()), runs
    names = {f"powers/{path.name}": ran.key for path, ran in runs.items()}
    question = {
        "listings": names,
        "shown": sorted(names),
        "facts": small.project.facts,
        "values": [
            {"among": [], "expression": each}
            if isinstance(each, str)
            else {"among": [each[0]], "expression": each[1]}
            for each in expressions
        ],
        "conditions": [],
        "identities": [],
        "symbols": str(small.project.docs / "symbols.py"),
    }
    answers = Runner(small.project).evaluate(question)["values"]
    return [answer.get("is", answer.get("error")) for answer in answers]


def test_a_listing_prints_and_binds(small: Any) -> None:
    ran = run(small, "x = 3\nprint('three', x)\n")
    assert (ran.stdout, ran.error) == ("three 3\n", "")
    assert ran.bound == {"x"}


def test_each_listing_has_a_namespace_modules_and_a_process_of_its_own(lone: Any) -> None:
    setter = (
        "import os, numpy as np, subject.powers\n"
        "np.set_printoptions(precision=1)\nsubject.powers.square = None\n"
        "np.random.seed(0)\nleft_behind = 1\npid = os.getpid()\nos.environ['X'] = 'x'\n"
    )
    getter = (
        "import os, numpy as np, subject.powers\n"
        "print(np.array([0.123456789]), subject.powers.square(2), 'left_behind' in globals(),"
        " os.environ.get('X'), __name__, np.get_printoptions()['precision'])\npid = os.getpid()\n"
    )
    paths = [lone.listing("a_setter", setter), lone.listing("b_getter", getter)]
    ran = Runner(lone.project).run_all(paths)
    assert [each.error for each in ran.values()] == ["", ""]
    assert ran[paths[1]].stdout == "[0.12345679] 4 False None __main__ 8\n"


def test_what_a_listing_sets_counts_for_what_it_imports_and_for_no_other(lone: Any) -> None:
    flag = lone.project.source / "subject" / "flag.py"
    flag.write_text("import os\n\nFLAG = os.environ.get('FLAG')\n", "utf-8")
    reads = "from subject.flag import FLAG\nprint(FLAG)\n"
    sets = f"import os\nos.environ['FLAG'] = 'up'\n{reads}"
    paths = [lone.listing("a_reads", reads), lone.listing("b_sets", sets)]
    ran = Runner(lone.project).run_all(paths)
    assert [ran[path].stdout for path in paths] == ["None\n", "up\n"]


def test_what_has_run_is_recalled_and_not_run_again(lone: Any, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    text = f"open({str(trace)!r}, 'a').write('ran ')\nx = 3\nprint(x)\n"
    first, again = run(lone, text), run(lone, text)
    assert first == again
    assert trace.read_text() == "ran "


def test_a_recalled_run_starts_no_process(lone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run(lone, "x = 3\n")
    monkeypatch.setattr("press.execute.runner.subprocess.Popen", None)
    assert run(lone, "x = 3\n") == ran


def test_an_edited_listing_runs_again(lone: Any) -> None:
    assert run(lone, "print(1)\n").stdout == "1\n"
    assert run(lone, "print(2)\n").stdout == "2\n"


def test_an_edit_in_src_that_keeps_size_and_second_is_seen(
    lone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python tells a stale .pyc by size and second: an edit may keep both."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    module = lone.root / "src/subject/powers.py"
    text = "from subject.powers import square\nprint(square(3))\n"
    second = 1_700_000_000
    os.utime(module, (second, second))
    assert run(lone, text).stdout == "9\n"
    assert run(lone, text).stdout == "9\n"
    size = module.stat().st_size
    lone.replace("src/subject/powers.py", "return n * n ", "return n + n ")
    os.utime(module, (second, second))
    assert module.stat().st_size == size
    assert run(lone, text).stdout == "6\n"
    lone.replace("src/subject/powers.py", "return n + n ", "return n * n ")
    os.utime(module, (second, second))
    assert run(lone, text).stdout == "9\n"


def test_an_edit_of_a_module_that_is_not_imported_runs_nothing_again(
    lone: Any, tmp_path: Path
) -> None:
    trace = tmp_path / "trace"
    text = f"import subject.powers\nopen({str(trace)!r}, 'a').write('ran ')\n"
    lone.write("src/subject/other.py", "value = 1\n")
    assert run(lone, text).error == ""
    lone.write("src/subject/other.py", "value = 2\n")
    assert run(lone, text).error == ""
    assert trace.read_text() == "ran "


def test_an_edit_of_what_a_package_holds_beside_its_modules_is_seen(lone: Any) -> None:
    text = (
        "from importlib.resources import files\nimport subject\n"
        "print((files(subject) / 'words' / 'en.txt').read_text())\n"
    )
    for words in "one", "two":
        lone.write("src/subject/words/en.txt", words)
        assert run(lone, text).stdout == f"{words}\n"


IMPORTED = """\
import sys
for name, module in sys.modules.items():
    if name.startswith("press.") and not module.__file__.endswith("__init__.py"):
        print(module.__file__)
"""


@pytest.mark.parametrize(
    ("modules", "one"),
    [
        (("worker",), "execute/bindings.py"),
        (("evaluator",), "syntax/states.py"),
        (("cases",), "syntax/states.py"),
        (("lab_kernel", "lab_sandbox"), "palette.py"),
    ],
)
def test_a_key_tells_of_each_module_of_the_press_that_a_process_imports(
    modules: tuple[str, ...], one: str
) -> None:
    program = "".join(f"import press.execute.{module}\n" for module in modules) + IMPORTED
    command = [sys.executable, "-c", program]
    imported = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert f"{one}\n" in imported.replace("\\", "/")
    text = own_text(*modules)
    unsaid = [f for f in imported.splitlines() if Path(f).read_text("utf-8") not in text]
    assert unsaid == []


@pytest.mark.parametrize(
    ("process", "changed"),
    [
        ("worker", [True, False, False]),
        ("lab_kernel", [False, True, False]),
        ("cases", [False, False, True]),
    ],
)
def test_what_a_process_does_counts_in_the_key_of_what_it_answers(
    small: Any, lab_text: str, monkeypatch: pytest.MonkeyPatch, process: str, changed: list[bool]
) -> None:
    programs = [small.listing("program", "x = 1"), small.lab(lab_text, update=False)]

    def keys(text: str) -> list[str]:
        own = "press.execute.runner.own_text"
        monkeypatch.setattr(own, lambda *modules: text if process in modules else "")
        new = Runner(small.project)
        return [*map(new.key_of, programs), new.figure_key("powers/share")]

    pairs = zip(keys("before"), keys("after"), strict=True)
    assert [before != after for before, after in pairs] == changed


def test_a_figure_draws_again_when_a_measurement_changes(lone: Any) -> None:
    drawing = lone.write(
        "docs/figures/powers/drawn.py",
        "import json\nprint(json.load(open('docs/measured/times.json'))['time_s'])\n",
    )
    for seconds in "1", "2":
        lone.write("docs/measured/times.json", f'{{"time_s": {seconds}}}')
        assert Runner(lone.project).run(drawing).stdout == f"{seconds}\n"


def test_an_edit_of_a_module_that_is_imported_by_way_of_another_is_seen(lone: Any) -> None:
    lone.write("src/other/__init__.py", "value = 1\n")
    lone.write("src/subject/way.py", "from other import value\n")
    text = "import subject.way\nprint(subject.way.value)\n"
    assert run(lone, text).stdout == "1\n"
    lone.write("src/other/__init__.py", "value = 2\n")
    assert run(lone, text).stdout == "2\n"


def test_an_edit_elsewhere_in_src_runs_nothing_again(lone: Any, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    text = f"open({str(trace)!r}, 'a').write('ran ')\n"
    run(lone, text)
    lone.write("src/subject/new.py", "y = 1\n")
    run(lone, text)
    assert trace.read_text() == "ran "


BAD_ENDS = [
    ("1 / 0\n", "ZeroDivisionError: division by zero"),
    ("x = (\n", "SyntaxError"),
    ("x = 'a\0b'\n", "null bytes"),
    ("import no_such_module\n", "No module named 'no_such_module'"),
    ("raise SystemExit(3)\n", "status 3"),
    ("import sys; sys.exit('enough')\n", "enough"),
    ("import os; os._exit(0)\n", "status 0"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n", "status -9"),
    ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    ("print('\\ud800')\n", "UnicodeEncodeError"),
]


@pytest.fixture(scope="module")
def ended(fixed: Any) -> list[Run]:
    """How each of them ends, and last how a good one among them does."""
    paths = [fixed.listing(f"end_{i}", text) for i, (text, _) in enumerate(BAD_ENDS)]
    ran = Runner(fixed.project).run_all([*paths, fixed.listing("good", "print('fine')\n")])
    return [ran[path] for path in [*paths, fixed.root / "docs/listings/powers/good.py"]]


@pytest.mark.parametrize("case", range(len(BAD_ENDS)), ids=[says for _, says in BAD_ENDS])
def test_a_listing_that_ends_badly_says_why(ended: list[Run], case: int) -> None:
    assert BAD_ENDS[case][1] in ended[case].error


def test_a_listing_that_ends_badly_stops_no_other(ended: list[Run]) -> None:
    assert (ended[-1].error, ended[-1].stdout) == ("", "fine\n")


def test_a_listing_may_end_itself_well_and_keeps_its_names(small: Any) -> None:
    one, two = "x = 3\nraise SystemExit\n", "import sys\ny = 4\nsys.exit(0)\n"
    assert values(small, {"one": one, "two": two}, "x", "y") == ["3", "4"]


def test_a_listing_that_never_ends_is_stopped_and_gets_another_chance(lone: Any) -> None:
    started = time.monotonic()
    endless = "import time\nprint('in', flush=True)\nwhile True: time.sleep(0.01)\n"
    ran = run(lone, endless, limit_s=0.5)
    assert ran.error == "timed out after 0.5 s"
    assert time.monotonic() - started < 10
    slow = "import time\ntime.sleep(1)\nprint('done')\n"
    assert run(lone, slow, limit_s=0.3).error == "timed out after 0.3 s"
    assert run(lone, slow, limit_s=30).stdout == "done\n"


def test_a_listing_prints_any_character_and_any_byte(small: Any) -> None:
    assert run(small, "print('点积 · −½ 🙂')\n").stdout == "点积 · −½ 🙂\n"
    assert run(small, "import os; os.write(1, b'\\xff')\n").stdout == "\\xff"


def test_a_listing_that_forks_prints_once_each_and_ends(small: Any) -> None:
    text = (
        "import os, sys\npid = os.fork()\nif pid == 0:\n    print('child', flush=True)\n"
        "    os._exit(0)\nos.waitpid(pid, 0)\nprint('parent')\nx = 3\n"
    )
    ran = run(small, text)
    assert (ran.stdout, ran.error) == ("child\nparent\n", "")


def test_a_listing_that_starts_processes_of_its_own_works(small: Any) -> None:
    text = (
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, '-c', 'print(7)'], capture_output=True,"
        " text=True).stdout.strip())\n"
    )
    assert run(small, text).stdout == "7\n"


def test_a_listing_sees_nothing_of_the_press(small: Any) -> None:
    ran = run(
        small,
        "import sys\nprint(sys.argv == [__file__], '__main__' == __name__, 'main' in dir())\n",
    )
    assert ran.stdout == "True True False\n"


def test_what_cannot_be_kept_is_an_error_only_if_it_is_asked_for(small: Any) -> None:
    text = "lines = (i for i in range(3))\nx = 3\n_hidden = 4\n"
    x, lines, hidden = values(small, {"odd": text}, "x", "sum(lines)", "_hidden")
    assert x == "3"
    assert "lines of powers/odd.py cannot be kept" in lines
    assert "got _hidden" in hidden


EXACTLY: list[tuple[str, str, Any]] = [
    ("import numpy as np\nx = np.float32(0.5)\n", "x", "1/2"),
    ("import numpy as np\nx = np.arange(3)\n", "x", ["0", "1", "2"]),
    ("import numpy as np\nx = np.eye(2)\n", "x", [["1", "0"], ["0", "1"]]),
    ("import numpy as np\nx = np.array(7)\n", "x", "7"),
    ("import numpy as np\nx = np.eye(2)\n", "x.shape", ["2", "2"]),
    ("from fractions import Fraction\nx = Fraction(1, 3)\n", "x", "1/3"),
    ("x = 10**30\n", "x", "1" + "0" * 30),
    ("x = [1, 2]\n", "[i * i for i in x]", ["1", "4"]),
    ("x = [1, 2]\n", "sum(i * i for i in x)", "5"),
    ("x = 2\n", "(lambda y: y * x)(3)", "6"),
    ("def f(n): return n + 1\n", "f(1)", "2"),
    ("class A:\n    def f(self): return 5\na = A()\n", "a.f()", "5"),
    ("x = '27.7'\n", "x", {"text": "27.7"}),
    ("import numpy as np\nx = np.arange(3.0)\n", "x.max() + x.min() + x.mean()", "3"),
    ("x = 1\n", "facts.base.d_k", "64"),
    ("x = 1\n", "facts['base']['d_k']", "64"),
]
NO_NUMBER = [
    ("True", "bool True"),
    ("np.True_", "bool True"),
    ("float('nan')", "a value must be a finite number; got nan"),
    ("np.array([1.0, np.inf])", "a value must be a finite number; got inf"),
    ("1j", "complex"),
    ("None", "NoneType"),
    ("{'a': 1}", "dict"),
    ("{1}", "set"),
    ("np.array([True])", "bool True"),
    ("object", "type"),
]
PROVES_NOTHING = [
    "27.7", "1 + 1", "len([1, 2])", "np.pi", "np.sqrt(768)", "pi", "(y := 3)", "[i for i in [1]]",
    "(lambda x: x)(3)",
]  # fmt: skip
NO_VALUE = [
    "nobody", "x +", "x.nothing", "facts.nothing", "x / 0", "open('x')", "__import__('os')", "x; y",
    "eval('x')",
]  # fmt: skip
Cases = dict[tuple[str, str], Any]


@pytest.fixture(scope="module")
def found(fixed: Any) -> Cases:
    """Every case of these lists, asked at once: each question costs a process."""
    odd = "import numpy as np\nx = {}\n"
    cases = [(listing, expression) for listing, expression, _ in EXACTLY]
    cases += [(odd.format(value), "x") for value, _ in NO_NUMBER]
    cases += [(odd.format(3), expression) for expression in PROVES_NOTHING + NO_VALUE]
    listings = {f"case_{i}": listing for i, (listing, _) in enumerate(cases)}
    asked = [(f"powers/case_{i}.py", expression) for i, (_, expression) in enumerate(cases)]
    return dict(zip(cases, values(fixed, listings, *asked), strict=True))


@pytest.mark.parametrize(("listing", "expression", "value"), EXACTLY)
def test_a_value_is_handed_over_exactly(
    found: Cases, listing: str, expression: str, value: Any
) -> None:
    assert found[listing, expression] == value


@pytest.mark.parametrize(("value", "says"), NO_NUMBER)
def test_what_is_no_number_is_an_error(found: Cases, value: str, says: str) -> None:
    error = found[f"import numpy as np\nx = {value}\n", "x"]
    assert error.startswith("TypeError")
    assert says in error


@pytest.mark.parametrize("expression", PROVES_NOTHING)
def test_an_expression_without_a_name_of_a_listing_proves_nothing(
    found: Cases, expression: str
) -> None:
    assert "proves nothing" in found["import numpy as np\nx = 3\n", expression]


@pytest.mark.parametrize("expression", NO_VALUE)
def test_an_expression_that_has_no_value_says_why(found: Cases, expression: str) -> None:
    error = found["import numpy as np\nx = 3\n", expression]
    assert isinstance(error, str)
    assert "Error: " in error


@pytest.mark.nightly  # by day, listings with PyTorch on the pages show it
def test_tensors_of_torch_are_numbers_too(small: Any) -> None:
    pytest.importorskip("torch", reason="torch is an extra; `make test` installs it")
    listing = (
        "import torch\nt = torch.tensor([[1.0, 2.0]], requires_grad=True)\n"
        "n = torch.tensor(0.5)\nk = torch.arange(3)\n"
    )
    asked = ("t", "n", "k.sum()", "t.shape", "t.detach().mean()")
    assert values(small, {"tensors": listing}, *asked) == [
        [["1", "2"]], "1/2", "3", ["1", "2"], "3/2"
    ]  # fmt: skip


def test_a_name_with_two_values_must_be_qualified(small: Any) -> None:
    listings = {"one": "x = 1\nsame = [1.0, 2.0]\n", "two": "x = 2\nsame = [1.0, 2.0]\nonly = 5\n"}
    x, same, only = values(small, listings, "x", "same", "only + same[0]")
    assert "x has different values in powers/one.py and powers/two.py; qualify it" in x
    assert (same, only) == (["1", "2"], "6")


def test_values_of_every_kind_are_told_apart(small: Any) -> None:
    one = "import numpy as np\na = 1\nb = [1]\nc = float('nan')\nd = np.eye(2)\ne = 'a'\n"
    two = "import numpy as np\na = 2\nb = [1, 2]\nc = 0\nd = np.eye(3)\ne = 'b'\n"
    one += "def f(): return 1\n"
    two += "def f(): return 2\n"
    for found in values(small, {"one": one, "two": two}, "a", "b", "c", "d", "e", "f"):
        assert "has different values" in found


def test_an_expression_may_name_a_listing_of_this_or_another_chapter(small: Any) -> None:
    small.write("docs/listings/roots/there.py", "x = 5\n")
    small.write("docs/listings/roots/there.out", "")
    failures = small.says(
        "[1]{= cubes: x[0]} [3]{= squares: x[0]} [5]{= roots/there: x} [5]{= squares: x[0]}"
        " [3]{= nowhere: x} [27]{= squares: only_here}"
    )
    assert len(failures) == 3
    assert any("squares: x[0] is 3" in failure for failure in failures)
    assert any("powers/nowhere.py is none" in failure for failure in failures)
    assert any("got only_here" in failure for failure in failures)


def test_two_runners_share_what_they_remember(lone: Any) -> None:
    path = lone.listing("program", "print(1)\n")
    project: Project = lone.project
    assert Runner(project).run(path) == Runner(Project.load(lone.root)).run(path)


def test_answers_are_recalled_until_a_listing_changes(
    lone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert values(lone, {"one": "x = 1\n"}, "x") == ["1"]
    assert values(lone, {"one": "x = 2\n"}, "x") == ["2"]
    assert values(lone, {"one": "x = 1\n"}, "x", "x + 1") == ["1", "2"]
    monkeypatch.setattr("press.execute.runner.subprocess.Popen", None)
    assert values(lone, {"one": "x = 1\n"}, "x") == ["1"]


def test_identities_are_asked_anew_when_the_symbols_change(lone: Any) -> None:
    assert lone.failures("$c=c$ $2c=2c${= 2*c == 2*c}") == []
    lone.replace("docs/symbols.py", "rng.uniform(1, 2)", "float('nan')")
    assert lone.failures("$c=c$ $2c=2c${= 2*c == 2*c}") != []


# ------------------------------------------------------------------ what is kept, and for how long


def test_only_the_values_that_somebody_asks_for_are_kept(lone: Any) -> None:
    path = lone.listing("large", "import numpy as np\nlarge = np.ones(10**6)\nsmall = 3\n")
    ran = Runner(lone.project).run(path, {"small"})
    assert (ran.bound, ran.kept) == ({"np", "large", "small"}, {"small"})
    size = sum(file.stat().st_size for file in lone.project.cache.rglob("*") if file.is_file())
    assert size < 10**5


def test_a_name_that_is_asked_for_later_is_had_by_running_again(lone: Any, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    path = lone.listing("late", f"open({str(trace)!r}, 'a').write('ran ')\none, two = 1, 2\n")
    assert Runner(lone.project).run(path, {"one"}).kept == {"one"}
    assert Runner(lone.project).run(path, {"two", "unbound"}).kept == {"one", "two"}
    assert Runner(lone.project).run(path, {"one", "two"}).kept == {"one", "two"}
    assert trace.read_text() == "ran ran "


def test_a_damaged_entry_counts_as_not_run(lone: Any) -> None:
    path = lone.listing("program", "x = 3\nprint(x)\n")
    first = Runner(lone.project).run(path, {"x"})
    for kind in ("runs", "names"):
        entry = lone.project.cache / kind / first.key
        for damaged in (entry.read_bytes()[:-1], b"", entry.read_bytes().replace(b"x", b"y")):
            entry.write_bytes(damaged)
            assert Runner(lone.project).run(path, {"x"}) == first
            assert entry.read_bytes() != damaged


def test_what_had_ended_is_kept_when_the_rest_is_interrupted(lone: Any, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    quick = lone.listing("a_quick", f"open({str(trace)!r}, 'a').write('ran ')\n")
    slow = lone.listing("b_slow", "import time\ntime.sleep(60)\n")
    runner, start = Runner(lone.project), time.monotonic()

    def stop() -> None:
        while not list((lone.project.cache / "runs").glob("*")) and time.monotonic() - start < 50:
            time.sleep(0.02)
        runner.stop()

    thread = threading.Thread(target=stop)
    thread.start()
    with pytest.raises(RuntimeError, match="the runner failed"):
        runner.run_all([quick, slow])
    thread.join()
    assert time.monotonic() - start < 55
    assert Runner(lone.project).has_run(quick)
    assert not Runner(lone.project).has_run(slow)
    assert trace.read_text() == "ran "


def test_a_sweep_removes_what_is_old_and_not_asked_for(lone: Any) -> None:
    path = lone.listing("program", "x = 3\n")
    stale = Runner(lone.project).run(path, {"x"}).key
    path.write_text("x = 4\n", "utf-8")
    current = Runner(lone.project).run(path, {"x"}).key
    runner = Runner(lone.project)
    runner.sweep()
    folders = [lone.project.cache / "runs", lone.project.cache / "names"]
    for folder in folders:
        assert (folder / stale).is_file(), "another process may just have used it"
        for entry in folder.iterdir():
            os.utime(entry, (1, 1))
    runner.run(path, {"x"})
    runner.sweep()
    assert [[entry.name for entry in folder.iterdir()] for folder in folders] == [[current]] * 2


# ------------------------------------------------------------------ the arithmetic

SHOWS = "import os\nprint([os.environ.get(n) for n in ('OPENBLAS_CORETYPE', 'OMP_NUM_THREADS')])\n"
OTHER = Arithmetic("other", threads=2, settings={"OPENBLAS_CORETYPE": "Prescott"})


def test_a_run_belongs_to_the_arithmetic_that_it_ran_under(
    lone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    path = lone.listing("shows", SHOWS)
    here, there = Runner(lone.project), Runner(lone.project, arithmetic=OTHER)
    assert here.run(path).stdout == "[None, '1']\n"
    assert there.run(path).stdout == "['Prescott', '2']\n"
    assert here.key_of(path) != there.key_of(path)
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    assert Runner(lone.project).run(path).stdout == "['Nehalem', '1']\n", "what is set outside"
    assert Runner(lone.project, arithmetic=OTHER).run(path) == there.run(path)


def test_another_processor_has_runs_of_its_own(lone: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lone.listing("shows", SHOWS)
    here = Runner(lone.project).key_of(path)
    monkeypatch.setattr(
        "press.execute.machine._processor", lambda: ("Linux", "x86_64", "flags=sse2")
    )
    assert Runner(lone.project).key_of(path) != here


def test_an_arithmetic_that_is_not_in_force_is_refused(small: Any) -> None:
    kernel = Arithmetic("wish", threads=1, kernel="Sandybridge", settings={})
    with pytest.raises(RuntimeError, match=r"wish: OpenBLAS must run its kernel Sandybridge; it"):
        Runner(small.project, arithmetic=kernel).in_force()
    loops = Arithmetic("wish", threads=1, groups=("X86_V9",), settings={})
    with pytest.raises(RuntimeError, match="groups of SIMD loops must be X86_V9; they are"):
        Runner(small.project, arithmetic=loops).in_force()
    threads = Arithmetic("wish", threads=3, settings={"OPENBLAS_NUM_THREADS": "1"})
    with pytest.raises(RuntimeError, match="must use 3 threads; it uses 1"):
        Runner(small.project, arithmetic=threads).in_force()


def test_a_file_with_the_line_ends_of_windows_is_the_same_text(lone: Any) -> None:
    path = lone.listing("program", "from subject.powers import square\nprint(square(3))\n")
    key = Runner(lone.project).key_of(path)
    for file in (path, lone.project.source / "subject" / "powers.py"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert Runner(lone.project).key_of(path) == key


def test_as_many_programs_run_at_a_time_as_there_are_cores_for_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == 64


def test_what_a_program_leaves_in_tmp_goes_with_its_run(lone: Any) -> None:
    ran = run(lone, "import tempfile\nprint(tempfile.mkdtemp())\n")
    folder = Path(ran.stdout.strip())
    assert folder.is_relative_to(lone.project.cache)
    assert not folder.exists()
