"""Put the motion of a take on a user's own character."""
