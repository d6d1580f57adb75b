/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a trapped access was: the syndrome of the fault, the vCPU's registers, exceptions to inject.
 */
#ifndef __ARM64_KVM_EMULATE_H__
#define __ARM64_KVM_EMULATE_H__

#include <asm/esr.h>
#include <asm/kvm_arm.h>
#include <asm/kvm_host.h>
#include <asm/kvm_rmi.h>
#include <asm/ptrace.h>
#include <asm/sysreg.h>
#include <asm/virt.h>
#include <linux/bitfield.h>
#include <linux/kvm_host.h>
#include <sim/gen.h>

/* Injection into the guest: the exception is taken at the next entry. 1 = go on. */
int kvm_inject_sea(struct kvm_vcpu *vcpu, bool iabt, u64 addr);
int kvm_inject_size_fault(struct kvm_vcpu *vcpu);
int kvm_inject_dabt_excl_atomic(struct kvm_vcpu *vcpu, u64 addr);
void kvm_inject_undefined(struct kvm_vcpu *vcpu);

static inline int kvm_inject_sea_iabt(struct kvm_vcpu *vcpu, u64 addr)
{
	return kvm_inject_sea(vcpu, true, addr);
}

static inline int kvm_inject_sea_dabt(struct kvm_vcpu *vcpu, u64 addr)
{
	return kvm_inject_sea(vcpu, false, addr);
}

/* Go on behind the trapped instruction at the next entry. */
static inline void kvm_incr_pc(struct kvm_vcpu *vcpu)
{
	vcpu_set_flag(vcpu, INCREMENT_PC);
}

static inline struct user_pt_regs *vcpu_gp_regs(struct kvm_vcpu *vcpu)
{
	return &vcpu->arch.ctxt.regs;
}

static inline u64 *vcpu_pc(struct kvm_vcpu *vcpu)
{
	return &vcpu->arch.ctxt.regs.pc;
}

static __always_inline unsigned long vcpu_get_reg(const struct kvm_vcpu *vcpu, u8 reg)
{
	return reg == 31 ? 0 : vcpu->arch.ctxt.regs.regs[reg];
}

static __always_inline void vcpu_set_reg(struct kvm_vcpu *vcpu, u8 reg, unsigned long val)
{
	if (reg != 31)
		vcpu->arch.ctxt.regs.regs[reg] = val;
}

static inline u64 kvm_vcpu_get_mpidr_aff(struct kvm_vcpu *vcpu)
{
	return vcpu->arch.mpidr_el1 & 0xff00ffffffUL;
}
struct kvm_vcpu *kvm_mpidr_to_vcpu(struct kvm *kvm, unsigned long mpidr);

static __always_inline u64 kvm_vcpu_get_esr(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.fault.esr_el2;
}

static __always_inline unsigned long kvm_vcpu_get_hfar(const struct kvm_vcpu *vcpu)
{
	return vcpu->arch.fault.far_el2;
}

static __always_inline phys_addr_t kvm_vcpu_get_fault_ipa(const struct kvm_vcpu *vcpu)
{
	u64 hpfar = vcpu->arch.fault.hpfar_el2;

	if (!(hpfar & HPFAR_EL2_NS))
		return INVALID_GPA;
	return FIELD_GET(HPFAR_EL2_FIPA, hpfar) << 12;
}

static __always_inline u8 kvm_vcpu_trap_get_class(const struct kvm_vcpu *vcpu)
{
	return ESR_ELx_EC(kvm_vcpu_get_esr(vcpu));
}

static inline bool kvm_vcpu_trap_is_iabt(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_trap_get_class(vcpu) == ESR_ELx_EC_IABT_LOW;
}

static inline bool kvm_vcpu_abt_iss1tw(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_get_esr(vcpu) & ESR_ELx_S1PTW;
}

static inline bool kvm_vcpu_trap_is_exec_fault(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_trap_is_iabt(vcpu) && !kvm_vcpu_abt_iss1tw(vcpu);
}

static inline u8 kvm_vcpu_trap_get_fault(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_get_esr(vcpu) & ESR_ELx_FSC;
}

static inline bool kvm_vcpu_trap_is_permission_fault(const struct kvm_vcpu *vcpu)
{
	return esr_fsc_is_permission_fault(kvm_vcpu_get_esr(vcpu));
}

static inline bool kvm_vcpu_trap_is_translation_fault(const struct kvm_vcpu *vcpu)
{
	return esr_fsc_is_translation_fault(kvm_vcpu_get_esr(vcpu));
}

/* Size of the entry that denied the access. */
static inline u64 kvm_vcpu_trap_get_perm_fault_granule(const struct kvm_vcpu *vcpu)
{
	u64 level = kvm_vcpu_get_esr(vcpu) & ESR_ELx_FSC_LEVEL;

	return BIT(ARM64_HW_PGTABLE_LEVEL_SHIFT(level));
}

/* Synchronous external aborts: on the access, on a table walk, and their parity forms. */
static inline bool kvm_vcpu_abt_issea(const struct kvm_vcpu *vcpu)
{
	u8 fsc = kvm_vcpu_trap_get_fault(vcpu);

	return fsc == ESR_ELx_FSC_EXTABT || (fsc >= 0x13 && fsc <= 0x17) ||
	       fsc == ESR_ELx_FSC_SECC || (fsc >= 0x1b && fsc <= 0x1f);
}

/* The older name, of data aborts. */
static inline bool kvm_vcpu_dabt_isextabt(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_abt_issea(vcpu);
}

static inline bool kvm_vcpu_dabt_isvalid(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_get_esr(vcpu) & ESR_ELx_ISV;
}

static inline bool kvm_vcpu_dabt_issext(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_get_esr(vcpu) & ESR_ELx_SSE;
}

static inline bool kvm_vcpu_dabt_issf(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_get_esr(vcpu) & ESR_ELx_SF;
}

static inline int kvm_vcpu_dabt_get_rd(const struct kvm_vcpu *vcpu)
{
	return (kvm_vcpu_get_esr(vcpu) & ESR_ELx_SRT_MASK) >> ESR_ELx_SRT_SHIFT;
}

static inline bool kvm_vcpu_dabt_iswrite(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_get_esr(vcpu) & ESR_ELx_WNR;
}

static inline bool kvm_vcpu_dabt_is_cm(const struct kvm_vcpu *vcpu)
{
	return kvm_vcpu_get_esr(vcpu) & ESR_ELx_CM;
}

static inline unsigned int kvm_vcpu_dabt_get_as(const struct kvm_vcpu *vcpu)
{
	return 1 << ((kvm_vcpu_get_esr(vcpu) & ESR_ELx_SAS) >> ESR_ELx_SAS_SHIFT);
}

static inline int kvm_vcpu_sys_get_rt(struct kvm_vcpu *vcpu)
{
	return (kvm_vcpu_get_esr(vcpu) & ESR_ELx_SYS64_ISS_RT_MASK) >> ESR_ELx_SYS64_ISS_RT_SHIFT;
}

static inline bool kvm_is_write_fault(const struct kvm_vcpu *vcpu)
{
	if (kvm_vcpu_abt_iss1tw(vcpu))
		return kvm_vcpu_trap_is_permission_fault(vcpu);
	if (kvm_vcpu_trap_is_iabt(vcpu))
		return false;
	return kvm_vcpu_dabt_iswrite(vcpu);
}

/* Realms */
static inline bool __kvm_has_realm_type(const struct kvm *kvm)
{
	return static_branch_unlikely(&kvm_rmi_is_available) && kvm->arch.is_realm;
}

/* The address that memslots know: a realm's shared bit removed. */
static inline phys_addr_t __kvm_strip_shared_bit(struct kvm *kvm, phys_addr_t ipa)
{
	if (!__kvm_has_realm_type(kvm))
		return ipa;
	return ipa & ~(phys_addr_t)BIT(VTCR_EL2_IPA(kvm->arch.mmu.vtcr) - 1);
}

static inline enum realm_state kvm_realm_state(struct kvm *kvm)
{
	return READ_ONCE(kvm->arch.realm.state);
}

static inline bool kvm_realm_is_created(struct kvm *kvm)
{
	return __kvm_has_realm_type(kvm) && kvm_realm_state(kvm) != REALM_STATE_NONE;
}

static inline bool vcpu_is_rec(const struct kvm_vcpu *vcpu)
{
	return __kvm_has_realm_type(vcpu->kvm);
}

#if SIM_GEN_V14
static inline bool kvm_is_realm(struct kvm *kvm)
{
	return __kvm_has_realm_type(kvm);
}

static inline phys_addr_t kvm_gpa_from_fault(struct kvm *kvm, phys_addr_t ipa)
{
	return __kvm_strip_shared_bit(kvm, ipa);
}
#else
static inline bool kvm_vm_is_realm(struct kvm *kvm)
{
	return kvm->arch.is_realm;
}

static inline void kvm_set_realm_state(struct kvm *kvm, enum realm_state state)
{
	WRITE_ONCE(kvm->arch.realm.state, state);
}

static inline gfn_t kvm_gfn_from_fault(struct kvm *kvm, phys_addr_t ipa)
{
	return gpa_to_gfn(__kvm_strip_shared_bit(kvm, ipa));
}
#endif

/* mmio.c */
int kvm_handle_mmio_return(struct kvm_vcpu *vcpu);
int io_mem_abort(struct kvm_vcpu *vcpu, phys_addr_t fault_ipa);

int kvm_handle_sys_reg(struct kvm_vcpu *vcpu);

#include <sim/ask_emulate.h>

#endif
