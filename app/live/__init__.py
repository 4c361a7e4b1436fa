"""The live page: one camera run, its recording, its streams."""
