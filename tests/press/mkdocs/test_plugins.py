"""The languages are built from one mkdocs.yml, and none may change what another is built with."""

from pathlib import Path

from mkdocs.config import load_config
from mkdocs.plugins import BasePlugin

ROOT = Path(__file__).resolve().parents[3]


def test_no_two_configurations_share_a_plugin() -> None:
    """MkDocs hands a plugin on that has `on_startup`: such a one would need a copy per language."""
    first, second = (load_config(str(ROOT / "mkdocs.yml")).plugins for _ in range(2))
    plugins = [name for name, plugin in first.items() if isinstance(plugin, BasePlugin)]
    assert plugins
    assert [name for name in plugins if first[name] is second[name]] == []
