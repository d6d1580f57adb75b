/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The seam between the environment's tests and the small port that they run on: plain C, included by
 * both worlds of headers.
 */
#ifndef TESTS_KERNEL_PORT_H
#define TESTS_KERNEL_PORT_H

struct sim_kvm;

/* What core KVM called. */
struct test_call {
	const char *name;
	unsigned long long start, end; /* gfn */
	unsigned filter;
	unsigned long seq;
	long in_progress;
	int mmu_locked;  /* for write, by the caller */
	int slot_valid;  /* the slot that gfn_to_memslot() finds at start is usable */
	int is_private;  /* attribute of the first gfn at that moment */
	int arch_locked; /* slots_arch_lock */
	int change;      /* enum kvm_mr_change: 0 create, 1 delete, 2 move, 3 flags; -1 no change */
	unsigned long long generation; /* of the set of slots that readers find */
};

#define TEST_MAX_CALLS 32

struct test_port {
	struct test_call calls[TEST_MAX_CALLS];
	unsigned nr_calls;
	/* Result of the populate callback for the page number that matches, else 0. */
	long populate_fail_at;
	int populate_result;
	int young; /* what kvm_age_gfn() and kvm_test_age_gfn() answer */
	int prepare_result; /* of kvm_arch_prepare_memory_region() */

	unsigned long long (*faultin)(struct sim_kvm *kvm, unsigned long long gfn, int write,
				      int *writable);
	int (*gmem_pfn)(struct sim_kvm *kvm, unsigned long long gfn, unsigned long long *pa);
	long (*populate)(struct sim_kvm *kvm, unsigned long long gfn, unsigned long long hva,
			 long npages);
	/* Fill a cache that holds `have` objects so that it has `min`: result and objects in it. */
	int (*topup)(int have, int min, int *nobjs);
	unsigned long (*seq)(struct sim_kvm *kvm);
	int (*resched)(struct sim_kvm *kvm);
	int (*mark_dirty)(struct sim_kvm *kvm, unsigned long long gfn);
	int (*attributes)(struct sim_kvm *kvm, unsigned long long address, unsigned long long size,
			  unsigned long long attributes, unsigned long long flags);
	void (*kill)(struct sim_kvm *kvm, int bugged);
	/* Mistakes: each must end in a violation. */
	void (*sleep_under_mmu_lock)(struct sim_kvm *kvm);
	void (*mutex_under_mmu_lock)(struct sim_kvm *kvm);
	void (*assert_without_lock)(struct sim_kvm *kvm);
	void (*lock_twice)(struct sim_kvm *kvm);
	void (*wrong_order)(struct sim_kvm *kvm);
	void (*memslots_without_srcu)(struct sim_kvm *kvm);
	void (*free_twice)(void);
	int (*warn_value)(int condition);

	/* Fault in as `faultin` and keep the page until unpin(); *has_page: there is a struct page. */
	unsigned long long (*pin)(struct sim_kvm *kvm, unsigned long long gfn, int write,
				  int *has_page);
	void (*unpin)(void);
	/* kvm_release_faultin_page() of what pin() keeps: PG_dirty, PG_referenced as bits 0 and 1 after it. */
	int (*release)(struct sim_kvm *kvm, int locked, int unused, int dirty);
	/* The entry of the VMM's page table at hva: its size, 0 when it is not valid. */
	unsigned long long (*host_size)(struct sim_kvm *kvm, unsigned long long hva, int irqs_on);
	/* get_user_pages_fast(): its result. */
	int (*gup)(struct sim_kvm *kvm, unsigned long long hva, int write);

	/* alloc_pages(): address, 0 for none; free_pages() of it. flags as enum test_gfp. */
	unsigned long long (*alloc)(unsigned flags, unsigned order);
	void (*free)(unsigned long long pa, unsigned order);
	unsigned long long (*alloc_exact)(unsigned long size);
	void (*free_exact)(unsigned long long pa, unsigned long size);
	int (*count)(unsigned long long pa);
	void (*get)(unsigned long long pa);
	void (*put)(unsigned long long pa);
	/* The kernel writes to a page. */
	void (*touch)(unsigned long long pa);
	/* Take `n` pages out of a cache that was topped up to `min`; how many came. */
	int (*drain)(int min, int n);
	void *(*kmalloc)(unsigned long size, unsigned flags);
	void (*kfree)(void *p);
};

enum test_gfp { TEST_GFP_ATOMIC = 1, TEST_GFP_ZERO = 2, TEST_GFP_COMP = 4 };

#define TEST_PORT_SYMBOL "sim_test_port"

#endif
