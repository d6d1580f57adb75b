# SPDX-License-Identifier: BSD-2-Clause
"""The model's granules: bank, map, block, chunk, granule (lib/granule.h, lib/chunk.h)."""
import gdb

from .base import Bad, Command, number, say
from . import find, names

CHUNK_SHIFT = BLOCK_SHIFT = 9
PARTIAL = 0x80


def state_name(state):
    if state == PARTIAL:
        return 'part of an unfinished operation'
    return names.at(names.GRANULE, state, 'state %d' % state)


def banks(rmm):
    for i in range(int(rmm['nr_banks'])):
        yield rmm['banks'][i]


def map_of(bank, shift):
    return bank['map'][(shift - 12) // 2]


def layout(name, *fields):
    """Size of a structure, and offset and size of fields: for reading arrays at once."""
    kind = find.lookup_type(name)
    return kind.sizeof, {f: (kind[f].bitpos // 8, kind[f].type.sizeof) for f in fields}


def read_array(address, nr, name, *fields):
    """One dictionary of numbers an element."""
    size, places = layout(name, *fields)
    data = gdb.selected_inferior().read_memory(address, nr * size).tobytes()
    for i in range(nr):
        yield {f: int.from_bytes(data[i * size + at:i * size + at + n], 'little') for f, (at, n) in places.items()}


class Granule:
    """What is known of one granule: `at`, its address, when it has a word of its own."""

    def __init__(self, pa, state, at=0, lock=0, refs=0, object=0):
        self.pa, self.state, self.at, self.lock, self.refs, self.object = pa, state, at, lock, refs, object


def granule_at(rmm, pa):
    """The granule that holds a PA; None for what is no memory of the model's."""
    shift = int(rmm['granule_shift'])
    pa &= ~((1 << shift) - 1)
    for bank in banks(rmm):
        base = int(bank['base'])
        if not base <= pa < base + int(bank['size']):
            continue
        mapped, index = map_of(bank, shift), (pa - base) >> shift
        if not mapped:
            return Granule(pa, 0)
        slot = int(mapped['block'][index >> CHUNK_SHIFT + BLOCK_SHIFT])
        if slot & 1 or not slot:
            return Granule(pa, slot >> 8 & 0xff if slot & 1 else 0)
        chunks = gdb.Value(slot).cast(find.lookup_type('struct chunk').pointer())
        chunk = chunks[index >> CHUNK_SHIFT & (1 << BLOCK_SHIFT) - 1]
        if not chunk['split']:
            return Granule(pa, int(chunk['state']))
        g = chunk['table'][index & (1 << CHUNK_SHIFT) - 1]
        return Granule(pa, int(g['state']), int(g.address), int(g['lock']), int(g['refs']), int(g['object']))
    return None


def split_granules(rmm):
    """Every granule that has a word of its own: all objects do."""
    shift, size = int(rmm['granule_shift']), find.lookup_type('struct granule').sizeof
    for bank in banks(rmm):
        mapped, base = map_of(bank, shift), int(bank['base'])
        if not mapped:
            continue
        for i in range(int(mapped['nr'])):
            slot = int(mapped['block'][i])
            if slot & 1 or not slot:
                continue
            for k, chunk in enumerate(read_array(slot, 1 << BLOCK_SHIFT, 'struct chunk', 'split', 'table')):
                if not chunk['split'] or not chunk['table']:
                    continue
                first = (i << BLOCK_SHIFT) + k << CHUNK_SHIFT
                for n, g in enumerate(read_array(chunk['table'], 1 << CHUNK_SHIFT, 'struct granule',
                                                 'state', 'lock', 'refs', 'object')):
                    if g['state'] or g['lock']:
                        yield Granule(base + (first + n << shift), g['state'], chunk['table'] + n * size, g['lock'],
                                      g['refs'], g['object'])


def objects(rmm, state):
    """The granules in that state, "RD" .., that have an object."""
    return [g for g in split_granules(rmm) if g.object and state_name(g.state) == state]


def object_at(rmm, pa, state, what):
    """The address of the object behind a granule, or a sentence about what is there."""
    granule = granule_at(rmm, pa)
    if not granule:
        raise Bad("0x%x is not in the model's memory: %s" % (pa, memory_text(rmm)))
    if state_name(granule.state) != state or not granule.object:
        known = ['0x%x' % g.pa for g in objects(rmm, state)]
        raise Bad('0x%x is no %s but %s; %s' % (pa, what, state_name(granule.state),
                                               'there is ' + ', '.join(known[:8]) if known else 'there is none'))
    return granule.object


def memory_text(rmm):
    return 'that is ' + ', '.join('[0x%x, 0x%x)' % (int(b['base']), int(b['base']) + int(b['size']))
                                  for b in banks(rmm))


class ShowGranule(Command):
    """State, lock, references and object of the granule at a PA: rmi granule PA"""

    name, usage, words = 'granule', 'granule PA', (1, 1)

    def run(self, pa):
        rmm, pa = find.rmm(), number(pa, 'PA')
        granule = granule_at(rmm, pa)
        if not granule:
            raise Bad("0x%x is not in the model's memory: %s" % (pa, memory_text(rmm)))
        say('granule 0x%x: %s%s' % (granule.pa, state_name(granule.state), '' if granule.at else
                                   ' (with all around it, no word of its own)'))
        if not granule.at:
            return
        say('  %s, reference count %d' % ('locked' if granule.lock else 'not locked', granule.refs))
        for line in about_object(granule):
            say('  ' + line)


def about_object(granule):
    name = state_name(granule.state)
    if not granule.object:
        return []
    if name == 'RD':
        return ['struct realm 0x%x: rmi realm 0x%x' % (granule.object, granule.pa)]
    if name == 'REC':
        return ['struct rmm_rec 0x%x: rmi rec 0x%x' % (granule.object, granule.pa)]
    if name == 'RTT':
        table = gdb.Value(granule.object).cast(find.lookup_type('struct rtt').pointer())
        return ['table of level %d for IPAs from 0x%x: %d live entries, %d mapped to Non-secure memory' % (
            int(table['level']), int(table['base']), int(table['nr_live']), int(table['nr_mapped']))]
    return ['object 0x%x' % granule.object]
