/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the image exports: the user ABI of KVM and of the VMM's process, as one table.
 */
#include "env.h"
#include "inspect.h"
#include "kvm.h"
#include "mm.h"

#include <asm/kvm_emulate.h>
#include <sim/image.h>

#define SAME(a, b)                                                                \
	static_assert(offsetof(struct kvm_run, a) == offsetof(struct sim_run, b), \
		      "struct kvm_run is struct sim_run")
SAME(exit_reason, exit_reason);
SAME(memory_fault.size, memory_fault.size);
SAME(mmio.phys_addr, mmio.phys_addr);
SAME(mmio.data, mmio.data);
SAME(mmio.is_write, mmio.is_write);
SAME(internal.suberror, internal_suberror);
SAME(system_event.type, system_event_type);
static_assert(KVM_EXIT_MEMORY_FAULT == (int)SIM_EXIT_MEMORY_FAULT, "exit numbers");

static struct kvm *to_kvm(struct sim_kvm *kvm)
{
	return (struct kvm *)(void *)kvm;
}

/* For a machine that looks for races. */
static void in_kernel(int enters)
{
	if (env.ops->in_kernel)
		env.ops->in_kernel(env.host, enters);
}

/* The calling actor is a thread of the VM's process until process_leave(). */
static struct mm_struct *process_enter(struct kvm *kvm)
{
	struct mm_struct *before = current->mm;

	if (!before) {
		in_kernel(1);
		task_current()->bugged = false;
	}
	current->mm = kvm->mm;
	return before;
}

static int process_leave(struct mm_struct *before, int ret)
{
	if (!before) {
		task_must_hold_nothing();
		in_kernel(0);
	}
	current->mm = before;
	return ret;
}

/* A dead VM answers no ioctl. */
static bool is_dead(struct sim_kvm *kvm)
{
	return READ_ONCE(to_kvm(kvm)->vm_dead);
}

static int image_boot(const struct sim_host_ops *ops, void *host)
{
	int err;

	if (ops->abi != SIM_KERNEL_ABI || ops->size < sizeof(*ops))
		return -EINVAL;
	env.ops = ops;
	env.host = host;
	layout_check();
	err = page_alloc_init();
	if (err)
		return err;
	env.zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!env.zero_page)
		return -ENOMEM;
	__sim_set_bit(PG_reserved, &env.zero_page->flags);
	kvm_init_rmi();
	return static_key_enabled(&kvm_rmi_is_available) ? 0 : -ENODEV;
}

/* All memory is the world's arena, which goes with the world. */
static void image_shutdown(void)
{
	env.ops = NULL;
	env.host = NULL;
}

static int image_create_vm(unsigned int ia_bits, int realm, struct sim_kvm **out)
{
	struct kvm *kvm;
	int err = kvm_create_vm(ia_bits, realm, &kvm);

	if (!err)
		*out = (struct sim_kvm *)(void *)kvm;
	return err;
}

static void image_destroy_vm(struct sim_kvm *kvm)
{
	if (!kvm)
		return;
	process_enter(to_kvm(kvm));
	kvm_close_vm(to_kvm(kvm));
	slab_flush();
	in_kernel(0);
	current->mm = NULL;
}

static int image_create_vcpu(struct sim_kvm *kvm, unsigned int id, unsigned long long pc,
			     struct sim_kvm_vcpu **out)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));
	struct kvm_vcpu *vcpu;
	int err = is_dead(kvm) ? -EIO : kvm_vm_create_vcpu(to_kvm(kvm), id, pc, &vcpu);

	if (!err)
		*out = (struct sim_kvm_vcpu *)(void *)vcpu;
	return process_leave(before, err);
}

static int image_set_mp_state(struct sim_kvm_vcpu *vcpu, int runnable)
{
	struct kvm_vcpu *v = (struct kvm_vcpu *)(void *)vcpu;

	if (v->kvm->vm_dead)
		return -EIO;
	v->arch.mp_state.mp_state = runnable ? KVM_MP_STATE_RUNNABLE : KVM_MP_STATE_STOPPED;
	return 0;
}

static int image_create_guest_memfd(struct sim_kvm *kvm, unsigned long long size,
				    unsigned long long flags)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, is_dead(kvm) ? -EIO : gmem_create(to_kvm(kvm), size, flags));
}

/* An ordinary VM can have no other guest_memfd than one that can be mapped (sheet, G6). */
static int image_create_gmem(struct sim_kvm *kvm, unsigned long long size)
{
	return image_create_guest_memfd(
		kvm, size, to_kvm(kvm)->arch.is_realm ? 0 : SIM_GMEM_MMAP | SIM_GMEM_INIT_SHARED);
}

static int image_set_memory_region(struct sim_kvm *kvm, const struct sim_memslot *slot)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));
	struct kvm_userspace_memory_region2 mem = {
		.slot = slot->slot,
		.flags = slot->flags,
		.guest_phys_addr = slot->gpa,
		.memory_size = slot->size,
		.userspace_addr = slot->hva,
		.guest_memfd_offset = slot->gmem_offset,
		.guest_memfd = (u32)slot->gmem,
	};

	return process_leave(before,
			     is_dead(kvm) ? -EIO : kvm_vm_set_memory_region(to_kvm(kvm), &mem));
}

static int image_set_memory_attributes(struct sim_kvm *kvm, unsigned long long gpa,
				       unsigned long long size, unsigned long long attributes)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));
	struct kvm_memory_attributes attrs = {
		.address = gpa,
		.size = size,
		.attributes = attributes,
	};

	return process_leave(
		before, is_dead(kvm) ? -EIO : kvm_vm_ioctl_set_mem_attributes(to_kvm(kvm), &attrs));
}

static int image_get_memory_attributes(struct sim_kvm *kvm, unsigned long long gpa,
				       unsigned long long *attributes)
{
	*attributes = kvm_get_memory_attributes(to_kvm(kvm), gpa_to_gfn(gpa));
	return 0;
}

static int image_populate(struct sim_kvm *kvm, struct sim_populate *args)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));
	struct kvm_arm_rmi_populate populate = {
		.base = args->base,
		.size = args->size,
		.source_uaddr = args->source_hva,
		.flags = args->flags,
		.reserved = args->reserved,
	};
	int err = -ENOTTY;

	if (is_dead(kvm))
		err = -EIO;
	else if (to_kvm(kvm)->arch.is_realm)
		err = kvm_arm_rmi_populate(to_kvm(kvm), &populate);
	args->base = populate.base;
	args->size = populate.size;
	args->source_hva = populate.source_uaddr;
	return process_leave(before, err);
}

static int image_run(struct sim_kvm_vcpu *sim_vcpu, struct sim_run *run)
{
	struct kvm_vcpu *vcpu = (struct kvm_vcpu *)(void *)sim_vcpu;
	struct mm_struct *before = process_enter(vcpu->kvm);

	return process_leave(before, kvm_vcpu_run(vcpu, (struct kvm_run *)(void *)run));
}

static int image_fallocate(struct sim_kvm *kvm, int gmem, unsigned int mode,
			   unsigned long long offset, unsigned long long size)
{
	struct kvm_gmem_file *file = gmem_by_handle(to_kvm(kvm), gmem);
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, file ? gmem_fallocate(file, mode, offset, size) : -EBADF);
}

static int image_punch_hole(struct sim_kvm *kvm, int gmem, unsigned long long offset,
			    unsigned long long size)
{
	return image_fallocate(kvm, gmem, SIM_FALLOC_PUNCH_HOLE | SIM_FALLOC_KEEP_SIZE, offset,
			       size);
}

static int image_close_gmem(struct sim_kvm *kvm, int gmem)
{
	struct kvm_gmem_file *file = gmem_by_handle(to_kvm(kvm), gmem);
	struct mm_struct *before = process_enter(to_kvm(kvm));

	if (file)
		gmem_close(file);
	return process_leave(before, file ? 0 : -EBADF);
}

static int image_gmem_access(struct sim_kvm *kvm, int gmem, unsigned long long offset, void *buf,
			     unsigned long size, int write)
{
	struct kvm_gmem_file *file = gmem_by_handle(to_kvm(kvm), gmem);
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before,
			     file ? gmem_user_access(file, offset, buf, size, write) : -EBADF);
}

static int image_gmem_memory_failure(struct sim_kvm *kvm, int gmem, unsigned long long offset)
{
	struct kvm_gmem_file *file = gmem_by_handle(to_kvm(kvm), gmem);
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, file ? gmem_memory_failure(file, offset) : -EBADF);
}

static int image_get_dirty_log(struct sim_kvm *kvm, unsigned int slot, unsigned long *bitmap,
			       unsigned long longs)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before,
			     is_dead(kvm) ? -EIO
					  : kvm_vm_get_dirty_log(to_kvm(kvm), slot, bitmap, longs));
}

static void image_kill_vm(struct sim_kvm *kvm)
{
	kvm_vm_dead(to_kvm(kvm));
}

static vm_flags_t vm_flags(unsigned int prot)
{
	return (prot & SIM_PROT_READ ? VM_READ : 0) | (prot & SIM_PROT_WRITE ? VM_WRITE : 0);
}

static int image_map(struct sim_kvm *kvm, const struct sim_mapping *mapping)
{
	static const vm_flags_t kinds[] = {
		[SIM_MAP_ANON_PRIVATE] = 0,
		[SIM_MAP_ANON_SHARED] = VM_SHARED,
		[SIM_MAP_FILE_PRIVATE] = 0,
		[SIM_MAP_FILE_SHARED] = VM_SHARED,
		[SIM_MAP_HUGETLB_PRIVATE] = VM_HUGETLB,
		[SIM_MAP_HUGETLB_SHARED] = VM_HUGETLB | VM_SHARED,
		[SIM_MAP_DEVICE] = VM_PFNMAP | VM_IO | VM_SHARED,
		[SIM_MAP_DEVICE_NC] = VM_PFNMAP | VM_IO | VM_SHARED | VM_ALLOW_ANY_UNCACHED,
		[SIM_MAP_DEVICE_CACHED] = VM_PFNMAP | VM_IO | VM_SHARED,
	};
	struct mm_struct *before;
	struct mm_mapping map = {
		.start = mapping->hva,
		.size = mapping->size,
		.disk = mapping->kind == SIM_MAP_FILE_PRIVATE ||
			mapping->kind == SIM_MAP_FILE_SHARED,
		.pa = mapping->pa,
	};

	if ((unsigned int)mapping->kind >= ARRAY_SIZE(kinds))
		return -EINVAL;
	if (mapping->kind == SIM_MAP_DEVICE || mapping->kind == SIM_MAP_DEVICE_NC)
		map.memory_type = MT_DEVICE_nGnRE;
	map.flags = kinds[mapping->kind] | vm_flags(mapping->prot) | VM_MAYREAD | VM_MAYWRITE;
	if (map.flags & VM_HUGETLB)
		map.page_shift = mapping->page_size == PMD_SIZE   ? PMD_SHIFT
				 : mapping->page_size == PUD_SIZE ? PUD_SHIFT
								  : 0;
	else if (mapping->huge && !(map.flags & VM_PFNMAP))
		map.flags |= VM_HUGEPAGE;
	before = process_enter(to_kvm(kvm));
	return process_leave(before, mm_map(to_kvm(kvm)->mm, &map));
}

static int image_mmap(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
		      unsigned int prot, int shared)
{
	const struct sim_mapping mapping = {
		.hva = hva,
		.size = size,
		.kind = shared ? SIM_MAP_ANON_SHARED : SIM_MAP_ANON_PRIVATE,
		.prot = prot,
	};

	return image_map(kvm, &mapping);
}

static int image_madvise(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
			 int advice)
{
	struct mm_struct *before = process_enter(to_kvm(kvm)), *mm = to_kvm(kvm)->mm;
	int err = -EINVAL;

	if (advice == SIM_MADV_DONTNEED)
		err = mm_dontneed(mm, hva, size);
	else if (advice == SIM_MADV_COLLAPSE)
		err = mm_collapse(mm, hva, size);
	else if (advice == SIM_MADV_HUGEPAGE || advice == SIM_MADV_NOHUGEPAGE)
		err = mm_hugepage(mm, hva, size, advice == SIM_MADV_HUGEPAGE);
	return process_leave(before, err);
}

static int image_split(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mm_split(to_kvm(kvm)->mm, hva, size));
}

static int image_fork(struct sim_kvm *kvm)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mm_fork(to_kvm(kvm)->mm));
}

static int image_reap(struct sim_kvm *kvm)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mm_reap(to_kvm(kvm)->mm));
}

static int image_poison(struct sim_kvm *kvm, unsigned long long hva)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mm_poison(to_kvm(kvm)->mm, hva));
}

static int image_young(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
		       int clear)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mn_young(to_kvm(kvm)->mm, hva, hva + size, clear));
}

static int image_munmap(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mm_unmap(to_kvm(kvm)->mm, hva, size));
}

static int image_mprotect(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
			  unsigned int prot)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mm_protect(to_kvm(kvm)->mm, hva, size, vm_flags(prot)));
}

static int image_user_access(struct sim_kvm *kvm, unsigned long long hva, void *buf,
			     unsigned long size, int write)
{
	struct mm_struct *before = process_enter(to_kvm(kvm));

	return process_leave(before, mm_user_access(to_kvm(kvm)->mm, hva, buf, size, write));
}

static int place_zero_page(u64 pa)
{
	struct page *page;
	int err;

	if (page_to_phys(env.zero_page) == pa)
		return 0;
	if (page_count(env.zero_page) != 1)
		return -EBUSY;
	err = page_reserve(pa, PAGE_SIZE);
	if (err)
		return err;
	page = page_take_reserved(pa, 0, __GFP_ZERO, "zero page");
	__sim_set_bit(PG_reserved, &page->flags);
	page_put(env.zero_page, "zero page");
	env.zero_page = page;
	return 0;
}

static int image_place(struct sim_kvm *kvm, int gmem, unsigned long long at,
		       unsigned long long size, unsigned long long pa)
{
	struct kvm_gmem_file *file;

	if (gmem == -2)
		return place_zero_page(pa);
	if (gmem == -1)
		return placement_add(&to_sim_mm(to_kvm(kvm)->mm)->placed, at, size, pa);
	file = gmem_by_handle(to_kvm(kvm), gmem);
	return file ? gmem_place(file, at, size, pa) : -EBADF;
}

static void image_stats(struct sim_kernel_stats *stats)
{
	*stats = (struct sim_kernel_stats){
		.warns = env.warns,
		.pages_used = env.pages_used,
		.locks_held = env.locks_held,
		.pages_leaked = env.pages_leaked,
		.objects = env.objects,
	};
}

static unsigned long long image_realm_descriptor(struct sim_kvm *kvm)
{
	void *rd = layout_realm_rd(to_kvm(kvm));

	return rd ? virt_to_phys(rd) : 0;
}

static unsigned long long image_backing(struct sim_kvm *kvm, unsigned long long gpa, int private,
					unsigned int *flags)
{
	return inspect_backing(to_kvm(kvm), gpa, private, flags);
}

static enum sim_page_use image_page_use(unsigned long long pa)
{
	return page_use(pa);
}

static void image_inspect(struct sim_kvm *kvm)
{
	inspect_vm(to_kvm(kvm));
}

void *sim_kernel_machine;

__attribute__((visibility("default"))) extern const struct sim_kernel_image sim_kernel_image;
const struct sim_kernel_image sim_kernel_image = {
	.abi = SIM_KERNEL_ABI,
	.size = sizeof(struct sim_kernel_image),
	.name = sim_kernel_name,
	.page_shift = PAGE_SHIFT,
	.pgtable_levels = CONFIG_PGTABLE_LEVELS,
	.boot = image_boot,
	.shutdown = image_shutdown,
	.create_vm = image_create_vm,
	.destroy_vm = image_destroy_vm,
	.create_vcpu = image_create_vcpu,
	.create_gmem = image_create_gmem,
	.set_memory_region = image_set_memory_region,
	.set_memory_attributes = image_set_memory_attributes,
	.get_memory_attributes = image_get_memory_attributes,
	.populate = image_populate,
	.run = image_run,
	.punch_hole = image_punch_hole,
	.mmap = image_mmap,
	.munmap = image_munmap,
	.mprotect = image_mprotect,
	.user_access = image_user_access,
	.place = image_place,
	.stats = image_stats,
	.realm_descriptor = image_realm_descriptor,
	.set_mp_state = image_set_mp_state,
	.map = image_map,
	.madvise = image_madvise,
	.split = image_split,
	.fork = image_fork,
	.reap = image_reap,
	.poison = image_poison,
	.young = image_young,
	.create_guest_memfd = image_create_guest_memfd,
	.fallocate = image_fallocate,
	.close_gmem = image_close_gmem,
	.gmem_access = image_gmem_access,
	.gmem_memory_failure = image_gmem_memory_failure,
	.get_dirty_log = image_get_dirty_log,
	.kill_vm = image_kill_vm,
	.holders = task_holders,
	.backing = image_backing,
	.page_use = image_page_use,
	.inspect = image_inspect,
	.machine = &sim_kernel_machine,
};
