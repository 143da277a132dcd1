"""The languages are built from one mkdocs.yml, which names what each of them needs."""

from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin
from mkdocs.structure.nav import Navigation, Section

from press.mkdocs.address import published_at
from press.mkdocs.hook import _name_parts
from press.project import Project

ROOT = Path(__file__).resolve().parents[3]


def test_no_two_configurations_share_a_plugin() -> None:
    """MkDocs hands a plugin on that has `on_startup`: such a one would need a copy per language."""
    first, second = (load_config(str(ROOT / "mkdocs.yml")).plugins for _ in range(2))
    plugins = [name for name, plugin in first.items() if isinstance(plugin, BasePlugin)]
    assert plugins
    assert [name for name in plugins if first[name] is second[name]] == []


def test_a_part_without_a_name_in_a_language_is_told() -> None:
    nav = Navigation([Section("history", [])], [])
    _name_parts(nav, {"parts": {"history": "Earlier work"}})
    assert nav.items[0].title == "Earlier work"
    with pytest.raises(PluginError, match="'Earlier work'"):
        _name_parts(nav, {"parts": {"history": "Earlier work"}})


@pytest.mark.parametrize(
    ("set_outside", "address"),
    [
        ("https://example.org/book", "https://example.org/book/"),
        ("https://example.org/book/", "https://example.org/book/"),
        ("http://127.0.0.1:8000/", ""),
        ("http://localhost/", ""),
        ("http://[::1]:8000/", ""),
        ("", ""),
    ],
)
def test_an_address_of_this_machine_publishes_nothing(
    monkeypatch: pytest.MonkeyPatch, set_outside: str, address: str
) -> None:
    monkeypatch.setenv("SITE_URL", set_outside)
    assert published_at(Project.load(ROOT)) == address
