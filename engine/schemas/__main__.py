"""`python -m engine.schemas [rules folder]`: write the schemas of a rules folder, by default this repository's."""

import sys
from pathlib import Path

from engine.schemas import write

ROOT = Path(__file__).parents[2]

write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "rules", ROOT / "docs")
