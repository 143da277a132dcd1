"""A tiny throw-away book, so that every promise of the press can be broken and seen to break."""

import shutil
import textwrap
from pathlib import Path

import pytest

from press.check.book import Book, Page
from press.check.checks import Check, check_page, page_checks
from press.execute.runner import Runner
from press.failure import Failure
from press.project import Project
from press.record.fingerprints import write_record
from press.record.lab_outputs import files_of
from press.record.update import update
from press.syntax.lab import read_lab

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "powers"

SQUARES = """\
import numpy as np

from subject.powers import square

x = np.array([3.0, 4.0])
m = np.eye(2)
length = float(np.sqrt(768))
parameters = 1_179_648
nine = square(3)
share = 0.31
print(nine, x)
"""
CUBES = """\
x = [1, 8]
nine = 9
only_here = 27
print(x)
"""
FILES = {
    "pyproject.toml": """\
        [tool.press]
        cache = "{cache}"

        [tool.press.chapters]
        powers = ["subject.powers"]
        """,
    "src/subject/__init__.py": "",
    "src/subject/powers.py": '''\
        """Powers."""

        __all__ = ["square"]


        def square(n: int) -> int:
            """Return ``n * n``."""
            return n * n  # <not> & "markup"
        ''',
    f"docs/listings/{CHAPTER}/squares.py": SQUARES,
    f"docs/listings/{CHAPTER}/squares.out": "9 [3. 4.]\n",
    f"docs/listings/{CHAPTER}/cubes.py": CUBES,
    f"docs/listings/{CHAPTER}/cubes.out": "[1, 8]\n",
    f"docs/figures/{CHAPTER}/line.py": """\
        print('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3" role="img">')
        print('<path d="M0 0L4 3" class="fig-line"/></svg>')
        """,
    f"docs/figures/{CHAPTER}/line.svg": """\
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3" role="img">
        <path d="M0 0L4 3" class="fig-line"/></svg>
        """,
    "docs/exemptions.txt": """\
        # Exact strings.
        GPT-2
        L2
        Python 3.11
        """,
    "docs/sources.toml": """\
        [works.vaswani2017]
        authors = "Vaswani et al."
        year = 2017
        title = "Attention Is All You Need"
        url = "https://arxiv.org/abs/1706.03762"
        seen = [{as = "abstract", at = "https://arxiv.org/abs/1706.03762", on = 2026-11-29}]

        [facts.base]
        d_k = 64
        published = 2017-06-12
        source = "vaswani2017"
        seen = [
            {as = "paper", at = "https://arxiv.org/abs/1706.03762", part = "§ 3", on = 2026-11-29},
        ]
        """,
    "docs/measured/full-tank.json": """\
        {"time": {"median_s": 2.5}, "versions": {"numpy": "2.4.6"}}
        """,
    "docs/symbols.py": """\
        import numpy as np


        def draw(rng):
            a, b = rng.standard_normal(7), rng.standard_normal(7)
            return {"a": a, "b": b, "c": float(rng.uniform(1, 2)), "norm": np.linalg.norm,
                    "dot": np.dot}
        """,
    f"docs/en/{CHAPTER}.md": """\
        # Powers {#powers}

        ``` listing
        powers/squares.py
        ```

        ``` listing wrong
        powers/cubes.py
        ```

        ``` source
        subject.powers:square
        ```

        ``` figure
        powers/line.svg
        alt: A line of length [3]{= squares: x[0]}.
        caption: A line, $\\sqrt{768}\\approx27.7$.
        ```

        The length is [27.7]{= length}, [@vaswani2017] says.
        """,
    f"docs/zh/{CHAPTER}.md": """\
        # 幂 {#powers}

        ``` listing
        powers/squares.py
        ```

        ``` listing wrong
        powers/cubes.py
        ```

        ``` source
        subject.powers:square
        ```

        ``` figure
        powers/line.svg
        alt: 长度为 [3]{= squares: x[0]} 的线。
        caption: 一条线，$\\sqrt{768}\\approx27.7$。
        ```

        长度是 [27.7]{= length}，见 [@vaswani2017]。
        """,
}
LAB = """\
# %% [markdown] lang="zh"
# # 实验 {#lab}
#
# 见 [幂](../powers.md#powers)。

# %% [markdown] lang="en"
# # Lab {#lab}
#
# See [powers](../powers.md#powers).

# %% count
from subject.powers import square

nine = square(3)
print("nine is", nine)

# %% clock tags=["measured"]
import time

start = time.perf_counter()
print(f"took {time.perf_counter() - start:.9f} s")

# %% [markdown] lang="zh"
# 长度是 [9]{= nine}，$\\sqrt{9}=3$，见 [@vaswani2017]。

# %% [markdown] lang="en"
# The length is [9]{= nine}, $\\sqrt{9}=3$, [@vaswani2017] says.
"""
PLOT = """
# %% line
import matplotlib.pyplot as plt

fig, ax = plt.subplots()
ax.plot([0, nine], label="$d_k$")
ax.legend()
plt.show()

# %% [markdown] lang="zh"
# ``` figure
# labs/squares/line.svg
# y: 长度 $y$
# y: 份额
# x: 步数
# alt: 到 [9]{= nine} 为止的线。
# caption: 一条线，$x$。
# ```

# %% [markdown] lang="en"
# ``` figure
# labs/squares/line.svg
# y: length $y$
# y: share
# x: steps
# alt: A line up to [9]{= nine}.
# caption: A line, $x$.
# ```
"""
SHOWN = """\
``` listing
powers/squares.py
```

``` listing
powers/cubes.py
```

"""


class SmallBook:
    """A book in a folder of its own; whatever is written to it is seen at the next look."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, textwrap.dedent(text).replace("{cache}", str(cache)))
        shutil.copy(ROOT / "mkdocs.yml", root / "mkdocs.yml")
        self.record()
        (root / "node_modules").symlink_to(ROOT / "node_modules")

    def write(self, name: str, text: str) -> Path:
        """Write a file and return its path."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def replace(self, name: str, old: str, new: str) -> Path:
        """Replace the one place of a file that says ``old``."""
        text = (self.root / name).read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        return self.write(name, text.replace(old, new))

    def listing(self, name: str, text: str, output: str = "") -> Path:
        """Write a listing of the chapter with its record."""
        self.write(f"docs/listings/{CHAPTER}/{name}.out", output)
        path = self.write(f"docs/listings/{CHAPTER}/{name}.py", text)
        self.record()
        return path

    def lab(self, text: str = LAB, name: str = "squares", update: bool = True) -> Path:
        """Write a lab, with its record unless it is not wished."""
        path = self.write(f"docs/labs/{name}.py", text)
        if update:
            program = read_lab(path)
            run = Runner(self.project, cell_limit_s=20).run(path)
            assert not run.error, run.error
            for file, shown in files_of(program, run.shown).items():
                file.parent.mkdir(exist_ok=True)
                file.write_text(shown, "utf-8")
            self.record()
        return path

    def lab_page(self, language: str = "en", **settings: bool) -> Page:
        """Return the page of the lab ``squares``."""
        place = self.root / "docs" / language / "labs" / "squares.ipynb"
        return Book(self.project, **settings).page(place)

    def lab_failures(self, language: str = "en", **settings: bool) -> list[str]:
        """Return what does not hold of the lab ``squares``, as ``line: message``."""
        page = self.lab_page(language, **settings)
        return [f"{f.path.name}:{f.line}: {f.message}" for f in check_page(page)]

    def record(self) -> None:
        """Say that every output belongs to its listing as it is now."""
        project = self.project
        listings, figures = project.listings.glob("*/*.py"), project.figures.glob("*/*.py")
        write_record(project, sorted([*listings, *figures, *project.labs.glob("*.py")]))

    def update(self) -> list[Path]:
        """Record anew what its programs show."""
        return update(self.project, self.book().names_needed())

    @property
    def project(self) -> Project:
        return Project.load(self.root)

    def book(self) -> Book:
        """Return the book as it is now."""
        return Book(self.project)

    def page(self, markdown: str | None = None, language: str = "en", listed: bool = False) -> Page:
        """Return the chapter's page, with this text if one is given, behind listings or not."""
        name = f"docs/{language}/{CHAPTER}.md"
        if markdown is not None:
            self.write(name, (SHOWN if listed else "") + markdown)
        return self.book().page(self.root / name)

    def checks(self, markdown: str | None = None, listed: bool = False) -> list[Check]:
        """Return what there is to prove of the page alone, its twin and chapter aside."""
        checks = page_checks(self.page(markdown, listed=listed))
        return [c for c in checks if "the same" not in c.name and "public name" not in c.name]

    def failures(self, markdown: str | None = None, listed: bool = False) -> list[Failure]:
        """Return what does not hold of the page alone."""
        checks = self.checks(markdown, listed)
        return sorted({failure for check in checks for failure in check.run()})

    def says(self, markdown: str) -> list[str]:
        """Return what does not hold of a sentence behind the chapter's two listings."""
        return [failure.message for failure in self.failures(markdown, listed=True)]


@pytest.fixture
def lab_text() -> str:
    """A lab in which all holds."""
    return LAB


@pytest.fixture
def plot_text() -> str:
    """Cells to add to it: a figure and its words."""
    return PLOT


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs and formulas of all small books: they are kept by content."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def small(tmp_path: Path, shared_cache: Path) -> SmallBook:
    """A small book in which all holds."""
    return SmallBook(tmp_path / "book", shared_cache)


@pytest.fixture
def lone(tmp_path: Path) -> SmallBook:
    """A small book with a cache of its own."""
    return SmallBook(tmp_path / "book", tmp_path / "cache")


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> SmallBook:
    """A small book for tests that write no page to it but their own."""
    return SmallBook(tmp_path_factory.mktemp("fixed") / "book", shared_cache)
