"""Use the machine: compute devices, files, memory, video encoders."""
