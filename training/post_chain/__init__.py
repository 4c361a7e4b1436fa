"""Judge and ablate the steps behind the lifter."""
