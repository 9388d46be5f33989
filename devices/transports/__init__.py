"""How lines travel to a device and back, each by a deadline."""
