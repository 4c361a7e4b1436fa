"""Show users' own characters."""
