"""Suppliers' files: reading, mapping, casting, loading, merging."""

from engine.sources.declaring import read_mapping, read_mappings
from engine.sources.explaining import Explained, explain
from engine.sources.loading import load
from engine.sources.mapping import Mapping, Mappings
from engine.sources.merging import merge
from engine.sources.reporting import LoadReport

__all__ = [
    "Explained",
    "LoadReport",
    "Mapping",
    "Mappings",
    "explain",
    "load",
    "merge",
    "read_mapping",
    "read_mappings",
]
