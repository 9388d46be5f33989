"""Batchline: the electronic batch record of a plant. Here: its version, nothing else."""

__version__ = "0.1.0"
