/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seam between a kernel image and the machine it runs on.
 *
 * The only header that both sides include: plain C, no other header, no kernel name, no libc name.
 * An image exports `sim_kernel_image` (and, for tests, `sim_kernel_probe`) and gets everything else
 * through the table that image->boot() receives. All calls into an image are made by the thread that
 * holds the baton; an image never creates threads.
 */
#ifndef RMISIM_HOST_H
#define RMISIM_HOST_H

#define SIM_KERNEL_ABI 1

struct sim_regs {
	unsigned long long x[18];
};

/* What an image tells the event stream. */
enum sim_note {
	SIM_NOTE_ASK,   /* a kernel-named predicate or lookup was asked and answered */
	SIM_NOTE_LOCK,  /* lock operation */
	SIM_NOTE_PAGE,  /* page allocator, memcache */
	SIM_NOTE_LOG,   /* printk */
	SIM_NOTE_WARN,  /* WARN_ON and friends: counted */
	SIM_NOTE_MM,    /* process memory, notifier, guest_memfd */
	SIM_NOTE_ABORT, /* kvm_handle_guest_abort begins or ends */
};

/* What the machine offers an image. `host` is the machine's own pointer, passed back unchanged. */
struct sim_host_ops {
	unsigned abi, size;

	/* SMC #0 on the current CPU: a scheduling point, then the model. */
	void (*smc)(void *host, struct sim_regs *regs);

	/* Physical memory: banks in ascending order, 0 = the bank exists. */
	int (*bank)(void *host, unsigned i, unsigned long long *base, unsigned long long *size);
	void *(*phys_to_virt)(void *host, unsigned long long pa);
	/* ~0 when the pointer is not into physical memory. */
	unsigned long long (*virt_to_phys)(void *host, const void *va);
	/* 1 = all of the range is Non-secure PAS: the host may touch it. */
	int (*may_access)(void *host, unsigned long long pa, unsigned long long size);

	/* Zeroed memory from the world's arena; NULL when exhausted. */
	void *(*alloc)(void *host, unsigned long size);
	void (*free)(void *host, void *p, unsigned long size);

	/* The running actor: 0 is the scenario itself, then spawned CPUs and host threads. */
	unsigned (*actor)(void *host);
	/* A place where another actor may run. */
	void (*sched)(void *host, const char *label);
	/* Sleep until woken for `on` (then look again), and wake all that sleep on it. */
	void (*block)(void *host, const void *on, const char *label);
	void (*wake)(void *host, const void *on);
	/* Something undecided: 0 <= result < n, 0 is what usually happens. */
	unsigned (*choose)(void *host, const char *kind, unsigned n, const char *label);

	/* One line of the event stream; `name` the predicate, call or lock, `caller` the asking function. */
	void (*note)(void *host, enum sim_note kind, const char *name, const char *caller,
		     const char *fmt, __builtin_va_list ap);
	/* A contract is broken: ends the run, does not return. */
	void (*violation)(void *host, const char *check, const char *fmt, __builtin_va_list ap)
		__attribute__((noreturn));
	/* snprintf, as the C library does it. */
	int (*vsnprintf)(char *buf, unsigned long size, const char *fmt, __builtin_va_list ap);
	/* A contract of check.h is broken, by name; the run goes on. */
	void (*breach)(void *host, const char *contract, const char *fmt, __builtin_va_list ap);
	/*
	 * Nothing of [gpa, gpa + size) shall be mapped in the realm at rd by now: filter bit 0 shared, bit 1
	 * private alias.
	 */
	void (*unmapped)(void *host, unsigned long long rd, unsigned long long gpa,
			 unsigned long long size, unsigned filter);
	/* A call of user space enters (1) or leaves the kernel: in between its accesses may race. May be NULL. */
	void (*in_kernel)(void *host, int enters);
	/* A failure, "fail" or "legal": as choose(), and the function in which it happens. May be NULL. */
	unsigned (*choose_at)(void *host, const char *kind, unsigned n, const char *label,
			      const char *caller);
	/* The page allocator hands out the highest address of a bank first. */
	int pages_downwards;
};

/* User ABI of KVM, as far as a VMM model needs it; numbers are the kernel's. */
enum {
	SIM_EXIT_UNKNOWN = 0,
	SIM_EXIT_MMIO = 6,
	SIM_EXIT_SHUTDOWN = 8,
	SIM_EXIT_INTR = 10,
	SIM_EXIT_INTERNAL_ERROR = 17,
	SIM_EXIT_SYSTEM_EVENT = 24,
	SIM_EXIT_MEMORY_FAULT = 39,
};

#define SIM_MEMORY_EXIT_FLAG_PRIVATE (1ull << 3)
#define SIM_MEMORY_ATTRIBUTE_PRIVATE (1ull << 3)

/* struct kvm_run */
struct sim_run {
	unsigned immediate_exit; /* in: return -EINTR at the next chance (a pending signal) */
	unsigned exit_reason;
	struct {
		unsigned long long flags, gpa, size;
	} memory_fault;
	struct {
		unsigned long long phys_addr;
		unsigned char data[8];
		unsigned len, is_write;
	} mmio;
	unsigned internal_suberror;
	unsigned system_event_type;
};

#define SIM_MEM_LOG_DIRTY   (1u << 0)
#define SIM_MEM_READONLY    (1u << 1)
#define SIM_MEM_GUEST_MEMFD (1u << 2)

/* KVM_CREATE_GUEST_MEMFD */
#define SIM_GMEM_MMAP        (1u << 0)
#define SIM_GMEM_INIT_SHARED (1u << 1)

/* fallocate() */
#define SIM_FALLOC_KEEP_SIZE  1u
#define SIM_FALLOC_PUNCH_HOLE 2u

struct sim_memslot {
	unsigned slot, flags;
	unsigned long long gpa, size; /* size 0 deletes */
	unsigned long long hva;
	unsigned long long gmem_offset;
	int gmem; /* handle from create_gmem, with SIM_MEM_GUEST_MEMFD */
};

/* struct kvm_arm_rmi_populate */
struct sim_populate {
	unsigned long long base, size, source_hva;
	unsigned flags, reserved; /* flags bit 0: measure */
};

#define SIM_PROT_READ  1u
#define SIM_PROT_WRITE 2u

/* What a mapping of the VMM shows. */
enum sim_map_kind {
	SIM_MAP_ANON_PRIVATE,
	SIM_MAP_ANON_SHARED, /* or shmem, memfd */
	SIM_MAP_FILE_PRIVATE,
	SIM_MAP_FILE_SHARED,
	SIM_MAP_HUGETLB_PRIVATE,
	SIM_MAP_HUGETLB_SHARED,
	SIM_MAP_DEVICE,        /* PFN-mapped, device memory */
	SIM_MAP_DEVICE_NC,     /* PFN-mapped, normal non-cacheable memory for whoever wants it so */
	SIM_MAP_DEVICE_CACHED, /* PFN-mapped, cacheable */
};

struct sim_mapping {
	unsigned long long hva, size;
	enum sim_map_kind kind;
	unsigned prot;
	int huge;                     /* transparent huge pages are wanted */
	unsigned long long page_size; /* HUGETLB: that of the level-2 or level-1 entry */
	unsigned long long pa;        /* DEVICE: of hva */
};

/* The numbers of madvise(). */
#define SIM_MADV_DONTNEED   4
#define SIM_MADV_HUGEPAGE   14
#define SIM_MADV_NOHUGEPAGE 15
#define SIM_MADV_COLLAPSE   25

/* Somebody who has a lock, or is in a section that others wait for the end of. */
struct sim_holder {
	unsigned actor;
	const char *caller; /* the function that took it, or NULL */
};

struct sim_kvm;
struct sim_kvm_vcpu;

/* What `backing` says of a page. */
#define SIM_BACKING_WRITE        (1u << 0) /* the guest may be allowed to write to it */
#define SIM_BACKING_CHANGING     (1u << 1) /* its memslot is just being changed: nothing is said */
#define SIM_BACKING_INVALIDATING (1u << 2) /* an invalidation is in progress */
#define SIM_BACKING_ZERO         (1u << 3) /* it is the zero page */

/* What a page is used for. */
enum sim_page_use {
	SIM_PAGE_UNKNOWN, /* no memory of the allocator's, or never allocated and kept out of it */
	SIM_PAGE_FREE,
	SIM_PAGE_KERNEL,
	SIM_PAGE_USER,
	SIM_PAGE_FOLIO, /* of guest_memfd */
	SIM_PAGE_KEPT,  /* kept back: nobody will use it again */
};

struct sim_kernel_stats {
	unsigned long long warns;      /* WARN* that fired */
	unsigned long long pages_used; /* pages out of the allocator */
	unsigned long long locks_held;
	unsigned long long pages_leaked; /* kept back on purpose after a failed undelegation */
	unsigned long long objects;      /* of kmalloc() */
};

/* Everything returns 0 (or a count) or a negative errno of the kernel's numbering (the generic one). */
struct sim_kernel_image {
	unsigned abi, size;
	const char *name; /* "4k", "v14-posted", "B018" */
	unsigned page_shift, pgtable_levels;

	/* Probe the RMM, configure and activate it, check tracking. -ENODEV: realms cannot be had. */
	int (*boot)(const struct sim_host_ops *ops, void *host);
	void (*shutdown)(void);

	int (*create_vm)(unsigned ia_bits, int realm, struct sim_kvm **kvm);
	/* Last close: mm release (flush_shadow_all), vCPUs, VM, guest_memfds. */
	void (*destroy_vm)(struct sim_kvm *kvm);
	int (*create_vcpu)(struct sim_kvm *kvm, unsigned id, unsigned long long pc,
			   struct sim_kvm_vcpu **vcpu);
	int (*create_gmem)(struct sim_kvm *kvm, unsigned long long size);
	int (*set_memory_region)(struct sim_kvm *kvm, const struct sim_memslot *slot);
	int (*set_memory_attributes)(struct sim_kvm *kvm, unsigned long long gpa,
				     unsigned long long size, unsigned long long attributes);
	int (*get_memory_attributes)(struct sim_kvm *kvm, unsigned long long gpa,
				     unsigned long long *attributes);
	int (*populate)(struct sim_kvm *kvm, struct sim_populate *args);
	int (*run)(struct sim_kvm_vcpu *vcpu, struct sim_run *run);
	int (*punch_hole)(struct sim_kvm *kvm, int gmem, unsigned long long offset,
			  unsigned long long size);

	/* The VMM's address space. */
	int (*mmap)(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
		    unsigned prot, int shared);
	int (*munmap)(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size);
	int (*mprotect)(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
			unsigned prot);
	/* Load or store by the VMM through its own mapping. */
	int (*user_access)(struct sim_kvm *kvm, unsigned long long hva, void *buf,
			   unsigned long size, int write);

	/*
	 * Placement, for golden tests: the pages that back [at, at+size) shall be those at pa.. .
	 * `gmem` >= 0: `at` is an offset in that guest_memfd; -1: an hva; -2: the zero page (size ignored).
	 */
	int (*place)(struct sim_kvm *kvm, int gmem, unsigned long long at, unsigned long long size,
		     unsigned long long pa);

	void (*stats)(struct sim_kernel_stats *stats);
	/* PA of the realm's descriptor, 0 before it is created. */
	unsigned long long (*realm_descriptor)(struct sim_kvm *kvm);
	/* KVM_SET_MP_STATE before the first run: vCPU 0 is runnable, others wait for PSCI_CPU_ON unless told. */
	int (*set_mp_state)(struct sim_kvm_vcpu *vcpu, int runnable);

	/* A mapping of any kind; mmap() makes anonymous ones of pages. */
	int (*map)(struct sim_kvm *kvm, const struct sim_mapping *mapping);
	int (*madvise)(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
		       int advice);
	/* Huge pages of the range are mapped by pages: what memory pressure, or a partial change, does. */
	int (*split)(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size);
	/*
	 * fork() of the VMM: private pages are read-only and shared with the child until it has ended; then
	 * they are still read-only, and nobody else's.
	 */
	int (*fork)(struct sim_kvm *kvm);
	int (*reap)(struct sim_kvm *kvm);
	/* The memory behind hva is broken. */
	int (*poison)(struct sim_kvm *kvm, unsigned long long hva);
	/* 1: a guest has used the range since it was last cleared, as far as KVM can tell. */
	int (*young)(struct sim_kvm *kvm, unsigned long long hva, unsigned long long size,
		     int clear);
	/* create_gmem() with flags of SIM_GMEM_*. */
	int (*create_guest_memfd)(struct sim_kvm *kvm, unsigned long long size,
				  unsigned long long flags);
	int (*fallocate)(struct sim_kvm *kvm, int gmem, unsigned mode, unsigned long long offset,
			 unsigned long long size);
	/* The last close of the file, before that of the VM. */
	int (*close_gmem)(struct sim_kvm *kvm, int gmem);
	/* Load or store by the VMM through a mapping of the file (SIM_GMEM_MMAP). */
	int (*gmem_access)(struct sim_kvm *kvm, int gmem, unsigned long long offset, void *buf,
			   unsigned long size, int write);
	/* memory_failure() on the page at offset. -ENOENT: there is none. */
	int (*gmem_memory_failure)(struct sim_kvm *kvm, int gmem, unsigned long long offset);
	/* KVM_GET_DIRTY_LOG: a bit for each page, in `longs` words; they are clear in the kernel after. */
	int (*get_dirty_log)(struct sim_kvm *kvm, unsigned slot, unsigned long *bitmap,
			     unsigned long longs);
	/* Tell the kernel that the VM is dead; every ioctl answers -EIO from then on. */
	void (*kill_vm)(struct sim_kvm *kvm);
	/*
	 * Who has what block() was called with, as far as the kernel knows: the first `max` of them; the
	 * number of all. For reports: looks, and changes nothing. May be NULL.
	 */
	unsigned (*holders)(const void *on, struct sim_holder *holders, unsigned max);

	/* Looking in, between two steps of the kernel. Each may be missing. */

	/* PA of what KVM would map at gpa for a guest that uses this alias, ~0: nothing. */
	unsigned long long (*backing)(struct sim_kvm *kvm, unsigned long long gpa,
				      int private_alias, unsigned *flags);
	enum sim_page_use (*page_use)(unsigned long long pa);
	/* What the VM's memory management must look like when nobody is inside: breaches are told. */
	void (*inspect)(struct sim_kvm *kvm);

	/* Where the machine that has the image notes itself, for debuggers. May be NULL. */
	void **machine;
};

/* Optional: functions that are internal in the kernel. */
struct sim_kernel_probe {
	unsigned abi, size;
	unsigned long long (*addr_range_desc)(unsigned long long phys, unsigned long long size);
	int (*map_protected)(struct sim_kvm_vcpu *vcpu, unsigned long long ipa,
			     unsigned long long pa, unsigned long long size);
	int (*map_non_secure)(struct sim_kvm_vcpu *vcpu, unsigned long long ipa,
			      unsigned long long pa, unsigned long long size, int writable);
	/* filter: bit 0 shared, bit 1 private */
	void (*unmap_range)(struct sim_kvm *kvm, unsigned long long start, unsigned long long size,
			    unsigned filter, int may_block);
	/*
	 * kvm_handle_guest_abort() of a vCPU that has just left the guest with these: an ordinary
	 * VM's abort. ipa ~0: the CPU gives no address.
	 */
	int (*guest_abort)(struct sim_kvm_vcpu *vcpu, unsigned long long esr,
			   unsigned long long far, unsigned long long ipa);
	/* Where an ordinary VM's stage 2 leads, ~0: nowhere. */
	unsigned long long (*stage2_leaf)(struct sim_kvm *kvm, unsigned long long ipa);
	/*
	 * Map [gpa, gpa + size) of a guest_memfd in as few pieces as its pages lie in, with a realm's vCPU's cache of
	 * pages. 0 or -errno.
	 */
	int (*map_folio)(struct sim_kvm_vcpu *vcpu, unsigned long long gpa,
			 unsigned long long size);
};

/* What an image exports, and nothing else; the exhibit is text: the header of the patch that the image is made with. */
#define SIM_KERNEL_IMAGE_SYMBOL   "sim_kernel_image"
#define SIM_KERNEL_PROBE_SYMBOL   "sim_kernel_probe"
#define SIM_KERNEL_EXHIBIT_SYMBOL "sim_kernel_exhibit"

#endif
