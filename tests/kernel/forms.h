/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Doors into what include/kernel/ itself makes of a symbol: the forms of both generations, plain C for both worlds.
 */
#ifndef TESTS_KERNEL_FORMS_H
#define TESTS_KERNEL_FORMS_H

struct sim_kvm;

/* Compiled with -DRMISIM_KERNEL_GEN=newest */
struct test_newest {
	/* kvm_gmem_get_pfn(); how many references the page has afterwards */
	int (*gmem_pfn)(struct sim_kvm *kvm, unsigned long long gfn, unsigned long long *pa,
			int *references);
	int (*is_private)(struct sim_kvm *kvm, unsigned long long gfn);
	long (*populate)(struct sim_kvm *kvm, unsigned long long gfn, unsigned long long hva,
			 int flag);
	unsigned long long (*gfn_from_fault)(struct sim_kvm *kvm, unsigned long long ipa);
	/* DATA_UNMAP of [base, top): *next is written on SUCCESS only */
	long (*data_unmap)(unsigned long base, unsigned long top, unsigned long *next);
};

/* Compiled as v14 */
struct test_v14 {
	/* GRANULE_RANGE_DELEGATE of [base, top) */
	int (*delegate)(unsigned long long base, unsigned long long top, unsigned long long *out);
	int (*data_unmap)(unsigned long base, unsigned long top, unsigned long *next);
	/* arm_smccc_1_1_invoke() with seven arguments, 1 to 7; a0 to a3 */
	void (*invoke)(unsigned long fid, unsigned long *result);
	/* put_user() of value, then get_user() of what is there; the first error */
	int (*user_word)(struct sim_kvm *kvm, unsigned long long hva, unsigned value, unsigned *is);
};

#endif
