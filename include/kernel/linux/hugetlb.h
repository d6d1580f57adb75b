/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_HUGETLB_H
#define _LINUX_HUGETLB_H

#include <linux/mm.h>

/* A huge page size. Here it is the mapping's own. */
struct hstate {
	struct vm_area_struct vma;
};

static inline const struct hstate *hstate_vma(const struct vm_area_struct *vma)
{
	return (const struct hstate *)(const void *)vma;
}

static inline unsigned int huge_page_shift(const struct hstate *h)
{
	return (unsigned int)h->vma.sim_page_shift;
}

static inline unsigned long huge_page_size(const struct hstate *h)
{
	return 1UL << huge_page_shift(h);
}

#endif
