"""TRC, MOT, C3D and joint angles."""
