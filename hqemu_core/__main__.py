"""``python -m hqemu_core``: the command ``hqemu``."""

import sys

from hqemu_core.cli import main

sys.exit(main())
