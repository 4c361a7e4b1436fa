"""Run a camera in the window: the page, its recording and its streams."""
