# SPDX-License-Identifier: BSD-2-Clause
"""rmisim in gdb: `rmi` and its subcommands, and printers for words of the ABI.

Nothing here calls a function of the process: all is read from memory by the program's own debug information, so that
a core file does as well as a process.
"""
from . import base, breaks, calls, cpus, decode, locks, printers, realms, schedule, why  # noqa: F401

base.register()
printers.register()
