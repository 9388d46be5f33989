"""Measures what the product promises of its speed: each figure with its goal."""
