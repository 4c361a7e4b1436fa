"""What pruning buys: operations, time, memory and difference of any host under any schedule, measured side by side.

`recipes` says what is compared, `models` makes it, `measure` times it in turns, `modules` times the pruning itself,
`memory` counts live tensors, `tables` prints. Letters of shapes: `pipeline/__init__.py`.
"""
