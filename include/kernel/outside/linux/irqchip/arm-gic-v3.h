/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/irqchip/arm-gic-v3.h> is not there: the interrupt controller is not modelled (docs/porting.md, Your own kernel files)"
