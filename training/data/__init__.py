"""Read motion capture files, the training motion file and the official test sets."""
