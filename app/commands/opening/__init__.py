"""Open what the user named: several files one after the other, images with their rate, and what to know of each."""
