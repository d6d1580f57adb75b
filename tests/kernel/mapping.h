/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One VM over one mapping of the VMM, at the page size of the image.
 */
#ifndef TESTS_KERNEL_MAPPING_H
#define TESTS_KERNEL_MAPPING_H

#include "vm.h"

#define PORT (vm.m->port)
#define KERN (vm.m->image)

#define PFN_ERR_FAULT      (0x7ffull << 52)
#define PFN_ERR_HWPOISON   ((0x7ffull << 52) + 1)
#define PFN_ERR_RO_FAULT   ((0x7ffull << 52) + 2)
#define PFN_ERR_SIGPENDING ((0x7ffull << 52) + 3)

#define RW       3u
#define RO       1u
#define INVAL    (-22)
#define FAULTS   (-14)
#define NO_MEM   (-12)
#define BUSY     (-16)
#define NO_CHILD (-10)

extern unsigned long long page, pmd, pages; /* sizes, and pages in a PMD */
extern unsigned long long gfn;              /* first one of the slot */

/* Slot 0 is [SLOT, SLOT + 2 PMD) over such a mapping at HVA. */
void create(enum sim_map_kind kind, unsigned prot, int huge);

/* __kvm_faultin_pfn() of a page of the slot; load() and store() know what is writable then. */
unsigned long long fault(unsigned long long index, int write, int *writable);
unsigned long long load(unsigned long long index);
unsigned long long store(unsigned long long index);
/* Size of the host's entry for a page of the slot, 0: none. */
unsigned long long size_at(unsigned long long index);
/* The VMM's own access to the first bytes of a page. */
void poke(unsigned long long index, unsigned long long value);
unsigned long long peek(unsigned long long index);

/* One invalidation of the shared alias since the last look: pages [index, index + n). */
void told(unsigned long long index, unsigned long long n);
void nobody_told(void);

#endif
