# SPDX-License-Identifier: BSD-2-Clause
"""Where things are: the process, its world, its model, the variables of its kernel image."""
import gdb

from .base import Bad, Command, say

chosen = None  # by `rmi use`: an address and what is there


DEBIAN = "; of Debian's packages install rmisim-dbgsym and librmisim0-dbgsym"


def forget(unused):
    global chosen
    chosen = None
    for point in gdb.breakpoints() or ():
        if point.location == 'sim_at_violation' and point.pending:
            say('the program has no symbols, so that nothing could stop it at a violation: take one that is not stripped' + DEBIAN)


gdb.events.exited.connect(forget)


def process():
    """Something has to be running, or a core file loaded."""
    inferior = gdb.selected_inferior()
    if not inferior.threads():
        raise Bad("no process and no core file: 'run' the program first, or start with 'rmisim replay STRING --gdb' or "
                  "'rmisim gdb PROGRAM CORE'")
    return inferior


def is_core():
    connection = getattr(gdb.selected_inferior(), 'connection', None)
    return connection is not None and connection.type == 'core'


def lookup_type(name):
    try:
        return gdb.lookup_type(name)
    except gdb.error:
        raise Bad('no debug information of %s: is this a program with rmisim, built with -g (a buildtype other than '
                  'plain or release)%s' % (name, DEBIAN))


def symbol_of(objfile, name):
    return objfile.lookup_global_symbol(name) or objfile.lookup_static_symbol(name)


def images():
    """Objects that are kernel images, by their anchor."""
    found = []
    for objfile in gdb.objfiles():
        symbol = symbol_of(objfile, 'sim_kernel_machine')
        if symbol:
            found.append((objfile, symbol))
    return found


def is_world(value):
    """Its own scenario knows it: not what was in freed memory."""
    try:
        return bool(value) and value['actors'][0]['own']['world'] == value
    except gdb.MemoryError:
        return False


def frames(start=None, limit=100):
    frame = start or gdb.newest_frame()
    while frame and limit:
        yield frame
        limit -= 1
        try:
            frame = frame.older()
        except gdb.error:
            return


class KeepPlace:
    """The selected thread and frame are the same again behind the block."""

    def __enter__(self):
        self.thread = gdb.selected_thread()
        self.level = 0
        try:
            frame = gdb.selected_frame()
            while frame.newer():
                self.level += 1
                frame = frame.newer()
        except gdb.error:
            self.level = 0
        return self

    def __exit__(self, *unused):
        if self.thread and self.thread.is_valid():
            self.thread.switch()
        try:
            frame = gdb.newest_frame()
            for unused in range(self.level):
                frame = frame.older() or frame
            frame.select()
        except gdb.error:
            pass


def in_frames(name):
    """Pointers of that type among the variables of all stacks; what the compiler has dropped is passed over."""
    with KeepPlace():
        for thread in process().threads():
            thread.switch()
            for frame in frames():
                yield from in_frame(frame, name)


def in_frame(frame, name):
    try:
        block = frame.block()
    except RuntimeError:
        return
    while block and not block.is_static and not block.is_global:
        for symbol in block:
            if not (symbol.is_argument or symbol.is_variable):
                continue
            kind = symbol.type.strip_typedefs()
            if kind.code != gdb.TYPE_CODE_PTR or str(kind.target().unqualified()) != name:
                continue
            try:
                value = symbol.value(frame)
                if not value.is_optimized_out and value:
                    yield value
            except (gdb.error, gdb.MemoryError):
                pass
        block = block.superblock


def anchored():
    """The worlds that images know of."""
    pointer = lookup_type('struct sim_world').pointer()
    worlds = []
    for unused, symbol in images():
        try:
            value = symbol.value().cast(pointer)
        except (gdb.error, gdb.MemoryError):
            continue
        if is_world(value) and not any(value == world for world in worlds):
            worlds.append(value)
    return worlds


def worlds():
    found = anchored()
    if not found:
        for value in in_frames('struct sim_world'):
            if is_world(value):
                return [value]
    return found


def world_or_none():
    """The world that is meant: the chosen one, the only one, the one the selected thread runs in."""
    if chosen and str(chosen.type.target().unqualified()) == 'struct sim_world' and is_world(chosen):
        return chosen
    try:
        gdb.lookup_type('struct sim_world')
    except gdb.error:
        return None
    found = worlds()
    if len(found) > 1:
        frame = gdb.newest_frame()
        for frame in frames(frame):
            for value in in_frame(frame, 'struct sim_world'):
                if any(value == world for world in found):
                    return value
    return found[0] if found else None


def world():
    process()
    found = world_or_none()
    if found:
        return found
    lookup_type('struct sim_world')
    hint = '' if images() or not is_core() else '; no kernel image is loaded: a core file needs the image where it was, or ' \
        "'set solib-search-path FOLDER'"
    raise Bad("no world is alive here: stop while a scenario runs ('break sim_at_violation'), or name one with "
              "'rmi use EXPRESSION'%s" % hint)


def rmm():
    """The model: that of the world, or of a program without one."""
    process()
    if chosen and str(chosen.type.target().unqualified()) == 'struct rmm':
        return chosen
    found = world_or_none()
    if found and found['rmm']:
        return found['rmm']
    lookup_type('struct rmm_call')
    for value in in_frames('struct rmm'):
        return value
    raise Bad("no model is alive here: stop inside a call ('break rmm_smc'), or name one with 'rmi use EXPRESSION'")


def image_of(world):
    """The object file of the world's kernel image, or None."""
    for objfile, symbol in images():
        try:
            if int(symbol.value()) == int(world):
                return objfile
        except (gdb.error, gdb.MemoryError):
            pass
    return None


def env_of(world):
    """The image's own variables; None when it has not booted."""
    objfile = image_of(world)
    if not objfile:
        raise Bad("the kernel image is not loaded here, so its locks are not known: put it back where it was, or 'set "
                  "solib-search-path FOLDER'")
    symbol = symbol_of(objfile, 'env')
    env = symbol.value() if symbol else None
    return env if env is not None and env['host'] else None


def model_field(struct, field):
    """Type of a field: how to tell the model's `struct realm` from the kernel's."""
    return lookup_type(struct)[field].type


def text(value, default=''):
    """A C string, or the default when there is none."""
    try:
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR and not value:
            return default
        return value.string(errors='replace')
    except (gdb.error, gdb.MemoryError):
        return default


class Use(Command):
    """Choose the world or model that the other commands are about: rmi use EXPRESSION
A struct sim_world or struct rmm, or a pointer to one. Without an expression: as it was, found by itself."""

    name, usage, words = 'use', 'use [EXPRESSION]', (0, 16)

    def run(self, *words):
        global chosen
        if not words:
            chosen = None
            say('worlds and models are found by themselves')
            return
        process()
        value = gdb.parse_and_eval(' '.join(words))
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT:
            value = value.address
        kind = value.type.strip_typedefs()
        if kind.code != gdb.TYPE_CODE_PTR or str(kind.target().unqualified()) not in ('struct sim_world', 'struct rmm'):
            raise Bad("that is no struct sim_world or struct rmm but '%s'" % value.type)
        if not value or 'world' in str(kind) and not is_world(value):
            raise Bad('there is no world or model at that address')
        chosen = value
        say('rmi commands are about (%s) 0x%x' % (value.type, int(value)))
