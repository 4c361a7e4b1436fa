"""Export for biomechanics: TRC, MOT, C3D and joint angles."""
