"""Run listings, labs and expressions away from the process that asks, and remember the results."""
