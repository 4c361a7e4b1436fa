"""Send the places of body parts as virtual trackers: VRChat over OSC, SteamVR over VMT."""
