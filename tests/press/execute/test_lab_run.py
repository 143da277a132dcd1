"""A lab runs once, cell by cell, without network or mistake; what it shows is compared."""

import re
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from press.check.book import Book
from press.check.checks import check_book
from press.execute.lab_kernel import LabError, shown_by
from press.execute.runner import Runner
from press.failure import PressError


def run(small: Any, code: str, **limits: float) -> Any:
    return Runner(small.project, **limits).run(small.lab(f"# %% only\n{code}\n", update=False))


def test_a_lab_that_holds_holds_in_both_languages(small: Any) -> None:
    small.lab()
    assert small.lab_failures("en") == small.lab_failures("zh") == []
    assert [f for f in check_book(small.book()) if "labs" in str(f)] == []


def test_cells_share_their_names_and_each_shows_its_own(small: Any) -> None:
    path = small.lab('# %% one\nx = 3\nx\n\n# %% two\nprint(x)\nprint("y", end="")\n', update=False)
    shown = Runner(small.project).run(path).shown
    assert {name: cell["text"] for name, cell in shown.items()} == {"one": "3\n", "two": "3\ny"}


def stream(name: str, text: str) -> Any:
    return nbformat.v4.new_output("stream", name=name, text=text)


def display(**data: str) -> Any:
    kinds = {kind.replace("_", "/"): text for kind, text in data.items()}
    return nbformat.v4.new_output("display_data", data=kinds)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path d="M 0 0"/></svg>'


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ([stream("stderr", "UserWarning: mind\n")], "a lab must warn of nothing; it wrote 'UserW"),
        (
            [display(text_html="<b>x</b>", text_plain="x")],
            "a cell must show text or a figure as SVG",
        ),
        ([display(image_png="x", text_plain="x")], "a cell must show text or a figure as SVG"),
        ([display(**{"image_svg+xml": SVG})] * 2, "one figure, which has its name; got 2"),
    ],
)
def test_what_a_cell_may_not_show_is_a_mistake(outputs: list[Any], says: str) -> None:
    with pytest.raises(LabError, match=re.escape(says)):
        shown_by("only", outputs)


WAYS_OUT = """\
import os, socket, subprocess, urllib.request

udp = socket.socket(type=socket.SOCK_DGRAM)
for way in (
    lambda: urllib.request.urlopen("http://127.0.0.1:9"),
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.gethostbyname("localhost"),
    lambda: socket.socket().connect(("127.0.0.1", 9)),
    lambda: udp.bind(("127.0.0.1", 0)),
    lambda: udp.sendto(b"", ("127.0.0.1", 9)),
    lambda: os.system("true"),
    lambda: os.fork(),
    lambda: subprocess.run(["true"]),
):
    try:
        way()
    except PermissionError as error:
        print(str(error).rpartition(" ")[2])
    except urllib.error.URLError as error:
        print(str(error.reason).rpartition(" ")[2])
    else:
        print("out")
"""


def test_a_lab_reaches_neither_the_network_nor_another_program(small: Any) -> None:
    done = run(small, WAYS_OUT)
    assert not done.error
    assert done.shown["only"]["text"].split() == [
        "socket.getaddrinfo",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "os.system",
        "os.fork",
        "subprocess.Popen",
    ]


def test_a_cell_that_takes_too_long_is_stopped_and_tried_again(small: Any) -> None:
    start = time.monotonic()
    late = run(small, "import time\ntime.sleep(100)", cell_limit_s=1)
    assert "cell only: timed out after 1 s" in late.error
    assert time.monotonic() - start < 60
    assert not Runner(small.project).has_run(small.root / "docs/labs/squares.py")


def test_a_mistake_is_a_failure_on_the_line_of_its_cell(small: Any) -> None:
    path = small.lab("# %% fine\nx = 1\n\n# %% broken\n1 / 0\n", update=False)
    small.record()
    [found] = [f for f in small.lab_failures() if "a lab must end well" in f]
    assert found.startswith("squares.py:4:")
    with pytest.raises(PressError, match="ZeroDivisionError"):
        small.update()
    assert not path.with_suffix(".out").exists()


def test_both_languages_and_an_edit_of_prose_cost_one_run(small: Any, shared_cache: Path) -> None:
    path = small.lab()
    known = set((shared_cache / "runs").glob("*.pickle"))
    path.write_text(path.read_text("utf-8").replace("The length", "Indeed,\n# the length"), "utf-8")
    assert small.lab_failures("en") == small.lab_failures("zh") == []
    assert set((shared_cache / "runs").glob("*.pickle")) == known


def test_an_edit_of_code_is_told_until_it_is_recorded(small: Any) -> None:
    path = small.lab()
    path.write_text(path.read_text("utf-8").replace("square(3)", "square(4)"), "utf-8")
    [found] = small.lab_failures()
    assert "edited since its output was recorded" in found
    small.update()
    assert [f.split(": ", 1)[1] for f in small.lab_failures()] == ["the page says 9; nine is 16"]


def test_words_are_compared_exactly(small: Any) -> None:
    out = small.lab().with_suffix(".out")
    out.write_text(out.read_text("utf-8").replace("nine is 9", "nine is 8"), "utf-8")
    assert small.lab_failures("zh") == [
        "squares.out:2: recorded: 'nine is 8'; the cell prints: 'nine is 9'"
    ]


@pytest.mark.parametrize(("recorded", "holds"), [("took 12.5 s", True), ("took 12.5 ms", False)])
def test_measured_times_are_compared_in_form(small: Any, recorded: str, holds: bool) -> None:
    out = small.lab().with_suffix(".out")
    text = out.read_text("utf-8")
    out.write_text(text[: text.index("took")] + recorded + "\n", "utf-8")
    assert (small.lab_failures() == []) == holds


@pytest.mark.parametrize("tag", ["", ' tags=["measured"]'])
def test_a_figure_of_measured_times_is_not_compared(
    small: Any, lab_text: str, plot_text: str, tag: str
) -> None:
    path = small.lab(lab_text + plot_text.replace("# %% line", f"# %% line{tag}"))
    assert small.lab_failures() == []
    figure = path.with_suffix("") / "line.svg"
    figure.write_text(figure.read_text("utf-8").replace("<path", "<circle", 1), "utf-8")
    assert (small.lab_failures() == []) == bool(tag)
    figure.unlink()  # but it is there
    assert small.lab_failures() != []


def test_a_number_is_compared_with_the_lab(small: Any) -> None:
    path = small.lab()
    path.write_text(path.read_text("utf-8").replace("[9]{= nine}", "[8]{= nine}"), "utf-8")
    line = 1 + path.read_text("utf-8").count("\n", 0, path.read_text("utf-8").index("The length"))
    assert small.lab_failures() == [f"squares.py:{line}: the page says 8; nine is 9"]


def test_a_chapter_may_state_what_a_lab_found(small: Any) -> None:
    small.lab()
    assert small.says("It is [9]{= labs/squares: nine}.") == []
    assert small.says("It is [8]{= labs/squares: nine}.") == [
        "the page says 8; labs/squares: nine is 9"
    ]


def test_a_numeral_in_prose_or_in_a_comment_is_unchecked(small: Any) -> None:
    text = small.lab(update=False).read_text("utf-8")
    text = text.replace("The length", "All 12 lengths").replace("nine = s", "# 12\nnine = s")
    small.lab(text, update=False)
    found = small.lab_failures()
    assert any("an unchecked numeral: … All 12 lengths" in f for f in found), found
    assert any("a numeral in a comment" in f for f in found), found


def test_the_languages_of_a_lab_are_compared(small: Any) -> None:
    path = small.lab()
    text = path.read_text("utf-8").replace("The length is [9]{= nine}", "The length is nine")
    path.write_text(text, "utf-8")
    assert any(
        "{= nine} stands 1 times here and 0 times in en" in f for f in small.lab_failures("zh")
    )


def test_a_link_from_a_lab_is_followed(small: Any) -> None:
    text = small.lab().read_text("utf-8")
    for target, says in (("../roots.md", "no such page"), ("../powers.md#x", "no anchor 'x'")):
        small.lab(text.replace("../powers.md#powers", target))
        assert any(says in failure for failure in small.lab_failures())
    page = small.page("See [the lab](labs/squares.ipynb#lab) [x](labs/none.ipynb).\n")
    found = [f.message for c in small.checks() for f in c.run() if "nowhere" in f.message]
    assert found == ["'labs/none.ipynb' leads nowhere: there is no such page"], page


def test_what_is_only_rendered_runs_no_lab(lone: Any) -> None:
    text = lone.lab(update=False).read_text("utf-8").replace("[9]{= nine}", "[8]{= nine}")
    path = lone.lab(text, update=False)
    lone.record()
    path.with_suffix(".out").write_text("# %% count\nnine is 9\n# %% clock\ntook 1 s\n", "utf-8")
    assert lone.lab_failures(for_readers=True) == []
    assert not Book(lone.project, for_readers=True).may_run(path)
    assert not Runner(lone.project).has_run(path)
    assert any("the page says 8" in f for f in lone.lab_failures())
    assert any("the page says 8" in f for f in lone.lab_failures(for_readers=True)), (
        "it is known now"
    )


def test_a_record_of_what_is_gone_is_told_and_taken_away(small: Any) -> None:
    path = small.lab()
    (path.with_suffix("") / "gone.svg").parent.mkdir(exist_ok=True)
    (path.with_suffix("") / "gone.svg").write_text("<svg/>", "utf-8")
    small.write("docs/labs/other.out", "")
    told = [f.path.name for f in check_book(small.book()) if "not there" in f.message]
    assert told == ["other.out", "gone.svg"]
    small.update()
    assert not (path.with_suffix("") / "gone.svg").exists()
