"""Camera in, 3D now: capture, detection, lifting and pacing."""
