/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct page and the address space of a VMM. The layouts are this model's own.
 */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <asm/pgtable.h>
#include <linux/rwsem.h>
#include <linux/types.h>

struct page {
	unsigned long flags; /* PG_* */
	int _refcount;       /* 0 = free */
	unsigned int order;  /* of the allocation, in its first page */
	unsigned long pfn;
	const char *owner; /* function that allocated it; NULL = free */
	struct page *head; /* of a compound page (__GFP_COMP), in its other pages */
	int sim_found;     /* references that sim/kernel/inspect.c has found */
};

/* A folio is its first page. */
struct folio {
	struct page page;
};

#define VM_NONE               0x00000000ul
#define VM_READ               0x00000001ul
#define VM_WRITE              0x00000002ul
#define VM_EXEC               0x00000004ul
#define VM_SHARED             0x00000008ul
#define VM_MAYREAD            0x00000010ul
#define VM_MAYWRITE           0x00000020ul
#define VM_MAYEXEC            0x00000040ul
#define VM_PFNMAP             0x00000400ul
#define VM_IO                 0x00004000ul
#define VM_HUGETLB            0x00400000ul
#define VM_HUGEPAGE           0x20000000ul
#define VM_MIXEDMAP           0x10000000ul
#define VM_ALLOW_ANY_UNCACHED (1ul << 39)
#define VM_MTE_ALLOWED        (1ul << 38)

typedef unsigned long vm_flags_t;

struct mm_struct;
struct sim_file;

struct vm_area_struct {
	unsigned long vm_start, vm_end; /* [start, end) */
	vm_flags_t vm_flags;
	unsigned long vm_pgoff; /* VM_PFNMAP: frame of vm_start; else page of vm_file at vm_start */
	struct mm_struct *vm_mm;
	pgprot_t vm_page_prot;
	struct sim_file *vm_file; /* what is mapped; NULL = private anonymous */
	short sim_page_shift;     /* of VM_HUGETLB, else PAGE_SHIFT */
};

struct sim_sparse;

struct mm_struct {
	struct rw_semaphore mmap_lock;
	struct vm_area_struct *vmas; /* sorted by address; mmap_lock */
	unsigned int nr_vmas, max_vmas;
	struct sim_sparse *pgd; /* the host's page table: sim/kernel/hostpt.c */
	struct kvm *kvm;        /* who listens to changes, NULL = nobody */
	int users;
};

#endif
