// SPDX-License-Identifier: GPL-2.0-only
/*
 * RIPAS changes, and populating a realm before it is activated.
 *
 * Part of the kernel's rmi.c (series v14 with the fixes of docs/porting.md).
 */
#include <linux/align.h>
#include <linux/arm-rmi-cmds.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <asm/kvm_emulate.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/kvm_rmi.h>

#include "rmi.h"

enum ripas_action { RIPAS_INIT, RIPAS_SET };

static unsigned long ripas_change_once(struct realm *realm, struct kvm_vcpu *vcpu,
				       unsigned long ipa, unsigned long end, unsigned long *next)
{
	phys_addr_t rd = realm_rd_phys(realm);

	if (vcpu)
		return rmi_rtt_set_ripas(rd, virt_to_phys(vcpu->arch.rec.rec_page), ipa, end, next);
	return rmi_rtt_init_ripas(rd, ipa, end, next);
}

/* Make the tables that a RIPAS change of part of an entry needs. */
static int ripas_make_tables(struct realm *realm, struct kvm_vcpu *vcpu, unsigned long ipa,
			     int err_level, int level)
{
	struct kvm_mmu_memory_cache *memcache = vcpu ? &vcpu->arch.mmu_page_cache : NULL;

	/* One lock hold may need more than one top-up gives: the caller tops up and goes on. */
	if (memcache && memcache->nobjs < level - err_level)
		return -ENOMEM;
	return realm_create_rtt_levels(realm, ipa, err_level, level, memcache);
}

/*
 * Change the RIPAS of [ipa, end): as the realm asked through vcpu (RIPAS_SET), or to RAM before the realm
 * runs (RIPAS_INIT, no vcpu). *top_ipa is always written: [ipa, *top_ipa) is done. 0, -ENOMEM or -ENXIO.
 */
static int ripas_change(struct kvm *kvm, struct kvm_vcpu *vcpu, unsigned long ipa,
			unsigned long end, enum ripas_action action, unsigned long *top_ipa)
{
	struct realm *realm = &kvm->arch.realm;
	int last_level = -1, ret = 0;

	if (WARN_ON((action == RIPAS_SET) != !!vcpu))
		ret = -EINVAL;

	while (!ret && ipa < end) {
		unsigned long next = ipa;
		unsigned long status = ripas_change_once(realm, vcpu, ipa, end, &next);
		int err_level = RMI_RETURN_INDEX(status);
		int level = find_map_level(realm, ipa, end);

		switch (RMI_RETURN_STATUS(status)) {
		case RMI_SUCCESS:
			if (WARN_ON(next <= ipa || next > end)) {
				ret = -ENXIO;
				break;
			}
			ipa = next;
			last_level = -1;
			break;
		case RMI_ERROR_RTT:
			/* tables are made once for each level, or this would never end */
			if (WARN_ON_ONCE(err_level >= level || err_level <= last_level)) {
				ret = -ENXIO;
				break;
			}
			ret = ripas_make_tables(realm, vcpu, ipa, err_level, level);
			last_level = err_level;
			break;
		default:
			WARN(1, "RIPAS change: 0x%lx\n", status);
			ret = -ENXIO;
		}
	}

	*top_ipa = ipa;
	return ret;
}

/* Make every slot with guest_memfd RAM, before activation. Caller holds slots_lock. */
int set_ripas_of_protected_regions(struct kvm *kvm)
{
	struct kvm_memory_slot *memslot;
	struct kvm_memslots *slots;
	int idx, bkt, ret = 0;

	idx = srcu_read_lock(&kvm->srcu);
	slots = kvm_memslots(kvm);
	kvm_for_each_memslot(memslot, bkt, slots) {
		unsigned long top, base = gfn_to_gpa(memslot->base_gfn);

		if (!kvm_slot_has_gmem(memslot))
			continue;
		ret = ripas_change(kvm, NULL, base, base + (memslot->npages << PAGE_SHIFT),
				   RIPAS_INIT, &top);
		if (ret)
			break;
	}
	srcu_read_unlock(&kvm->srcu, idx);
	return ret;
}

/* mmu_lock is held for write and not dropped. */
static int realm_set_ipa_state(struct kvm_vcpu *vcpu, unsigned long start, unsigned long end,
			       unsigned long ripas, unsigned long *top_ipa)
{
	struct kvm *kvm = vcpu->kvm;
	int ret = ripas_change(kvm, vcpu, start, end, RIPAS_SET, top_ipa);

	/* also when only part was changed: that part is EMPTY now */
	if (ripas == RMI_EMPTY && *top_ipa != start)
		realm_unmap_private_range(kvm, start, *top_ipa, false);
	return ret;
}

/*
 * Carry out the RIPAS change that the last exit asked for. exit.ripas_base follows, so that a repeated
 * call goes on where this one ended. 0: the REC may be entered, the RMM knows how far the change got.
 * -ENOMEM: not even a page's worth could be done for want of memory.
 */
int kvm_complete_ripas_change(struct kvm_vcpu *vcpu)
{
	struct kvm *kvm = vcpu->kvm;
	struct realm_rec *rec = &vcpu->arch.rec;
	unsigned long base = rec->run->exit.ripas_base;
	unsigned long top = rec->run->exit.ripas_top;
	unsigned long ripas = rec->run->exit.ripas_value;
	int ret = 0;

	while (base < top) {
		unsigned long top_ipa;
		bool progress;

		ret = kvm_mmu_topup_memory_cache(&vcpu->arch.mmu_page_cache,
						 kvm_mmu_cache_min_pages(vcpu->arch.hw_mmu));
		if (ret)
			break;

		write_lock(&kvm->mmu_lock);
		ret = realm_set_ipa_state(vcpu, base, top, ripas, &top_ipa);
		write_unlock(&kvm->mmu_lock);

		progress = top_ipa > base;
		base = top_ipa;
		if (ret == -ENOMEM && progress)
			ret = 0;
		if (ret)
			break;
	}

	rec->run->exit.ripas_base = base;
	if (WARN_RATELIMIT(ret && ret != -ENOMEM,
			   "Unable to satisfy RIPAS_CHANGE for 0x%lx - 0x%lx\n", base, top))
		ret = 0;
	return ret;
}

/* Is ipa mapped to this page already, or to the block that it is in? */
bool realm_data_is_mapped(struct realm *realm, unsigned long ipa, phys_addr_t phys)
{
	struct rmi_rtt_entry entry;
	unsigned long offset;

	if (rmi_rtt_read_entry(realm_rd_phys(realm), ipa, 3, &entry) != RMI_SUCCESS)
		return false;
	offset = ipa & (rmi_rtt_level_mapsize(entry.level) - 1);
	return entry.state == RMI_RTT_ENTRY_DATA &&
	       (entry.desc & RMI_ADDR_RANGE_ADDR_MASK) + offset == phys;
}

/* Give one page with the content of src to the realm. 0 or -errno; on failure it is the host's again. */
static int realm_data_map_init(struct kvm *kvm, unsigned long ipa, kvm_pfn_t dst_pfn,
			       kvm_pfn_t src_pfn, unsigned long flags)
{
	struct realm *realm = &kvm->arch.realm;
	phys_addr_t rd = realm_rd_phys(realm);
	phys_addr_t dst = __pfn_to_phys(dst_pfn), src = __pfn_to_phys(src_pfn);
	unsigned long ret;
	int err = -ENXIO;

	if (rmi_delegate_page(dst))
		return -ENXIO;

	ret = rmi_rtt_data_map_init(rd, dst, ipa, src, flags);
	if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT && RMI_RETURN_INDEX(ret) < 3) {
		err = realm_create_rtt_levels(realm, ipa, RMI_RETURN_INDEX(ret), 3, NULL);
		if (err)
			goto err_undelegate;
		err = -ENXIO;
		ret = rmi_rtt_data_map_init(rd, dst, ipa, src, flags);
	}
	if (RMI_RETURN_STATUS(ret) == RMI_SUCCESS)
		return 0;

	/* An RMM that skips delegated granules lets a page that is mapped here come so far. */
	if (RMI_RETURN_STATUS(ret) == RMI_ERROR_RTT && realm_data_is_mapped(realm, ipa, dst))
		return -EEXIST;

err_undelegate:
	if (WARN_ON(rmi_undelegate_page(dst)))
		get_page(pfn_to_page(dst_pfn));
	return err;
}

static int populate_region_cb(struct kvm *kvm, gfn_t gfn, kvm_pfn_t pfn, struct page *src_page,
			      void *opaque)
{
	unsigned long data_flags = *(unsigned long *)opaque;

	if (!src_page)
		return -EOPNOTSUPP;
	return realm_data_map_init(kvm, gfn_to_gpa(gfn), pfn, page_to_pfn(src_page), data_flags);
}

static int populate_check_args(struct kvm *kvm, const struct kvm_arm_rmi_populate *args)
{
	unsigned long half = kvm_realm_shared_bit(&kvm->arch.realm);

	if (args->reserved || (args->flags & ~KVM_ARM_RMI_POPULATE_FLAGS_MEASURE))
		return -EINVAL;
	if (!PAGE_ALIGNED(args->base) || !PAGE_ALIGNED(args->size) ||
	    !PAGE_ALIGNED(args->source_uaddr))
		return -EINVAL;
	/* all of it in the private half; nothing at all is fine anywhere in it */
	if (args->base >= half || args->size > half - args->base)
		return -EINVAL;
	if (args->source_uaddr + args->size < args->source_uaddr)
		return -EINVAL;
	return 0;
}

/*
 * KVM_ARM_RMI_POPULATE: give pages with the content of the source to a realm that is not active yet. The
 * realm is created if it is not. 0 with args advanced by what was done, or -errno with nothing done.
 */
int kvm_arm_rmi_populate(struct kvm *kvm, struct kvm_arm_rmi_populate *args)
{
	unsigned long data_flags = 0;
	long done = 0;
	int ret = populate_check_args(kvm, args);

	if (ret)
		return ret;
	if (args->flags & KVM_ARM_RMI_POPULATE_FLAGS_MEASURE)
		data_flags |= RMI_MEASURE_CONTENT;

	mutex_lock(&kvm->slots_lock);
	mutex_lock(&kvm->arch.config_lock);
	ret = realm_ensure_created(kvm);
	if (!ret && args->size)
		done = kvm_gmem_populate(kvm, gpa_to_gfn(args->base),
					 u64_to_user_ptr(args->source_uaddr),
					 args->size >> PAGE_SHIFT, populate_region_cb, &data_flags);
	mutex_unlock(&kvm->arch.config_lock);
	mutex_unlock(&kvm->slots_lock);

	if (ret)
		return ret;
	if (done < 0)
		return done;
	args->base += done << PAGE_SHIFT;
	args->size -= done << PAGE_SHIFT;
	args->source_uaddr += done << PAGE_SHIFT;
	return 0;
}
