/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page table of a VMM, and the walk of it that stage 2 makes for its block sizes.
 *
 * Root tables are kept by address, so that a VMM may use more of the address space than the image's
 * number of levels could reach.
 */
#include "hostpt.h"
#include "env.h"
#include "sparse.h"

#include <linux/errno.h>
#include <linux/irqflags.h>

#define TABLE_BYTES (PTRS_PER_PTE * sizeof(u64))
#define ROOT_SHIFT  (kvm_granule_shift(HPT_START_LEVEL) + PTDESC_TABLE_SHIFT)

static bool is_table(u64 entry, int level)
{
	return level < HPT_LAST_LEVEL && (entry & (HPT_VALID | HPT_PAGE)) == (HPT_VALID | HPT_PAGE);
}

static u64 *table_of(u64 entry)
{
	return (u64 *)(entry & ~(HPT_VALID | HPT_PAGE));
}

static u64 *entry_of(u64 *table, unsigned long addr, int level)
{
	return &table[(addr >> kvm_granule_shift(level)) & (PTRS_PER_PTE - 1)];
}

static u64 *root_of(struct sim_sparse *pgd, unsigned long addr)
{
	return sparse_get(pgd, addr >> ROOT_SHIFT);
}

u64 *hpt_walk(struct sim_sparse *pgd, unsigned long addr, int *level)
{
	u64 *table = root_of(pgd, addr), *entry;

	*level = HPT_START_LEVEL;
	if (!table)
		return NULL;
	for (entry = entry_of(table, addr, *level); is_table(*entry, *level);)
		entry = entry_of(table_of(*entry), addr, ++*level);
	return entry;
}

/* The same below one table, which translates from base on. */
static u64 *next_below(u64 *table, int level, unsigned long base, unsigned long *addr,
		       unsigned long end, int *found)
{
	unsigned long size = hpt_size(level), start, i = 0;
	u64 *entry;

	if (*addr > base)
		i = (*addr - base) / size;
	for (; i < PTRS_PER_PTE; i++) {
		start = base + i * size;
		if (start >= end)
			return NULL;
		if (!table[i])
			continue;
		if (!is_table(table[i], level)) {
			*addr = start;
			*found = level;
			return &table[i];
		}
		entry = next_below(table_of(table[i]), level + 1, start, addr, end, found);
		if (entry)
			return entry;
	}
	return NULL;
}

u64 *hpt_next(struct sim_sparse *pgd, unsigned long *addr, unsigned long end, int *level)
{
	u64 key = *addr >> ROOT_SHIFT, *table, *entry;

	for (; (table = sparse_next(pgd, &key, ((end - 1) >> ROOT_SHIFT) + 1)); key++) {
		entry = next_below(table, HPT_START_LEVEL, key << ROOT_SHIFT, addr, end, level);
		if (entry)
			return entry;
	}
	return NULL;
}

static u64 *new_root(struct sim_sparse *pgd, unsigned long addr)
{
	u64 *table = env_alloc(TABLE_BYTES);

	if (table && sparse_set(pgd, addr >> ROOT_SHIFT, table))
		return table;
	env_free(table, TABLE_BYTES);
	return NULL;
}

static void free_below(u64 *table, int level)
{
	unsigned int i;

	for (i = 0; level < HPT_LAST_LEVEL && i < PTRS_PER_PTE; i++)
		if (is_table(table[i], level))
			free_below(table_of(table[i]), level + 1);
	env_free(table, TABLE_BYTES);
}

int hpt_set(struct sim_sparse *pgd, unsigned long addr, int level, u64 leaf)
{
	u64 *table = root_of(pgd, addr), *entry;
	int at = HPT_START_LEVEL;

	if (!table)
		table = new_root(pgd, addr);
	for (; table && at < level; at++) {
		entry = entry_of(table, addr, at);
		if (*entry && !is_table(*entry, at))
			__sim_violation("page-table", "hva 0x%lx: a level %d entry below a block",
					addr, level);
		if (!*entry) {
			table = env_alloc(TABLE_BYTES);
			*entry = table ? (u64)table | HPT_VALID | HPT_PAGE : 0;
		}
		table = *entry ? table_of(*entry) : NULL;
	}
	if (!table)
		return -ENOMEM;
	entry = entry_of(table, addr, level);
	if (is_table(*entry, level))
		free_below(table_of(*entry), level + 1);
	*entry = leaf;
	return 0;
}

void hpt_clear(struct sim_sparse *pgd, unsigned long addr)
{
	int level;
	u64 *entry = hpt_walk(pgd, addr, &level);

	if (entry)
		*entry = 0;
}

void hpt_prune(struct sim_sparse *pgd, unsigned long start, unsigned long end)
{
	unsigned long addr;
	u64 *table, *entry;
	int at;

	for (addr = ALIGN(start, PMD_SIZE); addr < end && end - addr >= PMD_SIZE;
	     addr += PMD_SIZE) {
		table = root_of(pgd, addr);
		if (!table)
			continue;
		at = HPT_START_LEVEL;
		for (entry = entry_of(table, addr, at); at < HPT_PMD_LEVEL && is_table(*entry, at);)
			entry = entry_of(table_of(*entry), addr, ++at);
		if (at == HPT_PMD_LEVEL && is_table(*entry, at)) {
			free_below(table_of(*entry), at + 1);
			*entry = 0;
		}
	}
}

void hpt_free(struct sim_sparse *pgd)
{
	u64 *table, key = 0;

	for (; pgd && (table = sparse_next(pgd, &key, ~0ull)); key++)
		free_below(table, HPT_START_LEVEL);
	sparse_free(pgd);
}

unsigned long __sim_irq_save(void)
{
	return (unsigned long)current->irqs_off++;
}

void __sim_irq_restore(unsigned long flags)
{
	current->irqs_off = (int)flags;
}

/*
 * Without mmap_lock only disabled interrupts keep the tables from being freed under the walk. Always 0, as
 * the kernel's: an entry that leads nowhere is a finding, too.
 */
int hpt_get_leaf(const struct kvm_pgtable *pgt, u64 addr, kvm_pte_t *ptep, s8 *level)
{
	u64 *entry;
	int at;

	if (!current->irqs_off)
		__sim_violation("page-table", "a walk of the VMM's page table with interrupts on");
	entry = hpt_walk(pgt->pgd, addr, &at);
	*level = (s8)at;
	*ptep = entry ? *entry & ~(HPT_PRESENT | HPT_POISON) : 0;
	return 0;
}
