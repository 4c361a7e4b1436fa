"""Train and evaluate the bundled lifters.

Imports the library; neither the library nor the window imports this package.
"""
