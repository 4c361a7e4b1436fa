"""Send live skeletons to other programs: VMC, OSC, LSL, JSON over UDP and WebSocket."""
