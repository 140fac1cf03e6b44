"""Reports out: which there are, what is asked of them, and their rows."""
