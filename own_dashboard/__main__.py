"""`python -m own_dashboard COMMAND` is `own-dashboard COMMAND`."""

import sys

from own_dashboard.cli import main

sys.exit(main())
