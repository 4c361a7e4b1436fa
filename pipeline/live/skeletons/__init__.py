"""Everyone in the room, frame by frame: window, root, world."""
