/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What KVM does for a guest by itself: exceptions, MMIO, trapped registers, SMCCC calls.
 *
 * A pending exception and a finished instruction are flags of the vCPU; the port turns them into
 * entry flags of the REC.
 */
#include "env.h"

#include <asm/cpufeature.h>
#include <asm/kvm_emulate.h>
#include <kvm/arm_hypercalls.h>
#include <kvm/arm_psci.h>
#include <linux/arm-smccc.h>

int kvm_inject_sea(struct kvm_vcpu *vcpu, bool iabt, u64 addr)
{
	vcpu_set_flag(vcpu, PENDING_EXCEPTION);
	vcpu_set_flag(vcpu, EXCEPT_AA64_EL1_SYNC);
	__sim_note(__SIM_LOG, "kvm_inject_sea", __func__, "%s abort at 0x%llx",
		   iabt ? "instruction" : "data", addr);
	return 1;
}

int kvm_inject_size_fault(struct kvm_vcpu *vcpu)
{
	return kvm_inject_sea(vcpu, kvm_vcpu_trap_is_iabt(vcpu), kvm_vcpu_get_hfar(vcpu));
}

int kvm_inject_dabt_excl_atomic(struct kvm_vcpu *vcpu, u64 addr)
{
	return kvm_inject_sea(vcpu, false, addr);
}

void kvm_inject_undefined(struct kvm_vcpu *vcpu)
{
	vcpu_set_flag(vcpu, PENDING_EXCEPTION);
}

/* No usable memory behind the address: the VMM emulates the access. */
int io_mem_abort(struct kvm_vcpu *vcpu, phys_addr_t fault_ipa)
{
	struct kvm_run *run = vcpu->run;
	unsigned int len, i;
	u64 data;

	if (!kvm_vcpu_dabt_isvalid(vcpu)) {
		if (vcpu_is_rec(vcpu))
			return kvm_inject_sea_dabt(vcpu, kvm_vcpu_get_hfar(vcpu));
		kvm_pr_unimpl("Data abort outside memslots with no valid syndrome info\n");
		return -ENOSYS;
	}
	len = kvm_vcpu_dabt_get_as(vcpu);
	run->mmio.is_write = kvm_vcpu_dabt_iswrite(vcpu);
	run->mmio.phys_addr = fault_ipa;
	run->mmio.len = len;
	data = run->mmio.is_write ? vcpu_get_reg(vcpu, (u8)kvm_vcpu_dabt_get_rd(vcpu)) : 0;
	for (i = 0; i < sizeof(run->mmio.data); i++)
		run->mmio.data[i] = i < len ? (u8)(data >> (8 * i)) : 0;
	run->exit_reason = KVM_EXIT_MMIO;
	vcpu->mmio_needed = 1;
	vcpu->mmio_is_write = run->mmio.is_write;
	return 0;
}

/* The VMM has answered: 1 = go on. */
int kvm_handle_mmio_return(struct kvm_vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	unsigned int len = kvm_vcpu_dabt_get_as(vcpu), i;
	u64 data = 0;

	if (!vcpu->mmio_needed || vcpu_get_flag(vcpu, PENDING_EXCEPTION))
		return 1;
	vcpu->mmio_needed = 0;
	if (!kvm_vcpu_dabt_iswrite(vcpu)) {
		for (i = 0; i < len; i++)
			data |= (u64)run->mmio.data[i] << (8 * i);
		if (kvm_vcpu_dabt_issext(vcpu) && len < 8 && data & BIT_ULL(8 * len - 1))
			data |= ~0ull << (8 * len);
		if (!kvm_vcpu_dabt_issf(vcpu))
			data &= 0xffffffff;
		vcpu_set_reg(vcpu, (u8)kvm_vcpu_dabt_get_rd(vcpu), data);
	}
	kvm_incr_pc(vcpu);
	return 1;
}

/* No register is emulated: reads give 0, writes are ignored. */
int kvm_handle_sys_reg(struct kvm_vcpu *vcpu)
{
	u64 esr = kvm_vcpu_get_esr(vcpu);

	if ((esr & ESR_ELx_SYS64_ISS_DIR_MASK) == ESR_ELx_SYS64_ISS_DIR_READ)
		vcpu_set_reg(vcpu, (u8)kvm_vcpu_sys_get_rt(vcpu), 0);
	kvm_incr_pc(vcpu);
	return 1;
}

/* The safe values of the simulated CPU: the least the architecture allows. */
u64 read_sanitised_ftr_reg(u32 id)
{
	if (id == SYS_ID_AA64DFR0_EL1)
		return FIELD_PREP(ID_AA64DFR0_EL1_BRPs, 1) | FIELD_PREP(ID_AA64DFR0_EL1_WRPs, 1);
	return 0;
}

static long psci_cpu_on(struct kvm_vcpu *source)
{
	struct kvm_vcpu *vcpu = kvm_mpidr_to_vcpu(source->kvm, vcpu_get_reg(source, 1));

	if (!vcpu)
		return PSCI_RET_INVALID_PARAMS;
	if (vcpu->arch.mp_state.mp_state != KVM_MP_STATE_STOPPED)
		return PSCI_RET_ALREADY_ON;
	vcpu->arch.mp_state.mp_state = KVM_MP_STATE_RUNNABLE;
	kvm_vcpu_wake_up(vcpu);
	return PSCI_RET_SUCCESS;
}

static long psci_affinity_info(struct kvm_vcpu *source)
{
	struct kvm_vcpu *vcpu = kvm_mpidr_to_vcpu(source->kvm, vcpu_get_reg(source, 1));

	if (!vcpu)
		return PSCI_RET_INVALID_PARAMS;
	return vcpu->arch.mp_state.mp_state == KVM_MP_STATE_STOPPED;
}

static int system_event(struct kvm_vcpu *vcpu, u32 type)
{
	struct kvm_vcpu *other;
	unsigned long i;

	kvm_for_each_vcpu(i, other, vcpu->kvm)
		other->arch.mp_state.mp_state = KVM_MP_STATE_STOPPED;
	vcpu->run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	vcpu->run->system_event.type = type;
	return 0;
}

int kvm_smccc_call_handler(struct kvm_vcpu *vcpu)
{
	long val = SMCCC_RET_NOT_SUPPORTED;
	int ret = 1;

	switch (smccc_get_function(vcpu)) {
	case PSCI_0_2_FN_PSCI_VERSION:
		val = 0x10001;
		break;
	case ARM_SMCCC_VERSION_FUNC_ID:
		val = ARM_SMCCC_VERSION_1_2;
		break;
	case PSCI_0_2_FN_CPU_OFF:
		vcpu->arch.mp_state.mp_state = KVM_MP_STATE_STOPPED;
		val = PSCI_RET_SUCCESS;
		break;
	case PSCI_0_2_FN_CPU_ON:
	case PSCI_0_2_FN64_CPU_ON:
		val = psci_cpu_on(vcpu);
		break;
	case PSCI_0_2_FN_AFFINITY_INFO:
	case PSCI_0_2_FN64_AFFINITY_INFO:
		val = psci_affinity_info(vcpu);
		break;
	case PSCI_0_2_FN_SYSTEM_OFF:
		ret = system_event(vcpu, KVM_SYSTEM_EVENT_SHUTDOWN);
		break;
	case PSCI_0_2_FN_SYSTEM_RESET:
		ret = system_event(vcpu, KVM_SYSTEM_EVENT_RESET);
		break;
	}
	vcpu_set_reg(vcpu, 0, (unsigned long)val);
	return ret;
}
