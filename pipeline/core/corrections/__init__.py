"""Hold and apply corrections of 2D joints by hand, as a layer over what the detector found."""
