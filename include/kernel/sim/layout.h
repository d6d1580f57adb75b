/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every file of an image says how large it takes a VM and a vCPU to be, and sim/kernel compares before it boots
 * (sim/kernel/layout.c). The parts that the realm series owns stand last in both structures, so that a series with
 * its own <asm/kvm_rmi.h> may have more or other fields there: all its files must agree, and what comes before
 * must be what sim/kernel was compiled with.
 */
#ifndef _SIM_LAYOUT_H
#define _SIM_LAYOUT_H

#include <linux/kvm_host.h>
#include <sim/gen.h>

struct sim_layout {
	const char *file;
	unsigned int environment; /* 1: a file of sim/kernel */
	unsigned int newest;      /* 1: in the form of the trees after v16 (sim/gen.h) */
	unsigned int page_shift, pgtable_levels;
	unsigned int kvm_size, kvm_realm, kvm_rd; /* sizes and offsets, bytes */
	unsigned int vcpu_size, vcpu_rec;
};

#ifdef SIM_NO_ASK
#define __SIM_ENVIRONMENT 1
#else
#define __SIM_ENVIRONMENT 0
#endif

static const struct sim_layout __sim_layout
	__attribute__((__used__, __section__("sim_layout"), __aligned__(sizeof(void *)))) = {
		.file = __BASE_FILE__,
		.environment = __SIM_ENVIRONMENT,
		.newest = SIM_GEN_NEWEST,
		.page_shift = PAGE_SHIFT,
		.pgtable_levels = CONFIG_PGTABLE_LEVELS,
		.kvm_size = sizeof(struct kvm),
		.kvm_realm = offsetof(struct kvm, arch.realm),
		.kvm_rd = offsetof(struct kvm, arch.realm.rd),
		.vcpu_size = sizeof(struct kvm_vcpu),
		.vcpu_rec = offsetof(struct kvm_vcpu, arch.rec),
	};

#endif
