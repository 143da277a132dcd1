"""Requests of a page that stay without an answer for a while."""

from playwright.sync_api import Page, Route

__all__ = ["Held"]


class Held:
    """Hold what a page asks for, until it is let go."""

    def __init__(self, page: Page, pattern: str) -> None:
        """Hold whatever has such an address."""
        self._page = page
        self._pattern = pattern
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
        for _ in range(500):
            if self._routes:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError(f"the page must ask for {self._pattern}; got nothing in 10 seconds")

    def release(self) -> None:
        """Let it go, and whatever comes later."""
        self._open = True
        while self._routes:
            self._routes.pop().continue_()
