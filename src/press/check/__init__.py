"""Prove pages: every listing, number and formula, and what the book owes as a whole."""
