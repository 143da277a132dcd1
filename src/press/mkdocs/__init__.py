"""Build and serve the site with MkDocs: nothing outside this folder knows it."""
