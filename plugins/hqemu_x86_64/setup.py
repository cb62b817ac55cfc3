"""The version, and core and family of the same version: all from hqemu_x86_64/version.py, a link to the core's."""

import runpy

from setuptools import setup

VERSION = runpy.run_path("hqemu_x86_64/version.py")["VERSION"]
setup(version=VERSION, install_requires=[f"hqemu-core=={VERSION}", f"hqemu-x86=={VERSION}"])
