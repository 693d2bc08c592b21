"""The chance that a reviewer finds a finding right, learnt from what reviewers decided; shown beside the score.

A sum with an explanation: the more of a part of the score, the greater the chance, never the less; each rule adds or
takes what its own decisions bear out. `train` fits and tries it out (needs the extra [model]), `apply` gives the
chances to what stands, `reasons` says in Chinese how one came about. Nothing it learns from tells of a person.
"""

from engine.learning.applying import FILE, apply, reasons, shown
from engine.learning.model import Model, chances, read_model
from engine.learning.training import train

__all__ = ["FILE", "Model", "apply", "chances", "read_model", "reasons", "shown", "train"]
"""The room's public names; scikit-learn is imported only while training."""
