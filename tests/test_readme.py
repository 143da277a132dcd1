"""What the README says is so."""

import re
import subprocess
import sys
from pathlib import Path

from press.project import Project
from press.render.site_settings import site_settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def _fences(language: str) -> list[str]:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return found


def test_the_six_lines_print_what_the_readme_says() -> None:
    (program,), (output,) = _fences("python"), _fences("text")
    assert len([line for line in program.splitlines() if line]) <= 6
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert run.stdout == output


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first_screen = README.splitlines()[:25]
    assert [line.split()[:2] for line in first_screen if line.startswith("make ")] == [
        ["make", "serve"],
        ["make", "test"],
    ]
    assert len(README.splitlines()) < 100


def test_the_table_of_chapters_is_the_navigation() -> None:
    project = Project.load(ROOT)
    rows = re.findall(
        r"^\| \[(.+?)\]\(docs/zh/(.+?)\) \| \[(.+?)\]\(docs/en/(.+?)\) \| `(.+?)` \|$",
        README,
        re.MULTILINE,
    )
    chapters = [page for page in site_settings(project)["nav"] if page.endswith(".md")]  # no labs
    assert [zh for _, zh, _, _, _ in rows] == chapters
    assert all(zh == en == f"{stem}.md" for _, zh, _, en, stem in rows)
    for zh_title, _, en_title, page, stem in rows:
        for language, title in (("zh", zh_title), ("en", en_title)):
            text = (project.docs / language / page).read_text("utf-8")
            assert f"# {title} {{#{stem}}}\n" in text


def test_each_link_to_a_file_leads_somewhere() -> None:
    targets = [t for t in re.findall(r"\]\((.+?)\)", README) if "://" not in t]
    assert not [target for target in targets if not (ROOT / target).exists()]
