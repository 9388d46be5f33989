"""`python -m ebr …` is the same as `ebr …`."""

import sys

from ebr.cli import main

if __name__ == "__main__":
    sys.exit(main())
