"""Open what the user named: several files one by one, images with their rate, and remarks."""
