/* SPDX-License-Identifier: BSD-2-Clause */
#error "<kvm/arm_vgic_v5.h> is not there: the interrupt controller is not modelled (docs/porting.md, Your own kernel files)"
