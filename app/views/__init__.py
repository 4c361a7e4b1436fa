"""Draw the window and emit signals for what the user does; no widget decides or computes."""
