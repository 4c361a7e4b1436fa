"""Judge lifters on motion they have not seen."""
