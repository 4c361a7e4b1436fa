"""The machine: devices, files, memory, encoders."""
