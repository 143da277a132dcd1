"""Check the kernels, measure them, write the record."""

import sys

from attention.gpu.bench._program import main

if __name__ == "__main__":
    sys.exit(main())
