"""Where a site that is built will stand."""

import os
from urllib.parse import urlsplit

import click
from mkdocs.config.defaults import MkDocsConfig

from press.project import Project

__all__ = ["address_of_language", "published_at", "tell_local"]


def published_at(project: Project) -> str:
    """Return the address that a build is published at, with a slash at its end; it may be unknown.

    The variable SITE_URL says it, else ``Documentation`` of [project.urls] in pyproject.toml. An
    address of this machine is none.
    """
    address = os.environ.get("SITE_URL") or project.addresses.get("Documentation", "")
    local = urlsplit(address).hostname in (None, "localhost", "127.0.0.1", "::1")
    return "" if local else address.rstrip("/") + "/"


def address_of_language(project: Project, config: MkDocsConfig) -> str:
    """Return the address that the pages of one language are published at; empty if unknown."""
    return (config.site_url or "") if published_at(project) else ""


def tell_local(address: str) -> None:
    """Say that a site was built which is of use on this machine alone."""
    click.secho(
        f"WARNING -  The site was built for {address}, to be read on this machine: its canonical"
        " links, its sitemap and what its pages are shared with name that address. To publish it,"
        " say where it will stand: SITE_URL=https://… make build",
        fg="yellow",
        err=True,
    )
