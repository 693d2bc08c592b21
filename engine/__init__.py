"""The big-data legal-supervision model engine: records, law, rules, clues."""

__version__ = "0.1.0"
