"""The version of every distribution built from this tree: hqemu-core and the ISA plugins move together.

The one place where it is written. A plugin's ``version.py`` is a link to this file, and its build reads it there.
"""

VERSION = "0.1.0"
