"""Run live mocap: capture, detection, lifting and load control."""
