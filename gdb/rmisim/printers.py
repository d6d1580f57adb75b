# SPDX-License-Identifier: BSD-2-Clause
"""Pretty-printers: what a structure says in one line, its fields below where they are worth it."""
import gdb
import gdb.printing

from . import calls, decode, find, names


class OneLine:
    """A printer of a function that gives the line."""

    def __init__(self, value, text):
        self.value, self.text = value, text

    def to_string(self):
        try:
            return self.text(self.value)
        except (gdb.error, gdb.MemoryError, gdb.GdbError):
            return '<not readable>'


def range_desc(v):
    count = int(v['count'])
    return '0x%x %s%s %s' % (int(v['base']), '' if count == 1 else '%d*' % count, decode.size(int(v['unit'])),
                             names.at(names.MEM_STATE, int(v['state'])))


def entry(v):
    unprotected = names.at(names.HIPAS, int(v['hipas'])) in ('MAPPED_NS', 'UNMAPPED_NS')
    return names.entry(int(v['hipas']), int(v['ripas']), int(v['pa']), int(v['memattr']), int(v['s2ap']),
                       not unprotected) + (' of an unfinished operation' if v['owned'] else '')


def table(v):
    return 'table 0x%x level %d tree %d, IPAs from 0x%x, %d entries: %d live, %d mapped to Non-secure memory' % (
        int(v['pa']), int(v['level']), int(v['tree']), int(v['base']), int(v['nr']), int(v['nr_live']),
        int(v['nr_mapped']))


def walk(v):
    if not v['table']:
        return 'no walk'
    return 'table 0x%x level %d entry %d, IPAs 0x%x-0x%x: %s' % (
        int(v['table']['pa']), int(v['level']), int(v['index']), int(v['ipa']), int(v['ipa']) + int(v['size']) - 1,
        entry(v['e']))


def granule(v):
    from . import granules
    return '%s%s refs %d%s' % (granules.state_name(int(v['state'])), ' locked' if int(v['lock']) else '',
                               int(v['refs']), ' object 0x%x' % int(v['object']) if v['object'] else '')


def registers(v):
    """A call by its FID, else a result and outputs."""
    words = [int(v['x'][i]) for i in range(18)]
    cfg = decode.config()
    if words[0] >> 16 == 0xc400 and calls.command_of(words[0], cfg.edition) is not None:
        return calls.call_text(words, cfg)
    return '%s x1=0x%x x2=0x%x x3=0x%x x4=0x%x' % ((decode.result(words[0], cfg),) + tuple(words[1:5]))


def rec_exit(v):
    return decode.exit_text(v, decode.config().edition)


def access(v):
    return '%s %d bytes at 0x%x value 0x%x' % ('fetch' if v['fetch'] else 'store' if v['write'] else 'load',
                                              int(v['size']), int(v['ipa']), int(v['value']))


def lock(v):
    writer, readers = int(v['writer']), int(v['readers'])
    held = 'held by actor %d for write' % (writer - 1) if writer else 'held by %d for read' % readers if readers \
        else 'free'
    return '%s: %s%s' % (find.text(v['name']) or 'not initialised', held,
                         ', %d wait' % int(v['waiters']) if int(v['waiters']) else '')


PRINTERS = {
    'rmi_range_desc': range_desc, 'rtte': entry, 'rtt': table, 'rtt_walk': walk, 'granule': granule,
    'rmm_regs': registers, 'sim_regs': registers, 'rmm_exit': rec_exit, 'rmm_access': access, 'sim_lock': lock,
}


def register():
    printers = gdb.printing.RegexpCollectionPrettyPrinter('rmisim')
    for name, text in PRINTERS.items():
        printers.add_printer(name, '^%s$' % name, lambda value, text=text: OneLine(value, text))
    gdb.printing.register_pretty_printer(None, printers, True)
