"""What axe-core finds on a page."""

from pathlib import Path

from playwright.sync_api import Page

__all__ = ["axe", "load_axe"]

_AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"


def load_axe(page: Page) -> None:
    """Give a page the script, unless it has it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
        # Over the shades at the sides of what scrolls, axe cannot say what the ground is.
        scrolls = ".press-table, div.press-math, .press-wide, .md-typeset pre"
        page.add_style_tag(content=f"{scrolls} {{ background: var(--ground) !important }}")


def axe(page: Page, *rules: str, within: str = "html") -> list[str]:
    """Return what axe-core finds, one line a violation."""
    load_axe(page)
    options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = page.evaluate(
        """async ([within, options]) => {
            // What fades in or out has too little contrast for a moment.
            await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
            return (await axe.run(within, options)).violations.map((violation) =>
              `${violation.id} (${violation.help}): ` +
              violation.nodes.slice(0, 5).map((node) => node.target.join(" ") + " " +
                (node.any[0]?.message ?? "")).join(" | "));
        }""",
        [within, options],
    )
    return list(found)
