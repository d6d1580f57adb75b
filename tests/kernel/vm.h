/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One VM on a machine of the test's own.
 */
#ifndef TESTS_KERNEL_VM_H
#define TESTS_KERNEL_VM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "machine.h"

#define HVA   0x7f0000000000ull
#define SLOT  0x40000000ull /* gpa */
#define GFN   (SLOT / PAGE)
#define PAGES 64ull

struct vm {
	struct machine *m;
	struct sim_kvm *kvm;
	int gmem;
};

extern struct vm vm;

int vm_boot(void **state);
int vm_halt(void **state);

/* Slot 0 is [SLOT, SLOT + PAGES pages) over a mapping at HVA; a realm's has a guest_memfd too. */
void create_vm(int realm, unsigned prot, int shared);
int set_private(unsigned long long gpa, unsigned long long size, int private);
unsigned long long pages_used(void);
unsigned long long objects_used(void);
/* The i-th call that the port has seen since create_vm(). */
const struct test_call *call(unsigned i);

#endif
