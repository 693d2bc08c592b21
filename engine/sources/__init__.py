"""Suppliers' files: reading, mapping, casting, loading."""
