"""Prefect around the engine's functions, nothing else."""
