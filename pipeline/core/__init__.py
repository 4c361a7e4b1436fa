"""Define data types, coordinate spaces and settings; depends on numpy only."""
