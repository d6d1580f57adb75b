/* SPDX-License-Identifier: BSD-2-Clause */
#error "<kvm/iodev.h> is not there: MMIO goes to the VMM (io_mem_abort in asm/kvm_emulate.h) (docs/porting.md, Your own kernel files)"
