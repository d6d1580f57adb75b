/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page allocator: sim/kernel/page_alloc.c.
 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <asm-generic/getorder.h>
#include <asm/page.h>
#include <linux/cleanup.h>
#include <linux/gfp_types.h>
#include <linux/mmdebug.h>
#include <linux/types.h>

/* A PMD-sized block is at most one allocation, whatever the page size. */
#if CONFIG_PAGE_SHIFT == 16
#define MAX_PAGE_ORDER 13
#elif CONFIG_PAGE_SHIFT == 14
#define MAX_PAGE_ORDER 11
#else
#define MAX_PAGE_ORDER 10
#endif
#define NR_PAGE_ORDERS (MAX_PAGE_ORDER + 1)

struct page;

/* 2^order pages, naturally aligned, lowest address first; NULL when there are none. */
struct page *__sim_alloc_pages(gfp_t gfp, unsigned int order, const char *caller);
/* size bytes rounded up to pages, aligned to the next power of two. */
void *__sim_alloc_pages_exact(size_t size, gfp_t gfp, const char *caller);
void __sim_free_pages(struct page *page, unsigned int order, const char *caller);
void __sim_free_pages_exact(void *virt, size_t size, const char *caller);
unsigned long __sim_get_free_pages(gfp_t gfp, unsigned int order, const char *caller);
void __sim_free_addr(unsigned long addr, unsigned int order, const char *caller);
/* As alloc_pages(), of any order: huge pages. Compound. */
struct page *__sim_alloc_contig(gfp_t gfp, unsigned int order, const char *caller);

#define alloc_pages(gfp, order)      __sim_alloc_pages(gfp, order, __func__)
#define alloc_page(gfp)              __sim_alloc_pages(gfp, 0, __func__)
#define __free_pages(page, order)    __sim_free_pages(page, order, __func__)
#define __free_page(page)            __sim_free_pages(page, 0, __func__)
#define alloc_pages_exact(size, gfp) __sim_alloc_pages_exact(size, gfp, __func__)
#define free_pages_exact(virt, size) __sim_free_pages_exact(virt, size, __func__)
#define __get_free_pages(gfp, order) __sim_get_free_pages(gfp, order, __func__)
#define __get_free_page(gfp)         __sim_get_free_pages(gfp, 0, __func__)
#define get_zeroed_page(gfp)         __sim_get_free_pages((gfp) | __GFP_ZERO, 0, __func__)
#define free_pages(addr, order)      __sim_free_addr(addr, order, __func__)
/* Tolerates 0. */
#define free_page(addr)              __sim_free_addr((unsigned long)(addr), 0, __func__)

DEFINE_FREE(free_page, void *, free_page((unsigned long)_T))

#endif
