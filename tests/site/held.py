"""Requests of a page that stay without an answer for a while."""

from playwright.sync_api import Page, Route

__all__ = ["Held"]


class Held:
    """Hold what a page asks for, until it is let go."""

    def __init__(self, page: Page, pattern: str) -> None:
        """Hold whatever has such an address."""
        self._page = page
        self._routes: list[Route] = []
        self._open = False
        page.route(pattern, self._take)

    def _take(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._routes.append(route)

    def wait(self) -> None:
        """Wait until something is held."""
        while not self._routes:
            self._page.wait_for_timeout(20)

    def release(self) -> None:
        """Let it go, and whatever comes later."""
        self._open = True
        for route in self._routes:
            route.continue_()
