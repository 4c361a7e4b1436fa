"""Export data: CSV, JSON, NPZ, and the layouts of DeepLabCut and OpenPose."""
