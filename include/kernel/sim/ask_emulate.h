/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same as sim/ask.h for the predicates of asm/kvm_emulate.h and asm/kvm_rmi.h.
 */
#ifndef _SIM_ASK_EMULATE_H
#define _SIM_ASK_EMULATE_H

#include <asm/kvm_emulate.h>

bool __ask_vcpu_is_rec(const struct kvm_vcpu *vcpu, const char *caller);
bool __ask_kvm_is_write_fault(const struct kvm_vcpu *vcpu, const char *caller);
bool __ask_kvm_vcpu_trap_is_permission_fault(const struct kvm_vcpu *vcpu, const char *caller);
bool __ask_kvm_vcpu_trap_is_translation_fault(const struct kvm_vcpu *vcpu, const char *caller);
phys_addr_t __ask_kvm_vcpu_get_fault_ipa(const struct kvm_vcpu *vcpu, const char *caller);
phys_addr_t __ask_kvm_gpa_from_fault(struct kvm *kvm, phys_addr_t ipa, const char *caller);
bool __ask_private_address(bool answer, unsigned long addr, const char *caller);

#ifndef SIM_NO_ASK
#if SIM_GEN_V14
#define kvm_is_realm(kvm)            __ask_yes("kvm_is_realm", (kvm_is_realm)(kvm), __func__)
#define kvm_gpa_from_fault(kvm, ipa) __ask_kvm_gpa_from_fault(kvm, ipa, __func__)
#else
#define kvm_vm_is_realm(kvm)         __ask_yes("kvm_vm_is_realm", (kvm_vm_is_realm)(kvm), __func__)
#define kvm_gfn_from_fault(kvm, ipa) gpa_to_gfn(__ask_kvm_gpa_from_fault(kvm, ipa, __func__))
#endif
#define vcpu_is_rec(vcpu)        __ask_vcpu_is_rec(vcpu, __func__)
#define kvm_is_write_fault(vcpu) __ask_kvm_is_write_fault(vcpu, __func__)
#define kvm_vcpu_trap_is_permission_fault(vcpu) \
	__ask_kvm_vcpu_trap_is_permission_fault(vcpu, __func__)
#define kvm_vcpu_trap_is_translation_fault(vcpu) \
	__ask_kvm_vcpu_trap_is_translation_fault(vcpu, __func__)
#define kvm_vcpu_get_fault_ipa(vcpu) __ask_kvm_vcpu_get_fault_ipa(vcpu, __func__)
/* struct realm is the series' own: its fields are read where its header is. */
#define kvm_realm_is_private_address(realm, addr)                                            \
	__extension__({                                                                      \
		unsigned long __addr = (addr);                                               \
		__ask_private_address((kvm_realm_is_private_address)(realm, __addr), __addr, \
				      __func__);                                             \
	})
#endif

#endif
