"""Official numbers, one module a kind, each with the same verbs: `clean` gives the official form or None."""
