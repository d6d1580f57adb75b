# SPDX-License-Identifier: BSD-2-Clause
"""Breakpoints in the domain's words: an RMI call, a call with its status, an exit of a REC."""
import gdb

from .base import Bad, Command, number
from . import calls, decode, find, names

STATUSES = tuple(name[len('RMI_'):] for name in names.STATUS)
REASONS = names.EXIT + ('VDEV_VALIDATE_MAPPING',)
ANY = ('ERROR', 'any status but SUCCESS')


def argument(name, register):
    """Of the function that begins here; by its register when the debug information does not say."""
    try:
        value = gdb.newest_frame().read_var(name)
        if not value.is_optimized_out:
            return value
    except (ValueError, gdb.error):
        pass
    return gdb.parse_and_eval('$' + register)


class Stop(gdb.Breakpoint):
    """Stops where the event stream hears of what is wanted. The harness makes events; a bare model has rmm_smc()."""

    def __init__(self, what, wanted):
        super().__init__('sim_emit_rmm')
        self.what, self.wanted = what, wanted

    def stop(self):
        try:
            event = argument('rmm', 'rsi').cast(gdb.lookup_type('struct rmm_event').pointer())
            line = self.wanted(event)
        except (gdb.error, gdb.MemoryError):
            return False
        if line:
            gdb.write('rmi break %s: %s\n' % (self.what, line))
        return bool(line)


def call_is(name, status, address):
    """The test of `rmi break CALL [STATUS] [at ADDRESS]`: a line when the event is the one."""
    def wanted(event):
        kind = str(event['kind'])
        if kind != ('RMM_EVENT_RMI_RETURN' if status else 'RMM_EVENT_RMI_CALL') or not event['command'] or \
                find.text(event['command']['name']) != name:
            return None
        cfg, asked = decode.config(), calls.registers_of(event['regs_in'])
        if address is not None and address not in asked[1:1 + int(event['command']['nr_args'])]:
            return None
        if not status:
            return calls.call_text(asked, cfg)
        answer = calls.registers_of(event['regs_out'])
        got = decode.result(answer[0], cfg).split()[0]
        got = got[4:] if got.startswith('RMI_') else got
        if got != status and not (status == 'ERROR' and got != 'SUCCESS'):
            return None
        return '%s %s' % (calls.call_text(asked, cfg), calls.result_text(asked[0], answer, cfg))
    return wanted


def exit_is(name, address):
    def wanted(event):
        if str(event['kind']) != 'RMM_EVENT_REC_EXIT':
            return None
        cfg, leaves = decode.config(), event['exit']
        if name != 'any' and names.exit_reason(int(leaves['reason']), cfg.edition) != name:
            return None
        if address is not None and address not in (int(leaves['hpfar']) << 8, int(leaves['ripas_base'])):
            return None
        return 'exit ' + decode.exit_text(leaves, cfg.edition)
    return wanted


def plain(word):
    word = word.upper()
    for prefix in ('RMI_EXIT_', 'RMI_'):
        if word.startswith(prefix):
            return word[len(prefix):]
    return word


def is_command(name):
    """Known before the program runs, too: each row has a symbol, those of devices a string."""
    if gdb.lookup_global_symbol('cmd_' + name.lower()):
        return True
    for symbol in gdb.lookup_static_symbols(name.lower()):
        if 'rmm_command' in str(symbol.type):
            return True
    return name.split('_')[0] in ('VSMMU', 'PSMMU', 'PDEV', 'VDEV', 'DPT', 'CMEM')


class Break(Command):
    """Stop at an RMI call, at its return with a status, or at an exit of a REC:
rmi break CALL            rmi break RTT_DATA_MAP
rmi break CALL STATUS     rmi break RTT_DATA_MAP ERROR_RTT; ERROR is any status but SUCCESS
rmi break exit [REASON]   rmi break exit SYNC
With 'at ADDRESS' behind it only when an argument of the call is that address, or when the exit is about it."""

    name, usage, words = 'break', 'break CALL [STATUS] [at ADDRESS] | exit [REASON] [at ADDRESS]', (1, 4)

    def run(self, what, *rest):
        if not gdb.lookup_global_symbol('sim_emit_rmm'):
            raise Bad("this program has no rmisim harness, or it is not loaded yet ('start' first); for a bare model: "
                      "'break rmm_smc if regs->x[0] == FID'")
        rest, address = list(rest), None
        if len(rest) >= 2 and rest[-2] == 'at':
            address = number(rest[-1], 'address')
            del rest[-2:]
        if len(rest) > 1:
            raise Bad('usage: rmi ' + self.usage)
        which = rest[0] if rest else None
        where = '' if address is None else ' at 0x%x' % address
        if what.lower() == 'exit':
            reason = plain(which) if which else 'any'
            if which and reason not in REASONS:
                raise Bad("'%s' is no exit reason; there are %s" % (which[:60], ', '.join(REASONS)))
            Stop('exit %s%s' % (reason, where), exit_is(reason, address))
            return
        call, status = plain(what), plain(which) if which else None
        if not is_command(call):
            raise Bad("'%s' is no RMI command; names are those of the specification: RTT_DATA_MAP, REC_ENTER .." %
                      what[:60])
        if status and status not in STATUSES + ANY[:1]:
            raise Bad("'%s' is no status; there are ERROR (%s), %s" % (which[:60], ANY[1], ', '.join(STATUSES)))
        Stop(call + (' ' + status if status else '') + where, call_is(call, status, address))
