"""The palette: one rule module for each kind of phase."""
