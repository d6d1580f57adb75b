# SPDX-License-Identifier: BSD-2-Clause
"""RMI calls: the model's table of commands, a call in one line, what a call in progress has found out so far."""
import gdb

from .base import Bad, Command, say
from . import decode, find, names

FID = 0xc4000150


def command_of(fid, edition):
    """The row of the model's table for a FID, as a struct rmi_command; None for an unknown one."""
    table = decode.static('commands', 'struct rmm_command')
    if table is None or not 0 <= fid - FID <= table.type.range()[1]:
        return None
    row = table[fid - FID]
    device = gdb.lookup_global_symbol('device_commands')
    while True:
        if row:
            editions = int(row['editions'])
            if not editions or editions & (1 << edition | 1 << 7):
                break
            row = row['other']
        elif device:
            row, device = device.value()[fid - FID], None
        else:
            return None
    return row['abi_bet3'].dereference() if edition == 2 and row['abi_bet3'] else row['abi']


def call_name(fid, edition):
    command = command_of(fid, edition)
    return find.text(command['name']) if command is not None else '0x%x' % fid


def words(arguments, nr, registers, cfg):
    shown = []
    for i in range(nr):
        kind, value = decode.kind_name(int(arguments[i]['kind'])), registers[i + 1]
        brief = decode.word(kind, value, cfg)
        if kind in ('NONE', 'HEX', 'PA', 'IPA', 'HANDLE', 'DEC', 'LEVEL'):
            pass
        elif value == decode.POISON:
            brief = 'undefined'
        elif value >= 10 or kind == 'DESC':
            brief = '0x%x<%s>' % (value, brief)
        shown.append('%s=%s' % (find.text(arguments[i]['name']), brief))
    return shown


def call_text(registers, cfg):
    """RTT_DATA_MAP(rd=0x80002000, ..)"""
    command = command_of(registers[0], cfg.edition)
    if command is None:
        return 'unknown 0x%x()' % registers[0]
    return '%s(%s)' % (find.text(command['name']),
                       ', '.join(words(command['args'], int(command['nr_args']), registers, cfg)))


def result_text(fid, registers, cfg):
    """= RMI_SUCCESS out_top=0x401000"""
    brief, shown = decode.result(registers[0], cfg), []
    command, status = command_of(fid, cfg.edition), registers[0] & 0xff
    if command is not None and names.at(names.STATUS, status) in ('RMI_SUCCESS', 'RMI_INCOMPLETE'):
        shown = words(command['results'], int(command['nr_results']), registers, cfg)
    if names.at(names.STATUS, status) == 'RMI_INCOMPLETE' and find.text(command['name'])[:3] != 'OP_':
        shown = ['handle=0x%x' % registers[1]]
    head = '= 0x%x %s' % (registers[0], brief) if registers[0] else '= ' + brief
    return ' '.join([head] + shown)


def registers_of(pointer):
    """X0 and up of a struct rmm_regs *."""
    return [int(pointer['x'][i]) for i in range(18)]


def in_progress(actor):
    """(arguments, answer or None) of the RMI call that an actor is in, or None."""
    try:
        if not actor['asked'] or not actor['regs']:
            return None
        asked, now = registers_of(actor['asked']), registers_of(actor['regs'])
    except gdb.MemoryError:
        return None
    if not FID <= asked[0] <= FID + 0x200:
        return None
    return asked, now if now[0] != asked[0] else None


def call_frame(frame=None):
    """The struct rmm_call on that stack, or None: what the model has found out about the call. It is none before
    call_run() has it, and none behind."""
    works = False
    for frame in find.frames(frame):
        if frame.name() != 'rmm_smc':
            works = frame.name() == 'call_run'
            continue
        if not works:
            return None
        try:
            value = frame.read_var('c')
            return None if value.is_optimized_out else value
        except (ValueError, gdb.error):
            return None
    return None


def condition_text(call):
    row = call['failed']
    return find.text(row['name']) if row else None


def inside(call):
    """Lines about a call that the model is working on."""
    lines = []
    if call['realm']:
        lines.append('realm 0x%x' % int(call['realm']['pa']))
    if call['rec']:
        lines.append('REC 0x%x' % int(call['rec']['pa']))
    if call['walked']:
        walk = call['walk']
        if walk['table']:
            lines.append('walk: table 0x%x level %d, entry %d at IPA 0x%x' % (
                int(walk['table']['pa']), int(walk['level']), int(walk['index']), int(walk['ipa'])))
    failed = condition_text(call)
    if failed:
        lines.append('failure condition %s holds' % failed)
    return lines


class Call(Command):
    """The RMI call in progress, decoded: rmi call [CPU]
CPU is a name or number of `rmi cpus`; without it the one that runs, or the call on the selected thread's stack."""

    name, usage, words = 'call', 'call [CPU]', (0, 1)

    def run(self, cpu=None):
        from . import cpus
        find.process()
        cfg, world = decode.config(), find.world_or_none()
        if not world:
            if cpu:
                raise Bad('there are no CPUs without a world; rmi call alone looks at the stack')
            self.on_the_stack(cfg)
            return
        actor = cpus.actor_named(world, cpu) if cpu else world['running'].dereference()
        call = in_progress(actor)
        if not call:
            last = last_text(actor, cfg)
            say('%s is in no RMI call%s' % (cpus.actor_name(actor), '; its last: ' + last if last else ''))
            return
        asked, answer = call
        say('%s: %s%s' % (cpus.actor_name(actor), call_text(asked, cfg),
                          ' ' + result_text(asked[0], answer, cfg) if answer else ''))
        with find.KeepPlace():
            with cpus.on_strand(actor['own'].address) as frame:
                model = call_frame(frame) if frame else None
                for line in inside(model) if model is not None and not answer else []:
                    say('  ' + line)

    @staticmethod
    def on_the_stack(cfg):
        with find.KeepPlace():
            call = call_frame()
            if call is None:
                raise Bad("no RMI call on this thread's stack; 'rmi break CALL' stops at the next one")
            fid = int(call['command']['abi']['fid'])
            say(call_text([fid] + [int(call['arg'][i]) for i in range(1, 7)], cfg))
            for line in inside(call):
                say('  ' + line)


def last_text(actor, cfg):
    """The last call of an actor and its answer, in short."""
    fid = int(actor['last_in'][0])
    if not FID <= fid <= FID + 0x200:
        return None
    asked = [int(actor['last_in'][i]) for i in range(7)] + [0] * 11
    answer = [int(actor['last_out'][i]) for i in range(5)] + [0] * 13
    return '%s %s' % (call_text(asked, cfg), result_text(fid, answer, cfg))
