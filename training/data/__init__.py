"""Motion capture in: readers, the training file, official test sets."""
