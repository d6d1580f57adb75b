/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef __KVM_ARM_HYPERCALLS_H
#define __KVM_ARM_HYPERCALLS_H
#include <asm/kvm_emulate.h>
/* The guest's SMCCC call from its registers: 1 = go on, 0 = to user space, -errno. */
int kvm_smccc_call_handler(struct kvm_vcpu *vcpu);
#define smccc_get_function(v) ((u32)vcpu_get_reg(v, 0))
#endif
