"""H2OT token pruning and recovering (arXiv 2509.06956): select, recover, and the host they plug into."""
