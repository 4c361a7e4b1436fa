"""Benchmark token pruning: operations, time, memory and output change of any architecture.

`cases` lists what is compared, `models` builds it, `measure` times it in turns, `modules` times pruning and recovery
alone, `memory` counts live tensors, `tables` prints. A host is a published architecture that carries the pruning.
Letters of shapes: `pipeline/__init__.py`.
"""
