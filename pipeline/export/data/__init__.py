"""CSV, JSON, NPZ, DeepLabCut's and OpenPose's layouts."""
