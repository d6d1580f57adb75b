// SPDX-License-Identifier: GPL-2.0-only
/*
 * Realms: creation, activation and destruction, and their RECs.
 *
 * Part of the kernel's rmi.c (series v14 with the fixes of docs/porting.md); tables are in rmi-rtt.c,
 * mappings in rmi-map.c, RIPAS and population in rmi-ripas.c.
 */
#include <linux/arm-rmi-cmds.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/jump_label.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>

#include "rmi.h"

DEFINE_STATIC_KEY_FALSE(kvm_rmi_is_available);

/* Find an RMM; without one realms are not available and everything else works as ever. */
void kvm_init_rmi(void)
{
	if (rmi_probe())
		return;
	static_branch_enable(&kvm_rmi_is_available);
}

/* Largest IPA width of a realm, bits. */
u32 kvm_realm_ipa_limit(void)
{
	return FIELD_GET(RMI_FEATURE_REGISTER_0_S2SZ, rmi_feat_reg(0));
}

int kvm_init_realm(struct kvm *kvm)
{
	struct realm *realm = &kvm->arch.realm;

	realm->ia_bits = VTCR_EL2_IPA(kvm->arch.mmu.vtcr);
	WRITE_ONCE(realm->state, REALM_STATE_NONE);
	return 0;
}

/* Undelegate [phys, phys + size): on failure the caller must not use or free it. */
static int realm_undelegate(phys_addr_t phys, unsigned long size)
{
	if (!size)
		return 0;
	return WARN_ON(rmi_undelegate_range(phys, size)) ? -EBUSY : 0;
}

static void realm_fill_params(struct kvm *kvm, struct realm_params *params)
{
	struct realm *realm = &kvm->arch.realm;
	u64 dfr0 = kvm_read_vm_id_reg(kvm, SYS_ID_AA64DFR0_EL1);

	params->s2sz = realm->ia_bits;
	params->rtt_level_start = get_start_level(realm);
	params->rtt_num_start = kvm_pgtable_stage2_pgd_size(kvm->arch.mmu.vtcr) / PAGE_SIZE;
	params->rtt_base = kvm->arch.mmu.pgd_phys;
	params->num_bps = SYS_FIELD_GET(ID_AA64DFR0_EL1, BRPs, dfr0);
	params->num_wps = SYS_FIELD_GET(ID_AA64DFR0_EL1, WRPs, dfr0);
	if (kvm_lpa2_is_enabled())
		params->flags0 |= RMI_REALM_PARAM_FLAG_LPA2;
}

/* RMI_REALM_CREATE with a parameter page of its own. */
static int realm_create_call(struct kvm *kvm, phys_addr_t rd_phys)
{
	struct realm_params *params = (struct realm_params *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	int ret;

	if (!params)
		return -ENOMEM;
	realm_fill_params(kvm, params);
	ret = rmi_realm_create(rd_phys, virt_to_phys(params), kvm->arch.realm.sro);
	free_page((unsigned long)params);
	return ret;
}

static int realm_create_rd(struct kvm *kvm)
{
	struct realm *realm = &kvm->arch.realm;
	phys_addr_t pgd = kvm->arch.mmu.pgd_phys, pgd_delegated, rd_phys;
	unsigned long pgd_size = kvm_pgtable_stage2_pgd_size(kvm->arch.mmu.vtcr);
	void *rd;
	int ret;

	if (WARN_ON(realm->rd))
		return -EEXIST;

	/* kept for REALM_DESTROY, which must not fail for want of memory */
	if (!realm->sro)
		realm->sro = rmi_sro_alloc(GFP_KERNEL_ACCOUNT);
	rd = (void *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (!rd || !realm->sro) {
		free_page((unsigned long)rd);
		return -ENOMEM;
	}
	rd_phys = virt_to_phys(rd);
	if (rmi_delegate_page(rd_phys)) {
		free_page((unsigned long)rd);
		return -ENXIO;
	}

	ret = rmi_delegate_range(pgd, pgd_size, &pgd_delegated) ? -ENXIO : 0;
	if (!ret)
		ret = realm_create_call(kvm, rd_phys);
	if (ret)
		goto err_undelegate;

	realm->rd = rd;
	WRITE_ONCE(realm->state, REALM_STATE_NEW);
	return 0;

err_undelegate:
	/* only what this call delegated; a root table that stays with the RMM must not be freed */
	if (realm_undelegate(pgd, pgd_delegated - pgd))
		kvm->arch.mmu.pgt = NULL;
	rmi_free_delegated_page(rd_phys);
	return ret;
}

/* Create the realm's RD on first need. config_lock is held. */
int realm_ensure_created(struct kvm *kvm)
{
	lockdep_assert_held(&kvm->arch.config_lock);

	switch (kvm_realm_state(kvm)) {
	case REALM_STATE_NONE:
		return realm_create_rd(kvm);
	case REALM_STATE_NEW:
		return 0;
	case REALM_STATE_DEAD:
		return -ENXIO;
	default:
		return -EBUSY;
	}
}

static void rec_fill_params(struct kvm_vcpu *vcpu, struct rec_params *params)
{
	int i;

	if (vcpu->arch.mp_state.mp_state == KVM_MP_STATE_RUNNABLE)
		params->flags |= REC_PARAMS_FLAG_RUNNABLE;
	params->mpidr = vcpu->arch.rec.mpidr;
	params->pc = vcpu_gp_regs(vcpu)->pc;
	for (i = 0; i < REC_CREATE_NR_GPRS; i++)
		params->gprs[i] = vcpu_get_reg(vcpu, i);
}

/* RMI_REC_CREATE with a parameter page of its own. */
static int rec_create_call(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = &vcpu->arch.rec;
	struct rec_params *params = (struct rec_params *)get_zeroed_page(GFP_KERNEL);
	int ret;

	if (!params)
		return -ENOMEM;
	rec_fill_params(vcpu, params);
	ret = rmi_rec_create(realm_rd_phys(&vcpu->kvm->arch.realm), virt_to_phys(rec->rec_page),
			     virt_to_phys(params), rec->sro);
	free_page((unsigned long)params);
	return ret;
}

/* Free what a REC consists of on the host's side and forget it. */
static void rec_forget(struct realm_rec *rec)
{
	free_page((unsigned long)rec->run);
	rmi_sro_free(rec->sro);
	*rec = (struct realm_rec){ 0 };
}

/* config_lock is held; the realm is created and not yet active. */
int kvm_create_rec(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = &vcpu->arch.rec;
	int ret = -ENOMEM;

	if (rec->run)
		return -EBUSY;
	/* a REC's secondary CPUs are started by the RMM through PSCI 0.2 or later */
	if (!vcpu_has_feature(vcpu, KVM_ARM_VCPU_PSCI_0_2))
		return -EINVAL;

	_Static_assert(sizeof(struct rec_run) <= PAGE_SIZE, "the run object is one granule");
	rec->mpidr = kvm_vcpu_get_mpidr_aff(vcpu);
	rec->rec_page = (void *)__get_free_page(GFP_KERNEL);
	rec->run = (void *)get_zeroed_page(GFP_KERNEL);
	rec->sro = rmi_sro_alloc(GFP_KERNEL);
	if (!rec->rec_page || !rec->run || !rec->sro)
		goto err_free;

	ret = -ENXIO;
	if (rmi_delegate_page(virt_to_phys(rec->rec_page)))
		goto err_free;
	ret = rec_create_call(vcpu);
	if (!ret)
		return 0;
	rmi_free_delegated_page(virt_to_phys(rec->rec_page));
	rec_forget(rec);
	return ret;

err_free:
	free_page((unsigned long)rec->rec_page);
	rec_forget(rec);
	return ret;
}

/* Nobody runs the vCPU any more. A REC that the RMM does not let go of leaks. */
void kvm_destroy_rec(struct kvm_vcpu *vcpu)
{
	struct realm_rec *rec = &vcpu->arch.rec;

	if (!vcpu_is_rec(vcpu) || !rec->run)
		return;
	if (WARN_ON(rmi_rec_destroy(virt_to_phys(rec->rec_page), rec->sro)))
		return;

	rmi_sro_free(rec->sro);
	rec->sro = NULL;
	rmi_free_delegated_page(virt_to_phys(rec->rec_page));
	rec_forget(rec);
}

static int realm_activate_locked(struct kvm *kvm)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;
	int ret = realm_ensure_created(kvm);

	if (ret)
		return ret;

	/* a failure from here on is final */
	WRITE_ONCE(kvm->arch.realm.state, REALM_STATE_DEAD);

	kvm_for_each_vcpu(i, vcpu, kvm) {
		ret = kvm_create_rec(vcpu);
		if (ret)
			return ret;
	}
	ret = set_ripas_of_protected_regions(kvm);
	if (ret)
		return ret;
	if (rmi_realm_activate(realm_rd_phys(&kvm->arch.realm)) != RMI_SUCCESS)
		return -ENXIO;

	WRITE_ONCE(kvm->arch.realm.state, REALM_STATE_ACTIVE);
	return 0;
}

/* Before a vCPU thread runs first: create the RECs, set the RIPAS of protected memory, activate. */
int kvm_activate_realm(struct kvm *kvm)
{
	int ret = 0;

	/* not more: while another vCPU activates, the state is DEAD, and its end must be waited for */
	if (kvm_realm_state(kvm) == REALM_STATE_ACTIVE)
		return 0;

	mutex_lock(&kvm->slots_lock);
	mutex_lock(&kvm->arch.config_lock);
	/* somebody else may have been here first */
	if (kvm_realm_state(kvm) < REALM_STATE_ACTIVE)
		ret = realm_activate_locked(kvm);
	mutex_unlock(&kvm->arch.config_lock);
	mutex_unlock(&kvm->slots_lock);
	return ret;
}

/*
 * The VMM's address space goes away: unmap everything and destroy the tables. The RECs and the RD stay
 * until the VM is destroyed.
 */
void kvm_realm_uninit_stage2(struct kvm *kvm)
{
	if (kvm_realm_state(kvm) != REALM_STATE_ACTIVE)
		return;

	write_lock(&kvm->mmu_lock);
	kvm_stage2_unmap_range(&kvm->arch.mmu, 0, kvm_realm_shared_bit(&kvm->arch.realm), true);
	write_unlock(&kvm->mmu_lock);
	kvm_realm_destroy_rtts(kvm);
}

/* RMI_REALM_DESTROY, and everything it was made of back to the host. -errno: leaked. */
static int realm_destroy_rd(struct kvm *kvm)
{
	struct realm *realm = &kvm->arch.realm;
	unsigned long pgd_size = kvm_pgtable_stage2_pgd_size(kvm->arch.mmu.vtcr);

	if (WARN_ON(rmi_realm_destroy(realm_rd_phys(realm), realm->sro)))
		return -ENXIO;

	rmi_sro_free(realm->sro);
	realm->sro = NULL;
	rmi_free_delegated_page(realm_rd_phys(realm));
	realm->rd = NULL;
	return realm_undelegate(kvm->arch.mmu.pgd_phys, pgd_size);
}

/* The VM goes away; its RECs have been destroyed. What the RMM does not let go of leaks. */
void kvm_destroy_realm(struct kvm *kvm)
{
	struct realm *realm = &kvm->arch.realm;

	if (!kvm_realm_is_created(kvm)) {
		rmi_sro_free(realm->sro);
		realm->sro = NULL;
		kvm_free_stage2_pgd(&kvm->arch.mmu);
		return;
	}

	WRITE_ONCE(realm->state, REALM_STATE_DYING);

	write_lock(&kvm->mmu_lock);
	kvm_stage2_unmap_range(&kvm->arch.mmu, 0, kvm_realm_shared_bit(realm), true);
	write_unlock(&kvm->mmu_lock);

	if (WARN_ON(rmi_realm_terminate(realm_rd_phys(realm)) != RMI_SUCCESS))
		return;
	kvm_realm_destroy_rtts(kvm);
	if (realm_destroy_rd(kvm))
		return;

	WRITE_ONCE(realm->state, REALM_STATE_DEAD);
	kvm_free_stage2_pgd(&kvm->arch.mmu);
}
