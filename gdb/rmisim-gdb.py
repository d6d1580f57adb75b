# SPDX-License-Identifier: BSD-2-Clause
"""Commands and printers for gdb: sourced by `rmisim gdb` and `rmisim replay --gdb`, by gdb's auto-load when installed,
or by hand: gdb -x .../rmisim-gdb.py. Twice does no harm.
"""
import os
import sys

if 'rmisim' not in sys.modules:
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # no files beside ours
    sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
    import rmisim  # noqa: F401
    del sys.path[0]
    sys.dont_write_bytecode = writes
