/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the files about VMs call the kernel.
 */
#ifndef SIM_VM_H
#define SIM_VM_H

#include "world.h"

/* What one call to the kernel needs; each uses some of it. */
struct vm_args {
	uint64_t gpa, size, pa;
	void *buf;
	uint64_t *done;
	bool flag;
	bool reads; /* the VMM reads `size` bytes into `buf` */
	int number;
};

typedef long (*vm_fn)(void *ctx, const void *args);

/* fn(vm, args) within a guard: what it returns, with a sentence when that is an error. */
int sim_vm_call(struct sim_vm *vm, const char *what, vm_fn fn, const struct vm_args *args);

#endif
