"""Numbers as people write them, in prose and in TeX, and what they come to."""
