// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entering a REC, and what its exits mean (series v14 with the fixes of docs/porting.md).
 */
#include <linux/arm-rmi-cmds.h>
#include <linux/bug.h>
#include <linux/context_tracking.h>
#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/printk.h>
#include <kvm/arm_arch_timer.h>
#include <kvm/arm_hypercalls.h>
#include <kvm/arm_psci.h>
#include <asm/esr.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_rmi.h>

#include "rmi.h"

/* Tell the RMM how a PSCI call of `source` about `target` ended. Its opinion is not asked (B125). */
void realm_psci_complete(struct kvm_vcpu *source, struct kvm_vcpu *target, unsigned long status)
{
	rmi_psci_complete(virt_to_phys(source->arch.rec.rec_page),
			  virt_to_phys(target->arch.rec.rec_page), status);
}

static void rec_complete_psci(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = &vcpu->arch.rec;
	struct kvm_vcpu *target;
	unsigned long status;

	switch (rec->run->exit.gprs[0]) {
	case PSCI_0_2_FN64_CPU_ON:
		status = vcpu_get_reg(vcpu, 0);
		if (status == PSCI_RET_SUCCESS || status == (unsigned long)PSCI_RET_ALREADY_ON)
			status = PSCI_RET_SUCCESS;
		else
			status = (unsigned long)PSCI_RET_DENIED;
		break;
	case PSCI_0_2_FN64_AFFINITY_INFO:
		status = PSCI_RET_SUCCESS;
		break;
	default:
		return;
	}

	target = kvm_mpidr_to_vcpu(vcpu->kvm, rec->run->exit.gprs[1]);
	if (target && target->arch.rec.rec_page)
		realm_psci_complete(vcpu, target, status);
}

/*
 * Finish what the last exit asked for, before the REC is entered again and while sleeping is allowed. May
 * run more than once for one exit. 1: enter; otherwise to user space.
 */
int kvm_rec_pre_enter(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = &vcpu->arch.rec;
	int i, ret;

	if (kvm_realm_state(vcpu->kvm) != REALM_STATE_ACTIVE)
		return -EINVAL;

	switch (rec->run->exit.exit_reason) {
	case RMI_EXIT_HOST_CALL:
		for (i = 0; i < REC_RUN_GPRS; i++)
			rec->run->enter.gprs[i] = vcpu_get_reg(vcpu, i);
		break;
	case RMI_EXIT_PSCI:
		rec_complete_psci(vcpu);
		break;
	case RMI_EXIT_RIPAS_CHANGE:
		/* a refused range is not touched */
		if (rec->run->enter.flags & REC_ENTER_FLAG_RIPAS_RESPONSE)
			break;
		ret = kvm_complete_ripas_change(vcpu);
		if (ret)
			return ret;
		break;
	}
	return 1;
}

/* Exceptions and emulated accesses that KVM has left for the vCPU travel in the entry flags. */
static void rec_sync_enter(struct kvm_vcpu *vcpu)
{
	struct rec_run *run = vcpu->arch.rec.run;

	if (vcpu_get_flag(vcpu, PENDING_EXCEPTION)) {
		run->enter.flags |= REC_ENTER_FLAG_INJECT_SEA;
		vcpu_clear_flag(vcpu, PENDING_EXCEPTION);
		vcpu_clear_flag(vcpu, EXCEPT_MASK);
	} else if (vcpu_get_flag(vcpu, INCREMENT_PC)) {
		/* the RMM takes the value of an emulated load from x0, whatever register it is for */
		if (run->exit.exit_reason == RMI_EXIT_SYNC &&
		    ESR_ELx_EC(run->exit.esr) == ESR_ELx_EC_DABT_LOW &&
		    !(run->exit.esr & ESR_ELx_CM)) {
			run->enter.flags |= REC_ENTER_FLAG_EMULATED_MMIO;
			if (!(run->exit.esr & ESR_ELx_WNR))
				run->enter.gprs[0] = vcpu_get_reg(vcpu, kvm_vcpu_dabt_get_rd(vcpu));
		}
	}
	vcpu_clear_flag(vcpu, INCREMENT_PC);
}

/* Run the REC; the RMI status of the entry. */
int noinstr kvm_rec_enter(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = &vcpu->arch.rec;
	unsigned long ret;

	rec_sync_enter(vcpu);

	guest_state_enter_irqoff();
	ret = rmi_rec_enter(virt_to_phys(rec->rec_page), virt_to_phys(rec->run));
	guest_state_exit_irqoff();

	return ret;
}

static int rec_exit_reason_notimpl(struct kvm_vcpu *vcpu)
{
	vcpu_err(vcpu, "Unhandled exit reason from realm (ESR: 0x%llx)\n", kvm_vcpu_get_esr(vcpu));
	return -ENXIO;
}

static int rec_exit_sync_dabt(struct kvm_vcpu *vcpu)
{
	/* the RMM reports the data of an emulatable store in x0 */
	if (kvm_vcpu_dabt_iswrite(vcpu) && kvm_vcpu_dabt_isvalid(vcpu))
		vcpu_set_reg(vcpu, kvm_vcpu_dabt_get_rd(vcpu), vcpu->arch.rec.run->exit.gprs[0]);

	return kvm_handle_guest_abort(vcpu);
}

static int rec_exit_sync_iabt(struct kvm_vcpu *vcpu)
{
	vcpu_err(vcpu, "Unhandled instruction abort from realm (ESR: 0x%llx)\n",
		 kvm_vcpu_get_esr(vcpu));
	return -ENXIO;
}

static int rec_exit_sys_reg(struct kvm_vcpu *vcpu)
{
	struct rec_run *run = vcpu->arch.rec.run;
	bool is_write = (kvm_vcpu_get_esr(vcpu) & ESR_ELx_SYS64_ISS_DIR_MASK) ==
			ESR_ELx_SYS64_ISS_DIR_WRITE;
	int rt = kvm_vcpu_sys_get_rt(vcpu);
	int ret;

	if (is_write && rt < REC_RUN_GPRS)
		vcpu_set_reg(vcpu, rt, run->exit.gprs[rt]);
	ret = kvm_handle_sys_reg(vcpu);
	if (!is_write && rt < REC_RUN_GPRS)
		run->enter.gprs[rt] = vcpu_get_reg(vcpu, rt);
	return ret;
}

static int rec_exit_sync(struct kvm_vcpu *vcpu)
{
	/* bit 63 marks the value as valid: the RMM always reports an IPA */
	vcpu->arch.fault.hpfar_el2 = vcpu->arch.rec.run->exit.hpfar | HPFAR_EL2_NS;

	switch (kvm_vcpu_trap_get_class(vcpu)) {
	case ESR_ELx_EC_SYS64:
		return rec_exit_sys_reg(vcpu);
	case ESR_ELx_EC_DABT_LOW:
		return rec_exit_sync_dabt(vcpu);
	case ESR_ELx_EC_IABT_LOW:
		return rec_exit_sync_iabt(vcpu);
	default:
		return rec_exit_reason_notimpl(vcpu);
	}
}

/* The realm made an SMC that the host answers. */
static int rec_exit_smccc(struct kvm_vcpu *vcpu)
{
	int i;

	for (i = 0; i < REC_RUN_GPRS; i++)
		vcpu_set_reg(vcpu, i, vcpu->arch.rec.run->exit.gprs[i]);
	return kvm_smccc_call_handler(vcpu);
}

/* The VMM is asked first; the change is carried out when it runs the vCPU again. */
static int rec_exit_ripas_change(struct kvm_vcpu *vcpu)
{
	struct realm *realm = &vcpu->kvm->arch.realm;
	struct realm_rec *rec = &vcpu->arch.rec;
	unsigned long base = rec->run->exit.ripas_base;
	unsigned long top = rec->run->exit.ripas_top;
	unsigned long ripas = rec->run->exit.ripas_value;

	if (top <= base || !kvm_realm_is_private_address(realm, base) ||
	    !kvm_realm_is_private_address(realm, top - 1)) {
		vcpu_err(vcpu, "Invalid RIPAS_CHANGE for 0x%lx - 0x%lx, ripas: 0x%lx\n", base, top,
			 ripas);
		rec->run->enter.flags = REC_ENTER_FLAG_RIPAS_RESPONSE;
		return -EINVAL;
	}

	kvm_prepare_memory_fault_exit(vcpu, base, top - base, false, false, ripas == RMI_RAM);
	return -EFAULT;
}

static void rec_update_timers(struct kvm_vcpu *vcpu)
{
	struct rec_exit *exit = &vcpu->arch.rec.run->exit;

	timer_set_ctl(vcpu_vtimer(vcpu), exit->cntv_ctl);
	timer_set_cval(vcpu_vtimer(vcpu), exit->cntv_cval);
	timer_set_ctl(vcpu_ptimer(vcpu), exit->cntp_ctl);
	timer_set_cval(vcpu_ptimer(vcpu), exit->cntp_cval);
	kvm_realm_timers_update(vcpu);
}

/*
 * Handle what REC_ENTER came back with. 1: enter again; 0: to user space, exit prepared; -errno.
 */
int handle_rec_exit(struct kvm_vcpu *vcpu, int rec_run_ret)
{
	struct rec_run *run = vcpu->arch.rec.run;

	switch (RMI_RETURN_STATUS(rec_run_ret)) {
	case RMI_SUCCESS:
		break;
	case RMI_ERROR_REALM:
		/* another vCPU has switched the system off */
		vcpu->run->exit_reason = KVM_EXIT_SHUTDOWN;
		return 0;
	case RMI_ERROR_REC:
		/* turned on by PSCI, but not runnable yet */
		return -EAGAIN;
	default:
		return -ENXIO;
	}

	vcpu->arch.fault.esr_el2 = run->exit.esr;
	vcpu->arch.fault.far_el2 = run->exit.far;
	vcpu->arch.fault.hpfar_el2 = 0;
	rec_update_timers(vcpu);
	run->enter.flags = 0;

	switch (run->exit.exit_reason) {
	case RMI_EXIT_SYNC:
		return rec_exit_sync(vcpu);
	case RMI_EXIT_IRQ:
	case RMI_EXIT_FIQ:
	case RMI_EXIT_SERROR:
		return 1;
	case RMI_EXIT_PSCI:
	case RMI_EXIT_HOST_CALL:
		return rec_exit_smccc(vcpu);
	case RMI_EXIT_RIPAS_CHANGE:
		return rec_exit_ripas_change(vcpu);
	}

	kvm_pr_unimpl("Unsupported exit reason: %u\n", run->exit.exit_reason);
	vcpu->run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	return 0;
}
