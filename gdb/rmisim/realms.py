# SPDX-License-Identifier: BSD-2-Clause
"""Realms, their RECs and their tables."""
import struct

import gdb

from .base import Bad, Command, number, say
from . import decode, find, granules, names

REALM_STATES = ('NEW', 'ACTIVE', 'SYSTEM_OFF', 'ZOMBIE')


def realm_at(rmm, rd):
    """The model's struct realm *; the kernel has another structure of that name."""
    pointer = find.model_field('struct rmm_call', 'realm')
    return gdb.Value(granules.object_at(rmm, rd, 'RD', 'RD')).cast(pointer)


def rec_at(rmm, pa):
    return gdb.Value(granules.object_at(rmm, pa, 'REC', 'REC')).cast(find.lookup_type('struct rmm_rec').pointer())


def the_realm(rmm, word=None):
    """The named realm, or the only one."""
    if word:
        return realm_at(rmm, number(word, 'PA of an RD'))
    found = granules.objects(rmm, 'RD')
    if len(found) != 1:
        raise Bad('there is no realm here' if not found else 'which realm: %s?' %
                  ', '.join('0x%x' % g.pa for g in found))
    return realm_at(rmm, found[0].pa)


class Entry:
    """One entry of a table, unpacked as lib/rtt.c packs it."""

    def __init__(self, word):
        self.hipas, self.ripas, self.memattr, self.s2ap = word & 7, word >> 3 & 3, word >> 5 & 7, word >> 8 & 15
        self.pa, self.owned = word & 0x000ffffffffff000, word >> 63
        self.name = names.at(names.HIPAS, self.hipas)


def entry_text(e, protected, bit0_is_read=False):
    return names.entry(e.hipas, e.ripas, e.pa, e.memattr, e.s2ap, protected, bit0_is_read) + \
        (' of an unfinished operation' if e.owned else '')


def index_bits(rmm):
    return int(rmm['cfg']['fanout_bits']) or int(rmm['granule_shift']) - 3


def level_size(rmm, level):
    return 1 << int(rmm['granule_shift']) + (3 - level) * index_bits(rmm)


def entries(table):
    """All words of a table at once."""
    nr = int(table['nr'])
    data = gdb.selected_inferior().read_memory(int(table['entry'][0].address), 8 * nr).tobytes()
    return struct.unpack('<%dQ' % nr, data)


def child(rmm, e):
    granule = granules.granule_at(rmm, e.pa)
    if not granule or not granule.object:
        return None
    return gdb.Value(granule.object).cast(find.lookup_type('struct rtt').pointer())


def leaves(rmm, table):
    """(ipa, size, level, entry) of all entries that are no tables, in order."""
    size, base, level = level_size(rmm, int(table['level'])), int(table['base']), int(table['level'])
    for i, word in enumerate(entries(table)):
        e = Entry(word)
        below = child(rmm, e) if e.name == 'TABLE' else None
        if below:
            yield from leaves(rmm, below)
        else:
            yield base + i * size, size, level, e


def ranges(rmm, root, protected_below):
    """Neighbours that say the same are one range; what was never touched is left out."""
    run = None
    for ipa, size, level, e in leaves(rmm, root):
        protected = ipa < protected_below
        name = e.name
        if (name, e.ripas) == ('VOID', 0) and protected or name == 'UNMAPPED_NS':
            continue
        has_pa = name in ('DATA', 'MAPPED_NS', 'NARCH_DEV', 'ARCH_DEV')
        key = (e.hipas, e.ripas if protected else 0, e.memattr, e.s2ap, e.owned, protected, level if has_pa else None)
        if run and run[0] == key and run[2] == ipa and (not has_pa or run[3].pa + ipa - run[1] == e.pa):
            run[2] = ipa + size
            continue
        if run:
            yield run
        run = [key, ipa, ipa + size, e]
    if run:
        yield run


class Rtt(Command):
    """A realm's tables: rmi rtt RD [IPA]
Without an IPA what is mapped, or has another RIPAS than EMPTY, as ranges; with one the walk to it, table by table. RD
may be '.' when there is one realm."""

    name, usage, words = 'rtt', 'rtt RD [IPA]', (1, 2)

    def run(self, rd, ipa=None):
        rmm = find.rmm()
        realm = the_realm(rmm, None if rd == '.' else rd)
        half = 1 << int(realm['params']['s2sz']) - 1
        if ipa:
            self.walk(rmm, realm, number(ipa, 'IPA'), half)
            return
        bit0 = bool(rmm['profile']['s2ap_bit0_is_read'])
        trees = [realm['root']] + [realm['aux_root'][i] for i in range(3)]
        for i, root in enumerate(trees):
            if not root:
                continue
            say('realm 0x%x, %s, from level %d at 0x%x:' % (
                int(realm['pa']), 'tree %d' % i if i else 'tables', int(root['level']), int(root['pa'])))
            some = False
            for key, first, top, e in ranges(rmm, root, half):
                some = True
                say('  0x%x-0x%x<%s> %s%s' % (first, top - 1, 'private' if first < half else 'shared',
                                             entry_text(e, first < half, bit0),
                                             '' if key[-1] is None else ', level %d' % key[-1]))
            if not some:
                say('  nothing is mapped')

    @staticmethod
    def walk(rmm, realm, ipa, half):
        if ipa >= 2 * half:
            raise Bad('IPA 0x%x is outside of the realm, which ends at 0x%x' % (ipa, 2 * half))
        table = realm['root']
        bit0 = bool(rmm['profile']['s2ap_bit0_is_read'])
        say('realm 0x%x, IPA 0x%x<%s>' % (int(realm['pa']), ipa, 'private' if ipa < half else 'shared'))
        while table:
            size = level_size(rmm, int(table['level']))
            index = (ipa - int(table['base'])) // size
            e = Entry(int(table['entry'][index]))
            say('  level %d  table 0x%x entry %d, IPAs 0x%x-0x%x: %s' % (
                int(table['level']), int(table['pa']), index, int(table['base']) + index * size,
                int(table['base']) + (index + 1) * size - 1, entry_text(e, ipa < half, bit0)))
            table = child(rmm, e) if e.name == 'TABLE' else None


def recs_of(realm):
    """(index, PA) of a realm's RECs, chunk k holds 16 << k."""
    first = 0
    for k in range(realm['recs'].type.range()[1] + 1):
        nr, words = 16 << k, realm['recs'][k]
        if words:
            data = gdb.selected_inferior().read_memory(int(words), 8 * nr).tobytes()
            for i, word in enumerate(struct.unpack('<%dQ' % nr, data)):
                if word & 1:
                    yield first + i, word & ~1
        first += nr


class Realm(Command):
    """All realms, or one: rmi realm [RD]"""

    name, usage, words = 'realm', 'realm [RD]', (0, 1)

    def run(self, rd=None):
        rmm = find.rmm()
        if rd:
            self.show(rmm, the_realm(rmm, rd))
            return
        found = granules.objects(rmm, 'RD')
        for granule in found:
            self.show(rmm, realm_at(rmm, granule.pa))
        if not found:
            say('no realms')

    @staticmethod
    def show(rmm, realm):
        params, root = realm['params'], realm['root']
        state = int(realm['state'])
        say('realm 0x%x: %s, %d IPA bits (shared from 0x%x), tables from level %d at 0x%x' % (
            int(realm['pa']), REALM_STATES[state] if state < 4 else '?', int(params['s2sz']),
            1 << int(params['s2sz']) - 1, int(root['level']) if root else 0, int(params['rtt_base'])))
        recs = list(recs_of(realm))
        say('  %d REC%s%s, %d of them running' % (
            len(recs), '' if len(recs) == 1 else 's',
            ' (%s)' % ', '.join('0x%x' % pa for unused, pa in recs[:8]) if recs else '', int(realm['nr_running'])))
        rim = bytes(int(realm['rim'][i]) for i in range(64))
        say('  RIM %s' % (rim[:16].hex() + '..' if any(rim) else 'is zero'))


PENDING = ('', 'a host call', 'a PSCI request')
RESUME = ('', 'an emulated access', 'an external abort', 'a finished SMC', 'a finished system register access',
          'a finished wait')


class Rec(Command):
    """All RECs, or one: rmi rec [PA]: who runs it, its last exit, what it waits for."""

    name, usage, words = 'rec', 'rec [PA]', (0, 1)

    def run(self, pa=None):
        rmm = find.rmm()
        if pa:
            self.show(rmm, number(pa, 'PA'))
            return
        found = granules.objects(rmm, 'REC')
        for granule in found:
            self.show(rmm, granule.pa)
        if not found:
            say('no RECs')

    @staticmethod
    def show(rmm, pa):
        rec, granule = rec_at(rmm, pa), granules.granule_at(rmm, pa)
        edition = int(rmm['cfg']['edition'])
        say('REC 0x%x: of realm 0x%x, MPIDR 0x%x, %s' % (
            pa, int(rec['owner']), int(rec['mpidr']), 'runs on CPU %d' % int(rec['cpu']) if granule.refs else
            'ready' if rec['runnable'] else 'not runnable'))
        last = decode.exit_text(rec['exit'], edition)
        say('  last exit: %s' % (last if rec['exited'] or not granule.refs else last + ' (of an earlier entry)'))
        pending, resume = int(rec['pending']), int(rec['resume'])
        if 0 < pending < len(PENDING):
            say('  the host has to answer %s' % PENDING[pending])
        if 0 < resume < len(RESUME):
            say('  goes on with %s' % RESUME[resume])
        if int(rec['ripas_top']):
            say('  asks for [0x%x, 0x%x) to be %s' % (int(rec['ripas_addr']), int(rec['ripas_top']),
                                                     names.at(names.RIPAS, int(rec['ripas_value']))))
        if int(rec['plane']):
            say('  plane %d' % int(rec['plane']))
