"""Install optional parts of the program on request."""
