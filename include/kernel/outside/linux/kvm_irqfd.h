/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/kvm_irqfd.h> is not there: the interrupt controller is not modelled (docs/porting.md, Your own kernel files)"
