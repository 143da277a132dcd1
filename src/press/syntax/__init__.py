"""What stands in a page, in a lab and in the sources that pages show."""
