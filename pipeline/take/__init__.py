"""Store takes and recordings on disk, edit them, and record their provenance."""
