"""The embedded detector: BlazePose from MediaPipe's bundle, for several people."""
