/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do all files of the image mean the same by a VM and a vCPU? (sim/layout.h)
 */
#include "env.h"
#include "kvm.h"

#include <linux/kvm_host.h>

extern const struct sim_layout __start_sim_layout[], __stop_sim_layout[];

static bool same_environment(const struct sim_layout *a, const struct sim_layout *b)
{
	return a->page_shift == b->page_shift && a->pgtable_levels == b->pgtable_levels &&
	       a->kvm_realm == b->kvm_realm && a->vcpu_rec == b->vcpu_rec;
}

static bool same_series(const struct sim_layout *a, const struct sim_layout *b)
{
	return a->kvm_size == b->kvm_size && a->kvm_rd == b->kvm_rd && a->vcpu_size == b->vcpu_size;
}

/* The first file of the series speaks for it; without any, the environment does. */
static const struct sim_layout *layout_of_series(void)
{
	const struct sim_layout *file;

	for (file = __start_sim_layout; file < __stop_sim_layout; file++)
		if (!file->environment)
			return file;
	return __start_sim_layout;
}

void layout_check(void)
{
	const struct sim_layout *series = layout_of_series(), *file;

	for (file = __start_sim_layout; file < __stop_sim_layout; file++) {
		if (!same_environment(file, &__sim_layout))
			__sim_violation(
				"layout",
				"%s was compiled with other flags or headers than sim/kernel: "
				"take those of pkg-config rmisim-kernel for the page size",
				file->file);
		if (!file->environment && !same_series(file, series))
			__sim_violation("layout",
					"%s and %s were compiled with different <asm/kvm_rmi.h>",
					file->file, series->file);
	}
}

bool layout_is_newest(void)
{
	return layout_of_series()->newest;
}

size_t layout_kvm_size(void)
{
	return max(layout_of_series()->kvm_size, (unsigned int)sizeof(struct kvm));
}

size_t layout_vcpu_size(void)
{
	return max(layout_of_series()->vcpu_size, (unsigned int)sizeof(struct kvm_vcpu));
}

void *layout_realm_rd(struct kvm *kvm)
{
	return *(void **)(void *)((char *)kvm + layout_of_series()->kvm_rd);
}
