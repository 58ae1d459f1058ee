"""Run this folder as a program: its parts are found beside it, and nothing else of the portal is."""

import importlib
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
_program = importlib.import_module("opening.program")
del sys.path[0]

if __name__ == "__main__":
    sys.exit(_program.main(sys.argv[1:]))
