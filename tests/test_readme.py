"""What the README says is so."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from press.chapter_table import chapter_table, write_chapter_table
from press.project import Project
from press.render.site_settings import book_order

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


PROJECT = Project.load(ROOT)
ADDRESSES = ("", "https://example.org/book/")


def test_the_table_of_chapters_is_the_navigation() -> None:
    assert chapter_table(PROJECT, PROJECT.addresses.get("Documentation", "")) in README


@pytest.mark.parametrize("published", ADDRESSES)
def test_the_table_of_chapters_leads_to_what_is_published(published: str) -> None:
    rows = chapter_table(PROJECT, published).splitlines()
    chapters = [page for page in book_order(PROJECT) if page.endswith(".md")]  # no labs
    links = [re.findall(r"\]\((.+?)\)", row) for row in rows]
    languages = ("zh", "en")
    if published:
        stems = [page.removesuffix(".md") for page in chapters]
        inner = ["" if stem == "index" else f"{stem}/" for stem in stems]
        assert links == [[f"{published}{la}/{end}" for la in languages] for end in inner]
    else:
        assert links == [[f"docs/{la}/{page}" for la in languages] for page in chapters]


@pytest.mark.parametrize("published", ADDRESSES)
def test_an_update_writes_the_table_once(published: str, tmp_path: Path) -> None:
    for language in ("zh", "en"):
        shutil.copytree(ROOT / "docs" / language, tmp_path / "docs" / language)
    shutil.copyfile(ROOT / "mkdocs.yml", tmp_path / "mkdocs.yml")
    (tmp_path / "README.md").write_text(README.replace("](docs/zh/softmax", "](stale"), "utf-8")
    settings = f'[project.urls]\nDocumentation = "{published}"\n[tool.press]\n'
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    project = Project.load(tmp_path)
    assert write_chapter_table(project) == [tmp_path / "README.md"]
    assert chapter_table(project, published) in (tmp_path / "README.md").read_text("utf-8")
    assert write_chapter_table(project) == []


def test_each_link_to_a_file_leads_somewhere() -> None:
    targets = [t for t in re.findall(r"\]\((.+?)\)", README) if "://" not in t]
    assert not [target for target in targets if not (ROOT / target).exists()]
