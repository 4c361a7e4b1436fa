"""Read videos that are stored as images: numbered files, folders of them, animated WebP."""
