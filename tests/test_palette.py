"""The palette is written once, and the parts of the style sheet are joined whole."""

import re
import subprocess
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from press.mkdocs.styles import join_styles, parts_of
from press.palette import DARK, LIGHT, as_css

ROOT = Path(__file__).parents[1]
ENTRY = ROOT / "docs" / "assets" / "press.css"
PALETTE = ROOT / "src" / "press" / "palette.py"
COLOUR = re.compile(
    r"(?<![\w&(\"'])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b"
    r"|[\"']#(?:[0-9a-f]{8}|[0-9a-f]{6})[\"']"  # of three or four digits, it can be an address
    r"|\b(?:rgb|hsl)a?\(|\b(?:hwb|lab|lch|oklab|oklch)\(\d",
    re.IGNORECASE,
)
KINDS = (".css", ".html", ".j2", ".jinja", ".js", ".py", ".yml")


def sources() -> list[Path]:
    """Return what gives the site, its figures and its labs their look."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(
        [*command, "docs", "src/press", "mkdocs.yml"], cwd=ROOT, capture_output=True, check=True
    )
    paths = [ROOT / name for name in done.stdout.decode().split("\0") if name.endswith(KINDS)]
    return [path for path in paths if path.is_file() and path != PALETTE]


def colours_in(text: str) -> list[str]:
    return [match[0] for match in COLOUR.finditer(text)]


def test_no_other_file_names_a_colour() -> None:
    paths = sources()
    assert {".css", ".html", ".js", ".py"} <= {path.suffix for path in paths}
    named = {
        str(path.relative_to(ROOT)): colours
        for path in paths
        if (colours := colours_in(path.read_text("utf-8")))
    }
    assert named == {}


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("a { color: #17588f; }", True),
        ("a{color:#17588f14}", True),
        ("a { color:#fff }", True),
        ('COLOUR = "#1f66a8"', True),
        ("a { color: rgb(31 102 168) }", True),
        ("a { color: hsla(1, 2%, 3%, 4) }", True),
        ("a { color: oklch(40% 0.1 230) }", True),
        ("a { color: color-mix(in srgb, currentColor 40%, transparent) }", False),
        ("a { color: var(--link); }", False),
        ("url(#add)", False),
        ('"#add"', False),
        ("&#123;", False),
        ("# %% spread", False),
    ],
)
def test_what_names_a_colour(text: str, is_named: bool) -> None:
    assert bool(colours_in(text)) == is_named


def test_recorded_drawings_have_the_colours_of_the_palette() -> None:
    known = {*LIGHT.values(), *DARK.values()}
    drawings = [*(ROOT / "docs").rglob("*.svg")]
    assert len(drawings) > 60
    for path in drawings:
        assert set(re.findall(r"(?<![(\"])#[0-9a-f]{6}\b", path.read_text("utf-8"))) <= known, path


def test_both_schemes_name_the_same_colours_and_the_styles_no_others() -> None:
    assert list(LIGHT) == list(DARK)
    styles = join_styles(ENTRY)
    used = set(re.findall(r"var\(--([\w-]+)", styles))
    defined = set(re.findall(r"^\s*--([\w-]+):", styles, re.MULTILINE))
    assert used <= defined
    figures = (ROOT / "docs" / "figures" / "draw.py").read_text("utf-8")
    drawings = [path.read_text("utf-8") for path in (ROOT / "docs" / "labs").rglob("*.svg")]
    used |= set(re.findall(r"var\(--([\w-]+)", "".join(drawings)))
    used |= set(re.findall(r'"([\w-]+)"', figures))
    written_in = {"paper", "ink"}
    assert set(LIGHT) - used - written_in == set(), "a colour that nothing has"


def test_the_style_sheet_is_the_palette_and_every_part_in_its_order() -> None:
    parts = parts_of(ENTRY)
    assert len(parts) > 5
    joined = join_styles(ENTRY)
    assert joined.startswith(as_css())
    places = [joined.index(part.read_text("utf-8")) for part in parts]
    assert places == sorted(places)
    assert "@import" not in joined


def test_a_part_that_is_missing_or_not_imported_is_refused(tmp_path: Path) -> None:
    entry, folder = tmp_path / "all.css", tmp_path / "styles"
    folder.mkdir()
    entry.write_text('@import "styles/one.css";\n@import "styles/two.css";\n', "utf-8")
    (folder / "one.css").write_text("a {}\n", "utf-8")
    with pytest.raises(Abort, match=r"all\.css must import .*; see styles/two\.css"):
        join_styles(entry)
    (folder / "two.css").write_text("b {}\n", "utf-8")
    assert join_styles(entry) == f"{as_css()}a {{}}\n\nb {{}}\n\n"
    (folder / "three.css").write_text("c {}\n", "utf-8")
    with pytest.raises(Abort, match=r"all\.css must import .*; see styles/three\.css"):
        join_styles(entry)
