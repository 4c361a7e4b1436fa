"""Pictures of people: meshes with clothes, rooms and streets, light, and what a camera's sensor and codec do."""
