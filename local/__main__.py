"""`python -m local COMMAND` is `own-dashboard COMMAND`."""

import sys

from local.cli import main

sys.exit(main())
