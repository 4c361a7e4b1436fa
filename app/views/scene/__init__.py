"""Show skeletons in 3D with OpenGL."""
