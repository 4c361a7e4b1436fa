"""Detect several people with BlazePose from MediaPipe's package: the embedded detector."""
