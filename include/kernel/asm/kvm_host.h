/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arm64 part of a VM and of a vCPU: the fields that the fault path touches.
 */
#ifndef __ARM64_KVM_HOST_H__
#define __ARM64_KVM_HOST_H__

#include <asm/kvm_arm.h>
#include <asm/kvm_asm.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>
#include <asm/ptrace.h>
#include <kvm/arm_arch_timer.h>
#include <linux/bitops.h>
#include <linux/kvm.h>
#include <linux/kvm_types.h>

#define KVM_MAX_VCPUS         512
#define KVM_VCPU_MAX_FEATURES 7

#define KVM_REQ_SLEEP       0
#define KVM_REQ_IRQ_PENDING 1
#define KVM_REQ_VM_DEAD     2
#define KVM_REQ_VCPU_RESET  3
#define KVM_REQ_SUSPEND     4
#define KVM_REQ_RMI         5

enum kvm_mode { KVM_MODE_DEFAULT, KVM_MODE_PROTECTED, KVM_MODE_NV, KVM_MODE_NONE, KVM_MODE_RMM };
static inline enum kvm_mode kvm_get_mode(void)
{
	return KVM_MODE_RMM;
}

struct kvm_s2_mmu {
	struct kvm_pgtable *pgt;
	phys_addr_t pgd_phys;
	u64 vtcr;
	struct kvm_arch *arch;
	struct kvm_mmu_memory_cache split_page_cache;
};

struct vgic_dist {
	bool in_kernel;
	bool initialized;
};

struct arm_pmu;

struct kvm_arch {
	struct kvm_s2_mmu mmu;
	struct mutex config_lock;
	unsigned long flags;
	unsigned long vcpu_features[1];
	struct vgic_dist vgic;
	struct arm_pmu *arm_pmu;
	u8 nr_pmu_counters;
	u64 id_aa64dfr0_el1;

	bool is_realm;
	unsigned long vm_type;                 /* KVM_CREATE_VM's argument; nothing here reads it */
	const struct kvm_vm_s2_ops *vm_s2_ops; /* newest trees; nothing here reads it */
	struct realm realm;                    /* the series' own: last, see sim/layout.h */
};

struct kvm_vcpu_fault_info {
	u64 esr_el2;
	u64 far_el2;
	u64 hpfar_el2;
	u64 disr_el1;
};

struct kvm_cpu_context {
	struct user_pt_regs regs;
};

struct kvm_hyp_memcache {
	unsigned long nr_pages;
};

/* Bits of kvm_vcpu_arch.iflags. */
#define PENDING_EXCEPTION    BIT(0)
#define INCREMENT_PC         BIT(1)
#define EXCEPT_MASK          GENMASK(5, 2)
#define EXCEPT_AA64_EL1_SYNC (0UL << 2)
#define VCPU_INITIALIZED     BIT(8)
#define IN_WFIT              BIT(9)

#define vcpu_get_flag(v, flag)   ((v)->arch.iflags & (flag))
#define vcpu_set_flag(v, flag)   ((void)((v)->arch.iflags |= (flag)))
#define vcpu_clear_flag(v, flag) ((void)((v)->arch.iflags &= ~(unsigned long)(flag)))

struct kvm_vcpu_arch {
	struct kvm_cpu_context ctxt;
	struct kvm_s2_mmu *hw_mmu;
	u64 hcr_el2;
	struct kvm_vcpu_fault_info fault;
	unsigned long iflags;
	struct kvm_mmu_memory_cache mmu_page_cache;
	struct kvm_hyp_memcache pkvm_memcache;
	struct arch_timer_cpu timer_cpu;
	struct {
		u32 mp_state;
	} mp_state;
	u64 mpidr_el1;
	bool pause;
	struct realm_rec rec; /* the series' own: last */
};

#define kvm_vm_is_protected(kvm)        false
#define vcpu_is_protected(vcpu)         false
#define vcpu_has_nv(vcpu)               false
#define vcpu_has_sve(vcpu)              false
#define kvm_has_mte(kvm)                false
#define kvm_supports_cacheable_pfnmap() true

#define vcpu_has_feature(v, f) test_bit(f, (v)->kvm->arch.vcpu_features)
#define irqchip_in_kernel(kvm) ((kvm)->arch.vgic.in_kernel)
#define vgic_initialized(kvm)  ((kvm)->arch.vgic.initialized)

#define kvm_read_vm_id_reg(kvm, reg) \
	((reg) == SYS_ID_AA64DFR0_EL1 ? (kvm)->arch.id_aa64dfr0_el1 : 0ULL)

#endif
