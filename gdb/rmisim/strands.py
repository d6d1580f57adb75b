# SPDX-License-Identifier: BSD-2-Clause
"""The stacks of a run: of threads as gdb has them, of fibers by what setjmp() has left of them."""
import contextlib

import gdb
import gdb.unwinder

from . import find

ROTATE = 17  # of glibc's pointer mangling
# Where glibc's jmp_buf has the registers on x86-64; the last three are mangled.
JMP_BUF = ('rbx', 'rbp', 'r12', 'r13', 'r14', 'r15', 'rsp', 'rip')


class Id:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class Fiber(gdb.unwinder.Unwinder):
    """Behind the innermost frame of the selected thread come those of a fiber that stands still."""

    def __init__(self):
        super().__init__('rmisim-fiber')
        self.enabled, self.here, self.registers = False, None, {}

    def __call__(self, pending):
        try:
            sp, pc = int(pending.read_register('rsp')), int(pending.read_register('rip'))
        except (ValueError, gdb.error):
            return None
        if (sp, pc) != self.here:
            return None
        # gdb takes a caller whose stack lies lower for a mistake
        info = pending.create_unwind_info(Id(gdb.Value(self.registers['rsp'] - 64), gdb.Value(pc)))
        kind = gdb.lookup_type('unsigned long')
        for name, value in self.registers.items():
            info.add_saved_register(name, gdb.Value(value).cast(kind))
        return info


fiber = Fiber()
gdb.unwinder.register_unwinder(None, fiber, True)


def rotate_right(value, by):
    return (value >> by | value << 64 - by) & (1 << 64) - 1


def fiber_registers(strand):
    """What the strand goes on with; None when it cannot be told."""
    try:
        guard = int(gdb.parse_and_eval('*(unsigned long *)($fs_base + 0x30)'))
    except (gdb.error, gdb.MemoryError):
        return None
    words = strand['here'][0]['__jmpbuf']
    found = {name: int(words[i]) & (1 << 64) - 1 for i, name in enumerate(JMP_BUF)}
    for name in ('rbp', 'rsp', 'rip'):
        found[name] = rotate_right(found[name], ROTATE) ^ guard
    return found


def thread_of(strand):
    tid = int(strand['tid'])
    for thread in gdb.selected_inferior().threads():
        if tid and thread.ptid[1] == tid:
            return thread
    return None


def is_fiber(world):
    return 'FIBERS' in str(world['engine'])


@contextlib.contextmanager
def on_strand(strand):
    """The newest frame of a strand, as long as the block lasts; None when it has none or it cannot be found.
    To be used within find.KeepPlace()."""
    world = strand['world']
    if not is_fiber(world):
        thread = thread_of(strand)
        if thread:
            thread.switch()
        yield gdb.newest_frame() if thread else None
        return
    scenario = thread_of(world['actors'][0]['own'])
    if scenario:
        scenario.switch()
    if world['running']['current'] == strand:
        yield gdb.newest_frame()
        return
    entered = strand['entered'] or not strand['stack']
    registers = fiber_registers(strand) if entered and gdb.newest_frame().architecture().name() == 'i386:x86-64' \
        else None
    if not registers:
        yield None
        return
    top = gdb.newest_frame()
    fiber.here, fiber.registers = (int(top.read_register('rsp')), int(top.read_register('rip'))), registers
    fiber.enabled = True
    gdb.invalidate_cached_frames()
    try:
        yield gdb.newest_frame().older()
    finally:
        fiber.enabled = False
        gdb.invalidate_cached_frames()


def backtrace(frame, limit=64):
    """[(function, file, line, object file)] from a frame on."""
    found = []
    for frame in find.frames(frame, limit):
        place = frame.find_sal()
        function = frame.name()
        if not function and found and not gdb.solib_name(frame.pc()):
            break  # below a fiber's bottom; in a library without symbols it goes on
        found.append((function, place.symtab.filename if place and place.symtab else None,
                      place.line if place else 0, place.symtab.objfile if place and place.symtab else None))
    return found
