# SPDX-License-Identifier: BSD-2-Clause
"""Words of the ABI in short, as the program's own traces have them. Bit fields are the program's table of them."""
import gdb

from .base import Bad, Command, number, say
from . import find, names

POISON = 0xdeadc0dedeadc0de
NOT_SUPPORTED = (1 << 64) - 1

tables = {}


def forget(unused=None):
    tables.clear()


gdb.events.new_objfile.connect(forget)
gdb.events.exited.connect(forget)


class Config:
    """What the meaning of a word depends on."""

    def __init__(self, edition=0, shift=12, bit0_is_read=False):
        self.edition, self.shift, self.bit0_is_read = edition, shift, bit0_is_read


def config():
    """Of the model that is alive, else the default: bet1, 4 KiB."""
    try:
        rmm = find.rmm()
        return Config(int(rmm['cfg']['edition']), int(rmm['granule_shift']),
                      bool(rmm['profile']['s2ap_bit0_is_read']))
    except gdb.GdbError:
        return Config()


def static(name, of_type):
    """A static table of the model's, by name and element type."""
    for symbol in gdb.lookup_static_symbols(name):
        if of_type in str(symbol.type):
            return symbol.value()
    return None


def fieldset(kind):
    """[(name, lowest bit, width, names or None)] of a kind of word, or None."""
    if 'fieldsets' not in tables:
        table = static('fieldsets', 'struct fieldset')
        if table is None:
            return None
        sets = {}
        for i in range(table.type.range()[1] + 1):
            row = table[i]
            fields = []
            for k in range(int(row['nr'])):
                bits = row['bits'][k]
                words = [find.text(bits['names'][n], None) for n in range(int(bits['nr_names']))]
                fields.append((find.text(bits['name']), int(bits['lo']), int(bits['width']),
                               words if bits['names'] else None))
            sets[kind_name(int(row['kind']))] = fields
        tables['fieldsets'] = sets
    return tables['fieldsets'].get(kind)


def kind_name(kind):
    """'DESC' of RMI_KIND_DESC."""
    if 'kinds' not in tables:
        tables['kinds'] = {f.enumval: f.name[len('RMI_KIND_'):] for f in find.lookup_type('enum rmi_kind').fields()}
    return tables['kinds'].get(kind, '?')


def size(count):
    for unit in ('B', 'KiB', 'MiB', 'GiB', 'TiB'):
        if not count or count & 1023:
            return '%d%s' % (count, unit)
        count >>= 10
    return '%dPiB' % count


def block(shift, level):
    return 1 << (shift + (3 - level) * (shift - 3))


def desc(word, cfg):
    if not word:
        return '0'
    width = 2 if cfg.edition == 2 else 1
    code, count = word & 3, word >> 2 & (1 << cfg.shift - 2) - 1
    base = word & (1 << 52) - 1 & ~((1 << cfg.shift) - 1)
    state, unit = word >> 64 - width, block(cfg.shift, 3 - code)
    reserved = ((1 << 12 - width) - 1) << 52
    bad = word & reserved or code == 3 and cfg.shift == 16 or state >= 2 + (width == 2) or base & unit - 1 \
        or unit * count >> 64
    return '0x%x %s%s %s%s' % (base, '' if count == 1 else '%d*' % count, size(unit),
                               names.at(names.MEM_STATE, state), ' invalid' if bad else '')


def result(word, cfg):
    if word == NOT_SUPPORTED:
        return 'NOT_SUPPORTED'
    name = names.at(names.STATUS, word & 0xff, None)
    if not name:
        return '0x%x' % word
    level = word >> 8 & 0xff
    if name in ('RMI_ERROR_RTT', 'RMI_ERROR_RTT_AUX', 'RMI_ERROR_PSMMU_ST', 'RMI_ERROR_DPT'):
        return '%s level %d' % (name, level - 256 if level > 127 else level)
    if name in ('RMI_ERROR_TRACKING', 'RMI_ERROR_GPT') and cfg.edition == 2:
        return '%s level %d' % (name, level)
    if name == 'RMI_INCOMPLETE':
        return '%s %s %s' % (name, ('NONE', 'DONATE', 'RECLAIM', '?')[level & 3],
                             'CAN_CANCEL' if level & 4 else 'CANNOT_CANCEL')
    return name


def donate(word, cfg):
    if not word:
        return '0'
    width = 2 if cfg.edition == 2 else 1
    state, code = word >> 17 & (1 << width) - 1, word & 3
    bad = word >> 17 + width or state == 3 or code == 3 and cfg.shift == 16
    return '%d*%s %s %s%s' % (word >> 2 & 0x3fff, size(block(cfg.shift, 3 - code)),
                              'CONTIG' if word >> 16 & 1 else 'NON_CONTIG',
                              names.at(names.MEM_STATE, state), ' invalid' if bad else '')


def flags(kind, word, cfg):
    fields, covered, shown = fieldset(kind), 0, []
    if fields is None:
        return '0x%x' % word
    for i, (name, low, width, words) in enumerate(fields):
        value, covered = word >> low & (1 << width) - 1, covered | (1 << width) - 1 << low
        if words is not None:
            if name == 's2ap' and cfg.bit0_is_read and len(words) > 2:
                words = [words[0], words[2], words[1]] + words[3:]
            if value >= len(words) or words[value] is None:
                return '0x%x' % word
            shown.append(words[value] if i == 0 else '%s=%s' % (name, words[value]))
        elif value:
            shown.append(name if width == 1 else '%s=%d' % (name, value))
    if word & ~covered:
        return '0x%x' % word
    return '|'.join(shown) or '0'


def signed(word):
    return word - (1 << 64) if word >> 63 else word


def word(kind, value, cfg):
    """One word in short; `kind` as in RMI_KIND_*, without the prefix."""
    value &= (1 << 64) - 1
    if kind == 'DESC':
        return desc(value, cfg)
    if kind == 'RESULT':
        return result(value, cfg)
    if kind == 'DONATE_REQ':
        return donate(value, cfg)
    if kind == 'VERSION':
        return '%d.%d' % (value >> 16 & 0x7fff, value & 0xffff)
    if kind in ('DEC', 'LEVEL'):
        return '%d' % signed(value)
    if kind in ('NONE', 'HEX', 'PA', 'IPA', 'HANDLE'):
        return '0x%x' % value
    if kind == 'ESR':
        return esr(value)
    return flags(kind, value, cfg)


def esr(value):
    ec, isv = value >> 26 & 0x3f, value >> 24 & 1
    name = names.EC.get(ec, '?')
    if ec not in (0x20, 0x24):
        return '0x%x<%s>' % (value, name)
    shown = ['%s %s' % (name, names.fault(value & 0x3f))]
    if isv:
        shown.append('ISV %d bytes SRT=x%d' % (1 << (value >> 22 & 3), value >> 16 & 31))
    if ec == 0x24:
        shown.append('WnR' if value >> 6 & 1 else 'no WnR')
        if not isv:
            shown.append('no ISV')
    return '0x%x<%s>' % (value, ', '.join(shown))


def exit_text(exit, edition):
    """A struct rmm_exit."""
    reason = int(exit['reason'])
    name = names.exit_reason(reason, edition) or 'reason %d' % reason
    if name == 'SYNC':
        return 'SYNC esr=%s far=0x%x hpfar=0x%x IPA 0x%x' % (
            esr(int(exit['esr'])), int(exit['far']), int(exit['hpfar']), int(exit['hpfar']) << 8)
    if name == 'RIPAS_CHANGE':
        return 'RIPAS_CHANGE [0x%x, 0x%x) to %s' % (
            int(exit['ripas_base']), int(exit['ripas_top']),
            names.at(names.RIPAS, int(exit['ripas_value'])))
    if name == 'S2AP_CHANGE':
        return 'S2AP_CHANGE [0x%x, 0x%x)' % (int(exit['s2ap_base']), int(exit['s2ap_top']))
    if name == 'SERROR':
        return 'SERROR esr=%s' % esr(int(exit['esr']))
    if name in ('PSCI', 'HOST_CALL'):
        return '%s x0=0x%x x1=0x%x' % (name, int(exit['gprs'][0]), int(exit['gprs'][1]))
    return name


KINDS = {'desc': 'DESC', 'result': 'RESULT', 'flags': 'UNPROT_FLAGS', 'prot-flags': 'PROT_FLAGS', 'esr': 'ESR',
         'ripas': 'RIPAS', 'donate': 'DONATE_REQ', 'enter': 'ENTER_FLAGS'}


class Decode(Command):
    """One word of the ABI: rmi decode KIND WORD
KIND is desc, result, flags, prot-flags, esr, ripas, donate or enter; the word may be an expression.
In expressions: $rmi_desc(W), $rmi_result(W), $rmi_flags(W), $rmi_esr(W)."""

    name, usage, words = 'decode', 'decode desc|result|flags|prot-flags|esr|ripas|donate|enter WORD', (2, 2)

    def run(self, kind, value):
        if kind not in KINDS:
            raise Bad("'%s' is no kind of word; kinds are %s" % (kind[:60], ', '.join(KINDS)))
        say(word(KINDS[kind], number(value, 'word'), config()))


class Function(gdb.Function):
    """$rmi_desc(W) and the like, for conditions and `print`."""

    def __init__(self, kind):
        self.kind = KINDS[kind]
        super().__init__('rmi_' + kind)

    def invoke(self, value):
        return word(self.kind, int(value.cast(gdb.lookup_type('unsigned long long'))), config())


for each in ('desc', 'result', 'flags', 'esr'):
    Function(each)
