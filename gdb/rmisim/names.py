# SPDX-License-Identifier: BSD-2-Clause
"""Names of the ABI's values, as the specification spells them. The program's own tables are no help: a compiler turns a
table of strings into something that only its functions can read. tests/gdb compares these with the program's words.
"""

STATUS = ('RMI_SUCCESS', 'RMI_ERROR_INPUT', 'RMI_ERROR_REALM', 'RMI_ERROR_REC', 'RMI_ERROR_RTT',
          'RMI_ERROR_NOT_SUPPORTED', 'RMI_ERROR_DEVICE', 'RMI_ERROR_RTT_AUX', 'RMI_ERROR_PSMMU_ST', 'RMI_ERROR_DPT',
          'RMI_BUSY', 'RMI_ERROR_GLOBAL', 'RMI_ERROR_TRACKING', 'RMI_INCOMPLETE', 'RMI_BLOCKED', 'RMI_ERROR_GPT',
          'RMI_ERROR_GRANULE')
EXIT = ('SYNC', 'IRQ', 'FIQ', 'PSCI', 'RIPAS_CHANGE', 'HOST_CALL', 'SERROR', 'S2AP_CHANGE')
EXIT_TO_BET2 = EXIT + ('VDEV_REQUEST', 'VDEV_VALIDATE_MAPPING', 'VSMMU_COMMAND')
EXIT_FROM_BET3 = EXIT + ('VDEV_VALIDATE_MAPPING', None, 'VSMMU_COMMAND')
GRANULE = ('UNDELEGATED', 'DELEGATED', 'RD', 'REC', 'RTT', 'DATA', 'INTERNAL', 'GPT_L1', 'DEV', 'PDEV', 'VDEV',
           'VSMMU')
HIPAS = ('VOID', 'DATA', 'TABLE', 'UNMAPPED_NS', 'MAPPED_NS', 'NARCH_DEV', 'ARCH_DEV', 'AUX_DESTROYED')
RIPAS = ('EMPTY', 'RAM', 'DESTROYED', 'DEV')
MEMATTR = {1: 'DEVICE_nGnRE', 5: 'NORMAL_NC', 6: 'NORMAL'}
S2AP = ('NONE', 'W', 'R', 'RW')
MEM_STATE = ('DELEGATED', 'UNDELEGATED', 'CONDITIONAL')
ADDR_TYPE = ('NONE', 'SINGLE', 'LIST')

# Exception classes of ESR_EL2.
EC = {
    0x00: 'UNKNOWN', 0x01: 'WFx', 0x07: 'FP_ASIMD', 0x0e: 'ILL', 0x11: 'SVC32', 0x12: 'HVC32', 0x13: 'SMC32',
    0x15: 'SVC64', 0x16: 'HVC64', 0x17: 'SMC64', 0x18: 'SYS64', 0x19: 'SVE', 0x1d: 'SME', 0x20: 'IABT_LOW',
    0x21: 'IABT_CUR', 0x22: 'PC_ALIGN', 0x24: 'DABT_LOW', 0x25: 'DABT_CUR', 0x26: 'SP_ALIGN', 0x2c: 'FP_EXC64',
    0x2f: 'SERROR', 0x30: 'BREAKPT_LOW', 0x32: 'SOFTSTP_LOW', 0x34: 'WATCHPT_LOW', 0x3c: 'BRK64',
}

# Fault status codes without a level; blocks of four with the levels 0 to 3.
FAULT = {
    0x10: 'external abort', 0x11: 'tag check fault', 0x13: 'external abort on a walk, level -1',
    0x21: 'alignment fault',
    0x23: 'granule protection fault on a walk, level -1', 0x28: 'granule protection fault',
    0x29: 'address size fault, level -1', 0x2b: 'translation fault, level -1', 0x30: 'TLB conflict abort',
    0x31: 'unsupported atomic hardware update', 0x35: 'unsupported exclusive or atomic access',
}
FAULT_LEVELS = {
    0x00: 'address size fault', 0x04: 'translation fault', 0x08: 'access flag fault', 0x0c: 'permission fault',
    0x14: 'external abort on a walk', 0x24: 'granule protection fault on a walk',
}


def at(table, value, default='?'):
    """The name of a value in a tuple; the default when it has none."""
    return table[value] or default if 0 <= value < len(table) else default


def fault(code):
    """"translation fault, level 3"."""
    block = FAULT_LEVELS.get(code & ~3)
    return '%s, level %d' % (block, code & 3) if block else FAULT.get(code, '?')


def exit_reason(reason, edition):
    """From 8 on editions differ (OP-6)."""
    return at(EXIT_FROM_BET3 if edition == 2 else EXIT_TO_BET2, reason, None)


def entry(hipas, ripas, pa, memattr, s2ap, protected, bit0_is_read=False):
    """An entry of a table in short: "DATA RAM 0x80040000"."""
    name = at(HIPAS, hipas)
    shown = [name]
    if protected and name != 'TABLE':
        shown.append(at(RIPAS, ripas))
    if name in ('TABLE', 'DATA', 'MAPPED_NS', 'NARCH_DEV', 'ARCH_DEV'):
        shown.append('0x%x' % pa)
    if name == 'MAPPED_NS':
        order = ('NONE', 'R', 'W', 'RW') if bit0_is_read else S2AP
        shown.append('memattr %s' % MEMATTR.get(memattr, memattr))
        shown.append('s2ap %s' % at(order, s2ap, str(s2ap)))
    return ' '.join(shown)
