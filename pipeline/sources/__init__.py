"""Where frames come from: files, cameras, network streams, 2D joints."""
