"""Run `python -m training.evaluate`."""

from training.evaluate.evaluate import main

main()
