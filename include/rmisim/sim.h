/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file sim.h
 * Worlds, virtual machines, guests and VMMs: what a test or tool writes against.
 *
 * A world holds one RMM model, one kernel image on top of it, CPUs that run one at a time, and every
 * decision that a real machine leaves open. Functions that can fail return NULL or -errno, and
 * sim_error() has the sentence. Unless said otherwise they may be called by any actor of the world.
 */
#ifndef RMISIM_SIM_H
#define RMISIM_SIM_H

#include <rmisim/event.h>
#include <rmisim/rmm.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

struct sim_world;
struct sim_vm;
struct sim_image;
struct sim_guest;

/* Kernel images */

/**
 * Load a kernel image: a path, or NAME for kernel-NAME.so, looked up in $RMISIM_IMAGES, beside the build,
 * and in the installed folder. One image serves one live world; a second world on it gets a private copy.
 * @param why receives one sentence on failure (size bytes)
 * @return NULL on failure: no such file, not an image, another ABI
 */
struct sim_image *sim_image_open(const char *name, char *why, size_t size);
/** NULL is fine. Not while a world runs on it. */
void sim_image_close(struct sim_image *image);
/** NAME of the image, as sim_image_open() takes it; lives as long as the image. */
const char *sim_image_name(const struct sim_image *image);
/** Log2 of the host's page size: 12, 14 or 16. */
unsigned sim_image_page_shift(const struct sim_image *image);
/** The test-only table of the image (struct sim_kernel_probe, sim/kernel/host.h), or NULL. */
const void *sim_image_probe(const struct sim_image *image);
/**
 * The header of the patch that an image of the museum is made with: lines "Key: value", then its story. NULL: it is
 * none of the museum. Lives as long as the image.
 */
const char *sim_image_exhibit(const struct sim_image *image);
/** Call `each` for each folder in which sim_image_open() looks for a NAME, in this order; some may not exist. */
void sim_image_folders(void (*each)(void *ctx, const char *folder), void *ctx);

/* Worlds */

/**
 * What actors and guests run on. The decisions of a run, and so its replay, are the same on either; threads are
 * for debuggers and ThreadSanitizer, fibers switch many times faster. With fibers all calls on one world
 * have to come from one thread.
 */
enum sim_engine {
	SIM_ENGINE_DEFAULT, /**< $RMISIM_ENGINE; else threads when traced or under a sanitizer, else fibers */
	SIM_THREADS,
	SIM_FIBERS,
};

/** Classes of failures that a run may be asked to decide on. */
enum sim_failures {
	/** What a correct RMM or kernel may do at any time: refusals, partial progress, failing allocations. */
	SIM_LEGAL_FAILURES = 1,
	/** Statuses that a command defines, but that its state does not justify. */
	SIM_WRONG_ANSWERS = 2,
};

/**
 * Zero means default. `size`, here and in the other structs of settings: a program that sets it and was compiled with
 * headers of another version is refused with a sentence.
 */
struct sim_config {
	size_t size;              /**< sizeof(struct sim_config), 0 is taken as that too */
	struct sim_image *image;  /**< an image to borrow; NULL: open `kernel` */
	const char *kernel;       /**< name or path; NULL: "4k" */
	enum rmi_edition edition; /**< of the RMM */
	const char *profile;      /**< name; NULL: "strict" */
	const struct rmm_profile *custom_profile; /**< wins over `profile` */
	struct rmm_bank banks[RMM_MAX_BANKS];     /**< physical memory */
	unsigned nr_banks;   /**< 0: [2 GiB, 4 GiB) and [34 GiB, 66 GiB), see docs/design.md */
	const char *choices; /**< decisions to follow, then defaults; NULL: all defaults */
	sim_event_fn event;  /**< may be NULL */
	void *event_ctx;     /**< first argument of `event` */
	/**
	 * Contracts of check.h that this kernel is known to break, by name with commas ("desc-state" for
	 * v14-posted): told as events, but no violations. NULL: none.
	 */
	const char *known_breaches;
	enum sim_engine engine; /**< threads or fibers */
	/** A scheduling point before each granule lock inside the model, too. */
	bool granule_points;
	/** Failures that are decisions of a run: bits of enum sim_failures; 0: those that the RMM has to have. */
	unsigned failures;
	/**
	 * An RMM that answers wrongly. Asked before each SMC of the kernel, by the actor that makes
	 * it: true when *out (at first what *in is) is the answer; the RMM has then not heard of
	 * the call, unless the function has passed it on with sim_rmm_smc(). False: the RMM
	 * answers. NULL: it always does.
	 */
	bool (*answer)(void *ctx, const struct rmm_regs *in, struct rmm_regs *out);
	void *answer_ctx; /**< first argument of `answer` */
	/** Bytes that the catalogue adds to the guest addresses of its VMs: a multiple of what a level-2 entry covers. */
	uint64_t ipa_offset;
	unsigned
		spare_pages; /**< pages at the start of the first bank that the kernel does not get */
	bool pages_downwards; /**< the page allocator hands out the highest address first */
	/** The first bank begins here, a multiple of 64 KiB, and is as large as it was; 0: as `banks` says. */
	rmm_pa first_bank;
};

/** @param why receives one sentence on failure (size bytes), may be NULL. */
struct sim_world *sim_world_new(const struct sim_config *config, char *why, size_t size);
/** Ends every actor and drops everything; NULL is fine. */
void sim_world_free(struct sim_world *world);
/** What went wrong last, one sentence; "" when nothing did. */
const char *sim_error(const struct sim_world *world);
/** The RMM of the world, for the functions of rmm.h that look at it. */
struct rmm *sim_world_rmm(struct sim_world *world);
/** What the RMM itself says to an SMC of the CPU that runs. Only inside sim_config.answer. */
void sim_rmm_smc(struct sim_world *world, struct rmm_regs *regs);
/**
 * An RMI call by the actor that runs, beside any kernel, as a CPU of the actor's number: a scheduling point, then the
 * RMM itself. After an answer of BUSY or BLOCKED all others may go first. A REC that is entered so is
 * taken out again by an interrupt.
 */
void sim_rmi(struct sim_world *world, struct rmm_regs *regs);
/** The i-th bank of memory; its size is 0 behind the last. */
struct rmm_bank sim_world_bank(const struct sim_world *world, unsigned i);
/** sim_config.ipa_offset. */
uint64_t sim_world_ipa_offset(const struct sim_world *world);
/** Page size of the host, bytes. */
uint64_t sim_world_page_size(const struct sim_world *world);

/** The first violation of the run, or NULL: "check: sentence". */
const char *sim_violation(const struct sim_world *world);
/** End the run as a violation unless cond holds; on any actor and in any program. The process goes on. */
#define sim_expect(world, cond) \
	((cond) ? (void)0 : sim_fail(world, "%s:%d: expected %s", __FILE__, __LINE__, #cond))
/** End the run as a violation with a sentence. */
void sim_fail(struct sim_world *world, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/**
 * Where sim_fail() goes on the scenario's thread outside sim_run() and sim_explore(): fn must not return. CMocka
 * helpers set it; without it the process is aborted, because there is nobody to tell.
 */
void sim_on_fail(struct sim_world *world, void (*fn)(void *ctx, const char *violation), void *ctx);
/** Put a line of the scenario or VMM into the event stream. */
void sim_note(struct sim_world *world, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * The quiescence check: no lock held, no operation open, all invariants of check.h, and, when no VM is alive, every
 * granule and page back. Nobody may be inside the kernel or the RMM.
 * @return NULL when all is well, else one sentence (valid until the next call).
 */
const char *sim_quiescent(struct sim_world *world);

/** Close every VM that is still open, then the quiescence check. */
const char *sim_world_finish(struct sim_world *world);

/* Decisions and actors */

/** What kind of thing is decided. */
enum sim_choice { SIM_CHOOSE_SCHED, SIM_CHOOSE_FAIL, SIM_CHOOSE_RMM, SIM_CHOOSE_DATA };

/**
 * Decide: 0 <= result < n; 0 is what usually happens. The label names the decision in replays; it is borrowed for
 * the life of the world.
 */
unsigned sim_choose(struct sim_world *world, enum sim_choice kind, unsigned n, const char *label);
/** The decisions of this run so far, as a string for sim_config.choices. */
const char *sim_choices(struct sim_world *world);

/** What a run has come to so far. */
struct sim_counts {
	unsigned actors;    /**< spawned; the scenario itself is not counted */
	uint64_t points;    /**< places where another actor could have gone on */
	uint64_t rmi_calls; /**< SMCs of the kernel */
	uint64_t failures;  /**< that were injected, of sim_config.failures */
};
/** The counters of the run so far. */
struct sim_counts sim_counts(const struct sim_world *world);

/** Start an actor: a simulated CPU or host thread. It runs when it gets the baton. */
int sim_spawn(struct sim_world *world, void (*fn)(struct sim_world *world, void *arg), void *arg);
/**
 * The same with a name for traces, lanes and reports, copied: up to 15 characters, and "-N" when another actor has
 * it already; NULL: "actor N".
 */
int sim_spawn_named(struct sim_world *world, const char *name,
		    void (*fn)(struct sim_world *world, void *arg), void *arg);
/** Run the spawned actors until all have ended. Scenario only. */
void sim_join(struct sim_world *world);
/** A place where another actor may go on. */
void sim_yield(struct sim_world *world);

/* Virtual machines */

/** What backs the slot's user mapping. */
enum sim_user_kind {
	SIM_USER_SHARED,          /**< shared anonymous memory, shmem, memfd */
	SIM_USER_PRIVATE,         /**< private anonymous memory: zero page, copy on write */
	SIM_USER_FILE_SHARED,     /**< a file, whose eight-byte words hold their own offsets */
	SIM_USER_FILE_PRIVATE,    /**< the same, copied by a store */
	SIM_USER_HUGETLB_SHARED,  /**< pages of user_page_size */
	SIM_USER_HUGETLB_PRIVATE, /**< the same, private */
	SIM_USER_DEVICE,          /**< PFN-mapped device memory at device_pa */
	SIM_USER_DEVICE_NC,       /**< the same, which a guest may map Normal Non-cacheable */
	SIM_USER_DEVICE_CACHED,   /**< the same, mapped cacheable by the VMM, and so by guests */
};

/** Zero means default. Addresses and sizes in bytes. */
struct sim_vm_config {
	size_t size;            /**< sizeof(struct sim_vm_config), 0 is taken as that too */
	unsigned ipa_bits;      /**< 0: 36 */
	unsigned vcpus;         /**< 0: 1 */
	uint64_t ram_base;      /**< GPA of the one memslot */
	unsigned ram_mib;       /**< 0: 64 */
	bool no_gmem;           /**< the slot has no guest_memfd */
	bool not_realm;         /**< an ordinary VM */
	bool shared_at_start;   /**< attributes start shared (default: private) */
	bool user_readonly;     /**< VMA of the slot without write permission */
	bool user_anon_private; /**< the same as user_kind = SIM_USER_PRIVATE */
	uint64_t gmem_pa; /**< place guest_memfd pages at this PA on; 0: the allocator decides */
	uint64_t user_pa; /**< the same for user pages */
	uint64_t zero_pa; /**< the same for the zero page */
	bool secondaries_off; /**< vCPUs other than 0 wait for PSCI_CPU_ON; default: every vCPU can run */
	enum sim_user_kind user_kind; /**< backing of the slot's user mapping */
	bool user_huge;               /**< transparent huge pages wherever they fit */
	uint64_t user_page_size;      /**< HUGETLB: size of the host's level-2 or level-1 entries */
	uint64_t user_shift; /**< added to the user address, whose offset in a block then differs */
	uint64_t device_pa;  /**< DEVICE: where the slot's device memory begins */
};

/** The number of a vCPU, so that a call says what the number is. */
#define SIM_VCPU(n) (n)

/**
 * A VM with its memory, slot and vCPUs; the realm is created later, by the first KVM_RUN or population. NULL: sim_error()
 * says why.
 */
struct sim_vm *sim_vm_new(struct sim_world *world, const struct sim_vm_config *config);
/** One KVM_RUN of vCPU 0 without a program: creates, activates and is kicked out; 0 or -errno. */
int sim_vm_start(struct sim_vm *vm);
/** Close everything: the kernel tears the realm down. NULL is fine. */
void sim_vm_free(struct sim_vm *vm);
/** The world that the VM lives in. */
struct sim_world *sim_vm_world(struct sim_vm *vm);
/** Page size of the VM's host, bytes. */
uint64_t sim_page_size(const struct sim_vm *vm);
/** The bit of an IPA that selects the shared alias. */
uint64_t sim_vm_shared_bit(const struct sim_vm *vm);
/** PA of the realm descriptor, 0 before the realm is created. */
rmm_pa sim_vm_rd(const struct sim_vm *vm);
/**
 * The kernel's own objects, as the functions of the probe table take them: struct sim_kvm and
 * struct sim_kvm_vcpu of sim/kernel/host.h. NULL when there is none.
 */
void *sim_vm_kernel(struct sim_vm *vm);
/** The same for a vCPU of it. */
void *sim_vm_kernel_vcpu(struct sim_vm *vm, unsigned vcpu);
/** Start of the slot's user mapping. */
uint64_t sim_vm_hva(const struct sim_vm *vm, uint64_t gpa);

/** KVM_SET_MEMORY_ATTRIBUTES: 0 or -errno. */
int sim_vm_set_shared(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/** The same with the attribute PRIVATE. */
int sim_vm_set_private(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/** Is the attribute of the page at gpa PRIVATE? */
bool sim_vm_is_private(struct sim_vm *vm, uint64_t gpa);
/** KVM_ARM_RMI_POPULATE from the VMM's memory; 0 or -errno. `*done` bytes may be NULL. */
int sim_vm_populate(struct sim_vm *vm, uint64_t gpa, const void *data, uint64_t size, bool measure,
		    uint64_t *done);
/** Punch a hole into the slot's guest_memfd. */
int sim_vm_punch_hole(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/**
 * Change the VMM's mapping behind [gpa, gpa+size). All of them return 0 or -errno: -EINVAL for what
 * is not aligned to the pages mapped there, or not possible for memory of this kind; -ENOMEM.
 * mmap_lock is taken inside, and whatever is mapped into the guest from there goes first, through
 * the MMU notifier.
 */
int sim_vm_mprotect(struct sim_vm *vm, uint64_t gpa, uint64_t size, bool writable);
/** PROT_NONE: nothing may be touched any more; sim_vm_mprotect() permits it again. */
int sim_vm_mprotect_none(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/** munmap(): nothing is mapped there any more, and whoever touches it fails with -EFAULT. */
int sim_vm_munmap(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/** MADV_DONTNEED: the pages go; private ones are zero afterwards, shared ones are found again. */
int sim_vm_madvise_dontneed(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/** MADV_HUGEPAGE, MADV_NOHUGEPAGE: for pages that come from now on. */
int sim_vm_madvise_huge(struct sim_vm *vm, uint64_t gpa, uint64_t size, bool huge);
/**
 * MADV_COLLAPSE: each PMD-sized piece of private anonymous memory becomes one huge page. -EBUSY: somebody
 * uses a page of it just now. -EINVAL also when no page is there.
 */
int sim_vm_collapse(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/** Transparent huge pages in the range are mapped by pages from now on; the memory stays the same. */
int sim_vm_split(struct sim_vm *vm, uint64_t gpa, uint64_t size);
/**
 * fork() of the VMM: its private pages become read-only, and a store gets a copy, until the child is
 * reaped. From then on each page is the VMM's own again, still read-only: a store makes it writable
 * in place, and no notifier tells anybody. -EBUSY: there is a child; -ECHILD: there is none.
 */
int sim_vm_fork(struct sim_vm *vm);
/** The child of sim_vm_fork() ends. */
int sim_vm_reap(struct sim_vm *vm);
/**
 * memory_failure(): the page of the VMM behind gpa is broken; 0, or -EINVAL when there is none.
 * Whoever touches it gets SIGBUS: the VMM's own access fails, KVM_RUN ends as SIM_INTERRUPTED.
 */
int sim_vm_poison_user(struct sim_vm *vm, uint64_t gpa);
/** Load or store by the VMM through its own mapping; 0 or -errno. */
int sim_vmm_read(struct sim_vm *vm, uint64_t gpa, void *buf, size_t size);
/** See sim_vmm_read(). */
int sim_vmm_write(struct sim_vm *vm, uint64_t gpa, const void *buf, size_t size);
/** Back [gpa, gpa+size) by the host pages at pa: private by guest_memfd, else the user mapping. */
int sim_vm_place(struct sim_vm *vm, uint64_t gpa, uint64_t size, rmm_pa pa, bool private_alias);
/**
 * Map [gpa, gpa + size) of a guest_memfd, whole pages, as a private fault on a folio of that size would: in as few pieces
 * as the pages lie in. The folios of 7.1 are single pages; its mapping functions take any size. For a realm that
 * is active and a vCPU that does not run. 0 or -errno; -ENOTTY: the image has no door for it (sim_image_probe()).
 */
int sim_vm_map_folio(struct sim_vm *vm, unsigned vcpu, uint64_t gpa, uint64_t size);
/**
 * memory_failure() on the guest_memfd page behind gpa: it goes out of the guest, and the next private fault there
 * is -EHWPOISON with a MEMORY_FAULT. 0 or -errno: -ENOENT when there is no page.
 */
int sim_vm_poison_page(struct sim_vm *vm, uint64_t gpa);

/* Memslots: slot 0 is the one of the configuration, and a slot like any other. */

/**
 * A memslot. Zero means default; bytes. The user mapping is at the address that sim_vm_hva() gave for gpa
 * while no slot was there, and is made (shared anonymous memory) unless one is there already; it stays when
 * the slot goes, and so does the guest_memfd.
 */
struct sim_slot_config {
	size_t struct_size; /**< sizeof(struct sim_slot_config), 0 is taken as that too */
	unsigned slot;      /**< number, below 32 */
	uint64_t gpa, size;
	bool no_gmem;   /**< no guest_memfd behind it */
	bool gmem_only; /**< its guest_memfd has MMAP, which makes it a KVM_MEMSLOT_GMEM_ONLY slot */
	bool init_shared; /**< its guest_memfd has INIT_SHARED: holes unmap the shared alias alone */
	unsigned
		gmem; /**< 1 + the slot whose guest_memfd (present or last) it shows; 0: a new one */
	uint64_t gmem_offset; /**< of gpa in that file */
	bool readonly;        /**< KVM_MEM_READONLY, without guest_memfd only */
	bool log_dirty;       /**< KVM_MEM_LOG_DIRTY_PAGES, the same */
};

/**
 * KVM_SET_USER_MEMORY_REGION2: 0 or -errno. Attributes are untouched. Add: -EEXIST when it overlaps, -EINVAL,
 * -ENOMEM. Move and set flags: -EINVAL for a slot with guest_memfd. All take slots_lock and wait until
 * no vCPU uses the old set of slots.
 */
int sim_vm_add_slot(struct sim_vm *vm, const struct sim_slot_config *config);
/** Take a slot away; -EINVAL when it is not there. */
int sim_vm_delete_slot(struct sim_vm *vm, unsigned slot);
/** Show the same user memory at another gpa. */
int sim_vm_move_slot(struct sim_vm *vm, unsigned slot, uint64_t gpa);
/** Switch the dirty log of a slot on or off. */
int sim_vm_set_slot_flags(struct sim_vm *vm, unsigned slot, bool log_dirty);
/**
 * KVM_GET_DIRTY_LOG: a bit for each page of the slot, written since the last time; pages already mapped report
 * their next write. -ENOENT when the slot is not logged, -EFAULT when `longs` words are too few.
 */
int sim_vm_dirty_log(struct sim_vm *vm, unsigned slot, unsigned long *bitmap, size_t longs);
/** Close the slot's guest_memfd, as the last descriptor: every later private fault is -EFAULT. */
int sim_vm_close_gmem(struct sim_vm *vm, unsigned slot);

/**
 * KVM_CREATE_VCPU: its index (the next one), or -errno. -EBUSY once a vCPU has run, because the interrupt
 * controller is set up by then. It is runnable.
 */
int sim_vm_add_vcpu(struct sim_vm *vm);
/** The kernel gives the VM up (kvm_vm_dead): vCPUs leave and every ioctl is -EIO. */
void sim_vm_kill(struct sim_vm *vm);

/* vCPUs and their programs */

/** Kinds of exits. */
enum sim_exit_kind {
	SIM_DONE,         /**< the guest's program ended */
	SIM_MEMORY_FAULT, /**< KVM_EXIT_MEMORY_FAULT */
	SIM_MMIO,
	SIM_SHUTDOWN,
	SIM_SYSTEM_EVENT,
	SIM_INTERNAL_ERROR,
	SIM_INTERRUPTED, /**< a signal */
	SIM_OTHER,       /**< KVM_RUN failed without preparing an exit */
};

/** @{ */
/** sim_exit.flags of a MEMORY_FAULT: which alias it is about. */
#define SIM_FAULT_PRIVATE UINT64_C(8)
#define SIM_FAULT_SHARED  UINT64_C(0)
/** @} */

/** Why control came back from KVM_RUN (or from the loop around it). */
struct sim_exit {
	enum sim_exit_kind kind;
	int ret;                   /**< of KVM_RUN: 0 or -errno */
	unsigned exit_reason;      /**< kvm_run.exit_reason */
	uint64_t flags, gpa, size; /**< MEMORY_FAULT */
	uint64_t mmio_addr;
	unsigned mmio_len;
	bool mmio_write;
	uint64_t value; /**< SIM_DONE: what the last access read; MMIO: data */
	enum rmm_realm_result
		realm; /**< SIM_DONE: how the last access ended: DONE, SEA, SIZE_FAULT */
};

/** "MEMORY_FAULT"; static. */
const char *sim_exit_kind_name(enum sim_exit_kind kind);

/** A vCPU program; it runs inside the realm, from REC entry to REC exit, on a thread of its own. */
typedef void (*sim_program)(struct sim_guest *guest, void *arg);

/** Give the vCPU its (next) program; it starts at the next sim_vcpu_run. 0 or -errno. */
int sim_vcpu_program(struct sim_vm *vm, unsigned vcpu, sim_program fn, void *arg);
/** One KVM_RUN. Returns when it does: SIM_DONE once the program has ended (the VMM is kicked out). */
struct sim_exit sim_vcpu_run(struct sim_vm *vm, unsigned vcpu);
/** KVM_RUN until the program ends or the VMM's handler says stop. */
struct sim_exit sim_vcpu_loop(struct sim_vm *vm, unsigned vcpu);

/** Guest side: only inside a program. The realm's view; `ipa` may name either alias. */
enum rmm_realm_result sim_guest_access(struct sim_guest *guest, struct rmm_access *access);
/** Load 1, 2, 4 or 8 bytes, naturally aligned. */
enum rmm_realm_result sim_guest_load(struct sim_guest *guest, rmm_ipa ipa, unsigned size,
				     uint64_t *value);
/** Store 1, 2, 4 or 8 bytes, naturally aligned. */
enum rmm_realm_result sim_guest_store(struct sim_guest *guest, rmm_ipa ipa, unsigned size,
				      uint64_t value);
/** An SMC; one that leaves is repeated until it is answered. A vCPU that was off goes on behind PSCI_CPU_OFF. */
enum rmm_realm_result sim_guest_smc(struct sim_guest *guest, struct rmm_regs *regs);
/** An SError for the host arrives while the guest runs, with this syndrome (ISS); the program goes on behind it. */
enum rmm_realm_result sim_guest_serror(struct sim_guest *guest, uint32_t iss);
/** RSI_IPA_STATE_SET over [base, top) until done: RSI_* status, RSI_INCOMPLETE when the host rejects. */
uint64_t sim_guest_set_ripas(struct sim_guest *guest, rmm_ipa base, rmm_ipa top,
			     enum rmi_ripas ripas);
/** The VM whose guest this is. */
struct sim_vm *sim_guest_vm(struct sim_guest *guest);
/** Number of the vCPU that runs the program. */
unsigned sim_guest_vcpu(struct sim_guest *guest);

/** One access as a whole program: run the vCPU until it is done or the VMM is asked. */
struct sim_exit sim_guest_write(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa, unsigned size,
				uint64_t value);
/** See sim_guest_write(); sim_exit.value is what was read. */
struct sim_exit sim_guest_read(struct sim_vm *vm, unsigned vcpu, rmm_ipa ipa, unsigned size);

/** A list of accesses as a program: sim_vcpu_program(vm, v, sim_run_accesses, &list). */
struct sim_access_list {
	struct rmm_access *accesses;
	enum rmm_realm_result *results; /**< may be NULL */
	unsigned count;
};
/** The program of a struct sim_access_list. */
void sim_run_accesses(struct sim_guest *guest, void *list);

/* The VMM */

/** Does the loop around KVM_RUN go on behind an exit? */
enum sim_vmm_answer { SIM_VMM_STOP, SIM_VMM_RESUME };

/** A VMM's exit handlers; NULL: stop and hand the exit to whoever runs the vCPU. */
struct sim_vmm_ops {
	/** KVM_EXIT_MEMORY_FAULT. */
	enum sim_vmm_answer (*memory_fault)(struct sim_vm *vm, unsigned vcpu,
					    const struct sim_exit *exit, void *ctx);
	/** Fill *value for a read. */
	enum sim_vmm_answer (*mmio)(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				    uint64_t *value, void *ctx);
	/** Every other exit. */
	enum sim_vmm_answer (*other)(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				     void *ctx);
};

/** Replace the VMM of this VM; the default stops at every exit. */
void sim_vm_set_vmm(struct sim_vm *vm, const struct sim_vmm_ops *ops, void *ctx);
/** A VMM that converts: sets the attribute that the fault asks for and resumes. */
extern const struct sim_vmm_ops sim_vmm_converting;

/* Scenarios */

/** A scenario: it runs on a fresh world as its actor 0. */
typedef void (*sim_scenario)(struct sim_world *world);

/**
 * Run a scenario on the calling thread. A violation ends it: false, sim_violation() has the sentence, and all
 * that is left to do with the world is to look at it and to free it.
 */
bool sim_run(struct sim_world *world, sim_scenario scenario);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
