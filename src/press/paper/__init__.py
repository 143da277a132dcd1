"""Joins the pages of a language into one document, and has a browser print it."""
