"""Read live frames from cameras, network streams, and video files played in real time."""
