"""Live skeletons to other programs: VMC, OSC, LSL, JSON."""
