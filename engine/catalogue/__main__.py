"""Write the generated pages of this repository."""

from pathlib import Path

from engine.catalogue import write

if __name__ == "__main__":
    write(Path(__file__).parents[2])
