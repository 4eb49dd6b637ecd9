"""`python -m concord_mcp` is the same as `concord`."""

import sys

from concord_mcp import main

sys.exit(main())
