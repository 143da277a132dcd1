"""The built reference: every public name of every public module, in both languages."""

import ast
import re
from collections import Counter
from pathlib import Path

from languages import every_language

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "attention"


def published() -> dict[str, list[str]]:
    """Return the names of every public module's `__all__`, read without the press."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT / "src").with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                found[".".join(parts)] = ast.literal_eval(node.value)
    return {m: names for m, names in found.items() if not re.search(r"\b_", m)}


def anchors(built_site: Path, language: str) -> Counter[str]:
    text = (built_site / language / "api" / "index.html").read_text("utf-8")
    return Counter(re.findall(r'<(?:h[34]|li)\b[^>]* ?id="([^"]+)"', text))


@every_language
def test_every_public_name_of_every_module_stands_there_once(
    built_site: Path, language: str
) -> None:
    names = {f"{module}.{name}" for module, names in published().items() for name in names}
    assert len(names) > 50
    assert {"attention.softmax.softmax", "attention.nn.MultiHeadAttention"} <= names
    there = anchors(built_site, language)
    assert {name: there[name] for name in names if there[name] != 1} == {}


@every_language
def test_every_public_method_stands_with_its_class(built_site: Path, language: str) -> None:
    there = anchors(built_site, language)
    for name in ("append", "truncate", "keys", "nbytes", "update", "empty"):
        assert there[f"attention.kv_cache.KVCache.{name}"] == 1, name


@every_language
def test_each_source_on_each_page_leads_to_its_entry(built_site: Path, language: str) -> None:
    names = published()
    there = anchors(built_site, language)
    count = 0
    for page in sorted((built_site / language).glob("*/index.html")):
        text = page.read_text("utf-8")
        for figure in re.findall(r'<figure class="press-source".*?</figcaption>', text, re.DOTALL):
            [parts] = re.findall(r'class="press-name"[^>]*>([\w.]+)<span>([\w.]+)<', figure)
            full = "".join(parts)
            linked = re.findall(r'class="press-entry" href="\.\./api/#([\w.]+)"', figure)
            module = next((m for m in names if any(full == f"{m}.{n}" for n in names[m])), None)
            if module:
                assert linked == [full], page
                assert there[full] == 1
                count += 1
    assert count > 30


@every_language
def test_shapes_and_examples_can_be_read(built_site: Path, language: str) -> None:
    text = (built_site / language / "api" / "index.html").read_text("utf-8")
    plain = re.sub(r"<[^>]+>", "", text).replace("&quot;", '"')
    assert 'query: Float[Array, "*#batch n_q d_k"],' in plain
    assert plain.count("&gt;&gt;&gt; ") > 100
    # A role, whole or torn apart: what stands before a colon may be taken for a type.
    assert re.findall(r"\b(?:attr|class|func|meth|mod):(?=`|\w)", plain) == []
    assert "<autoref" not in text
