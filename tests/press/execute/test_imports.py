"""What a program can depend on, also where a package imports a name when it is first used."""

from pathlib import Path

import pytest

from press.execute.imports import Imports

LAZY = """from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subject.long import length, width
    from subject.heavy import mass
else:
    __getattr__ = None
"""


@pytest.fixture
def imports(tmp_path: Path) -> Imports:
    for name, text in {
        "subject/__init__.py": LAZY,
        "subject/long.py": "from subject.unit import metre\n\nlength = width = 3 * metre\n",
        "subject/heavy.py": "import scipy\n\nmass = 5\n",
        "subject/unit.py": "metre = 1\n",
        "subject/typed.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n"
        "    from subject.heavy import mass\n",
        "program/used.py": "import subject\n\nmass = subject.mass\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return Imports((tmp_path, tmp_path / "program"))


def stems(imports: Imports, program: str) -> set[str]:
    return {file.stem for file in imports.of(program)[1]} - {"__init__"}


def test_a_name_brings_the_module_that_it_comes_from_and_no_other(imports: Imports) -> None:
    assert stems(imports, "from subject import length") == {"long", "unit"}
    assert stems(imports, "from subject import length as far, mass") == {"long", "unit", "heavy"}
    assert stems(imports, "from subject.unit import metre") == {"unit"}
    assert stems(imports, "from subject import unit") == {"unit"}


@pytest.mark.parametrize(
    "program",
    [
        "import subject\nsubject.length",
        "import subject as s\ns.length",
        "import subject.unit\nsubject.length",
        "from subject import *\nlength",
        "import used\nused.mass",
        "def later():\n    import subject\n    return subject.length",
    ],
)
def test_a_package_imported_whole_brings_all_that_it_offers(imports: Imports, program: str) -> None:
    assert {"long", "unit", "heavy"} <= stems(imports, program)


def test_what_is_imported_for_types_alone_never_runs(imports: Imports) -> None:
    assert stems(imports, "from subject import typed") == {"typed"}


def test_an_extra_is_needed_by_the_names_that_need_it(imports: Imports) -> None:
    assert "scipy" in imports.needed_by("from subject import mass")
    assert "scipy" not in imports.needed_by("from subject import length")
    assert "scipy" in imports.needed_by("import subject")


def test_only_modules_are_named(imports: Imports) -> None:
    for names in (imports.of("import subject")[0], imports.needed_by("import subject")):
        assert "subject" in names
        assert not any("*" in name for name in names)


def test_a_name_that_a_package_offers_under_another_name_is_found(imports: Imports) -> None:
    package = imports.folders[0] / "subject" / "__init__.py"
    package.write_text(LAZY.replace("import mass", "import mass as weight"), "utf-8")
    assert stems(imports, "from subject import weight") == {"heavy"}


def test_a_package_that_cannot_be_read_offers_nothing(imports: Imports) -> None:
    (imports.folders[0] / "subject" / "__init__.py").write_text("def (", "utf-8")
    assert stems(imports, "from subject.unit import metre") == {"unit"}


def test_a_package_brings_what_lies_in_it_and_not_what_lies_in_a_package_of_its_own(
    imports: Imports,
) -> None:
    for name in ("table.csv", "plain/more.csv", "inner/__init__.py", "inner/deep.csv"):
        path = imports.folders[0] / "subject" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("", "utf-8")
    beside = {"table", "more"}
    assert stems(imports, "from subject.unit import metre") == {"unit", *beside}
    assert stems(imports, "import subject.inner") >= {"deep", *beside}
