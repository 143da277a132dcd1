"""What programs showed, as it lies beside them on disk."""
