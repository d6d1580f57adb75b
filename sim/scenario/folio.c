/* SPDX-License-Identifier: BSD-2-Clause */
/* Private memory that is mapped in pieces larger than a page, as a host with huge folios in guest_memfd does. */
#include "scenario.h"

#define PAGES 8

/* Where the second bank begins: a multiple of each block. */
#define BANK UINT64_C(0x880000000)

/* Also what an image without the door for it leaves alone. */
static void map_folio(struct sim_vm *vm, uint64_t gpa, uint64_t size)
{
	int ret = sim_vm_map_folio(vm, 0, gpa, size);

	if (ret && ret != -K_ENOTTY)
		sim_fail(sim_vm_world(vm), "the folio cannot be mapped: %d", ret);
}

static void must_hold(struct sim_vm *vm, uint64_t gpa, uint64_t step, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += step)
		guest_writes(vm, 0, gpa + at, 0x10 + at / step);
	for (uint64_t at = 0; at < size; at += step)
		sim_expect(sim_vm_world(vm), guest_reads(vm, 0, gpa + at) == 0x10 + at / step);
}

/* A page in the middle is the realm's already. */
static void folio_part(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w);

	sim_expect(w, sim_vm_place(vm, gpa, PAGES * page, BANK, true) == 0);
	guest_writes(vm, 0, gpa + 5 * page, 0x55);
	map_folio(vm, gpa, PAGES * page);
	sim_expect(w, guest_reads(vm, 0, gpa + 5 * page) == 0x55);
	must_hold(vm, gpa, page, PAGES * page);
	end_vm(vm);
}

/* One piece of memory for all. */
static void folio_pages(struct sim_world *w)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t page = page_of(w), gpa = ram_of(w);

	sim_expect(w, sim_vm_place(vm, gpa, PAGES * page, BANK, true) == 0);
	map_folio(vm, gpa, PAGES * page);
	must_hold(vm, gpa, page, PAGES * page);
	end_vm(vm);
}

/* A block of memory that begins `off` the alignment of one. */
static void folio_of_a_block(struct sim_world *w, uint64_t off)
{
	struct sim_vm *vm = make_realm(w, 1);
	uint64_t block = block_of(w), gpa = ram_of(w);

	sim_expect(w, sim_vm_place(vm, gpa, block, BANK + off, true) == 0);
	map_folio(vm, gpa, block);
	must_hold(vm, gpa, block / 4, block);
	end_vm(vm);
}

static void folio_block(struct sim_world *w)
{
	folio_of_a_block(w, 0);
}

static void folio_odd(struct sim_world *w)
{
	folio_of_a_block(w, page_of(w));
}

/* Two blocks of memory, which one descriptor could not describe. With pages of 64K no folio is as large as that. */
static void folio_blocks(struct sim_world *w)
{
	uint64_t block = block_of(w), gpa = sim_world_ipa_offset(w) + (UINT64_C(1) << 30);
	struct sim_vm *vm;

	if (page_of(w) > 16 << 10)
		return;
	vm = make_vm(w, &(struct sim_vm_config){ .ram_base = gpa, .ram_mib = 2048 });
	sim_expect(w, sim_vm_start(vm) == 0);
	sim_expect(w, sim_vm_place(vm, gpa, 2 * block, BANK, true) == 0);
	map_folio(vm, gpa, 2 * block);
	must_hold(vm, gpa, block / 2, 2 * block);
	end_vm(vm);
}

/* In a slot of which a whole entry above level 2 is bare. */
static void folio_bare(struct sim_world *w)
{
	uint64_t block = block_of(w), gpa = sim_world_ipa_offset(w) + (UINT64_C(1) << 30);
	struct sim_vm *vm = make_vm(w, &(struct sim_vm_config){ .ram_base = gpa, .ram_mib = 2048 });

	sim_expect(w, sim_vm_start(vm) == 0);
	sim_expect(w, sim_vm_place(vm, gpa, block, BANK, true) == 0);
	map_folio(vm, gpa, block);
	must_hold(vm, gpa, block / 4, block);
	end_vm(vm);
}

const struct sim_catalogue_entry scenarios_folio[] = {
	{ "folio-part", "eight private pages at once, of which one is mapped already", folio_part,
	  false },
	{ "folio-pages", "eight private pages at once", folio_pages, false },
	{ "folio-block", "a block of private memory at once", folio_block, false },
	{ "folio-blocks", "two blocks of private memory at once", folio_blocks, false },
	{ "folio-bare", "a block of private memory at once, where there is no table yet",
	  folio_bare, false },
	{ "folio-odd", "as much private memory as a block has, which is no block", folio_odd,
	  false },
	{ NULL, NULL, NULL, false },
};
