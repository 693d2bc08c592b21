"""Invented sample data in suppliers' formats, with the answers the law gives."""

from engine.sample.generate import AS_OF, OWN_FILES, SampleReport, generate

__all__ = ["AS_OF", "OWN_FILES", "SampleReport", "generate"]
