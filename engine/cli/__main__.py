"""`python -m engine.cli` is `xiezhi`."""

from engine.cli import main

main()
