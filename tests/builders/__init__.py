"""Builders: one for each part of the house, always through its operations."""
