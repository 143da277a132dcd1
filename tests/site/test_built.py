"""The built site: the same bytes each time, and every page known in every language."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from press.links import broken_site_links
from press.project import Project

ROOT = Path(__file__).parents[2]


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_are_the_same_to_the_byte(tmp_path: Path) -> None:
    builds = []
    for name in ("one", "two"):
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(tmp_path / name)],
            cwd=ROOT,
            env=os.environ | {"SOURCE_DATE_EPOCH": "1500000000"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        builds.append(hashes(tmp_path / name))
    one, two = builds
    assert len(one) > 50
    assert {name for name in one.keys() | two.keys() if one.get(name) != two.get(name)} == set()


def test_no_address_of_the_site_leads_nowhere(built_site: Path) -> None:
    assert list(broken_site_links(built_site, "/checked-attention/")) == []


def test_a_broken_address_is_found_on_any_built_page(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "index.html").write_text(
        '<p id="x"><a href="../b/">b</a><a href="#x">x</a><a href="#y">y</a>'
        '<img src="/base/c.png"><a href="https://example.org/">out</a></p>',
        "utf-8",
    )
    found = [message.partition(" leads")[0] for _, message in broken_site_links(tmp_path, "/base/")]
    assert found == ["'../b/'", "'#y'", "'/base/c.png'"]


def test_the_sitemap_names_each_page_in_each_language(built_site: Path) -> None:
    project = Project.load(ROOT)
    sitemap = (built_site / "sitemap.xml").read_text("utf-8")
    pages = [path.stem for path in project.pages("zh")]
    locations = re.findall(r"<loc>[^<]*?/(zh|en)/([^<]*?)</loc>", sitemap)
    assert sorted(locations) == sorted(
        (language, "" if stem == "index" else f"{stem}/")
        for language in project.languages
        for stem in pages
    )
    assert sitemap.count('hreflang="x-default"') == len(locations)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_titles_of_the_navigation_come_from_the_pages(built_site: Path, language: str) -> None:
    project = Project.load(ROOT)
    home = (built_site / language / "index.html").read_text("utf-8")
    navigation = home[home.index('class="md-nav') : home.index("<article")]
    for page in project.settings["nav"]:
        heading = (project.docs / language / page).read_text("utf-8").partition("\n")[0]
        title = heading.removeprefix("# ").partition(" {#")[0]
        assert title in navigation


def test_nothing_is_loaded_from_another_host(built_site: Path) -> None:
    loads = re.compile(r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\ssrc=\"(//|http)")
    styles = re.compile(
        r"<link\b(?![^>]*rel=\"(?:canonical|alternate ?|prev|next))[^>]*href=\"(//|http)"
    )
    for page in built_site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not loads.search(text), page
        assert not styles.search(text), page
    for style in built_site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?://|http)|@import", style.read_text("utf-8")), style
