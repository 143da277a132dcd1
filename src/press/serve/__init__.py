"""Keep a site up to date while somebody edits it, for any generator of sites."""
