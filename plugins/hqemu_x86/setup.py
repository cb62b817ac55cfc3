"""The version, and the core of the same version: both from hqemu_x86/version.py, a link to the core's."""

import runpy

from setuptools import setup

VERSION = runpy.run_path("hqemu_x86/version.py")["VERSION"]
setup(version=VERSION, install_requires=[f"hqemu-core=={VERSION}"])
