/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations of the host on a realm's trees: tables, maps, unmaps, RIPAS. */
#include "ops.h"

/* RTT_CREATE of each level down to `level`. */
static void tables(struct fuzz *f, const struct fuzz_realm *realm, rmm_ipa ipa, int level)
{
	for (int l = realm->shape.start_level + 1; l <= level; l++) {
		rmm_ipa base = align_down(ipa, fuzz_level_size(f, l - 1));
		struct rmm_regs r =
			fuzz_call(f, RMI_RTT_READ_ENTRY, realm->rd, base, (uint64_t)(l - 1));

		if (r.x[0])
			return;
		if (r.x[2] == RMI_RTTE_TABLE && r.x[1] == (uint64_t)(l - 1))
			continue;
		if (fuzz_call(f, RMI_RTT_CREATE, realm->rd, op_delegated(f, 1), base, (uint64_t)l)
			    .x[0])
			return;
	}
}

void op_make_tables(struct fuzz *f)
{
	struct fuzz_realm *realm = fuzz_realm(f);
	rmm_ipa ipa = fuzz_ipa(f, realm);

	tables(f, realm, ipa, (int)(fuzz_u8(f) & 3));
}

/* n single pages as a list, or one descriptor; returns the number of entries, 0: a descriptor. */
static uint64_t address_set(struct fuzz *f, unsigned n, bool list, uint64_t state, uint64_t *flags)
{
	rmm_pa at = fuzz_scratch(f, PAGE_LIST);

	if (!list) {
		*flags = RMI_ADDR_SINGLE;
		return (state ? fuzz_find(f, RMM_UNDELEGATED, n) : op_delegated(f, n)) | n << 2 |
		       state;
	}
	for (unsigned i = 0; i < n; i++)
		fuzz_host_write(f, at + 8 * i,
				(state ? fuzz_find(f, RMM_UNDELEGATED, 1) : op_delegated(f, 1)) |
					4 | state);
	*flags = RMI_ADDR_LIST | n << 2;
	return at;
}

/* Tables if they are missing, then DATA_MAP, DATA_MAP_INIT or UNPROT_MAP of a few pages. */
void op_map(struct fuzz *f)
{
	struct fuzz_realm *realm = fuzz_realm(f);
	rmm_ipa ipa = fuzz_ipa(f, realm);
	uint8_t how = fuzz_u8(f);
	unsigned n = (how & 7) + 1;
	uint64_t flags, set, state = f->edition >= RMI_BET3 ? UINT64_C(1) << 62 : UINT64_C(1) << 63;
	bool unprot = ipa >> (realm->shape.ipa_bits - 1) & 1;

	tables(f, realm, ipa, 3);
	if (how & 0x20 && !unprot) {
		fuzz_host_write(f, fuzz_scratch(f, PAGE_OUT_LIST), fuzz_u8(f));
		fuzz_call(f, RMI_RTT_DATA_MAP_INIT, realm->rd, op_delegated(f, 1), ipa,
			  fuzz_scratch(f, PAGE_OUT_LIST), how & 1);
		return;
	}
	set = address_set(f, n, how & 0x10, unprot ? state : 0, &flags);
	if (unprot)
		flags |= 6u << 16 | (uint64_t)(how & 0x40 ? fuzz_u8(f) & 3 : 3) << 19;
	fuzz_call(f, unprot ? RMI_RTT_UNPROT_MAP : RMI_RTT_DATA_MAP, realm->rd, ipa,
		  ipa + n * f->page, flags, set);
}

/* A block of level 2: 512 pages of 4 KiB in a row. */
void op_map_block(struct fuzz *f)
{
	struct fuzz_realm *realm = fuzz_realm(f);
	unsigned n = (unsigned)(fuzz_level_size(f, 2) >> f->shift);
	uint64_t size = n * f->page, ipa = align_down(fuzz_ipa(f, realm), size);
	bool unprot = ipa >> (realm->shape.ipa_bits - 1) & 1;
	rmm_pa pa = f->bank[0].base + (fuzz_u8(f) % 3) * size;

	tables(f, realm, ipa, 2);
	fuzz_call(f, RMI_GRANULE_RANGE_DELEGATE, pa, pa + size);
	fuzz_call(f, unprot ? RMI_RTT_UNPROT_MAP : RMI_RTT_DATA_MAP, realm->rd, ipa, ipa + size,
		  RMI_ADDR_SINGLE | (unprot ? 0x1eu << 16 : 0), pa | 1u << 2 | 1);
}

void op_unmap(struct fuzz *f)
{
	struct fuzz_realm *realm = fuzz_realm(f);
	rmm_ipa ipa = fuzz_ipa(f, realm);
	uint8_t how = fuzz_u8(f);
	uint64_t size = how & 0x40 ? fuzz_level_size(f, 2) : ((how & 15) + 1) * f->page;
	bool unprot = ipa >> (realm->shape.ipa_bits - 1) & 1,
	     list = (how >> 4 & 3) == RMI_ADDR_LIST;

	fuzz_call(f, unprot ? RMI_RTT_UNPROT_UNMAP : RMI_RTT_DATA_UNMAP, realm->rd, ipa, ipa + size,
		  (how >> 4 & 3) | (list ? (how & 15u) << 2 : 0),
		  list ? fuzz_scratch(f, PAGE_OUT_LIST) : 0);
}

/* DESTROY, FOLD, READ_ENTRY, INIT_RIPAS of something near an IPA. */
void op_table_call(struct fuzz *f)
{
	static const uint64_t fids[] = { RMI_RTT_DESTROY, RMI_RTT_FOLD, RMI_RTT_READ_ENTRY,
					 RMI_RTT_INIT_RIPAS };
	struct fuzz_realm *realm = fuzz_realm(f);
	rmm_ipa ipa = fuzz_ipa(f, realm);
	uint8_t how = fuzz_u8(f);
	int level = how >> 2 & 3;

	if ((how & 3) == 3) {
		fuzz_call(f, RMI_RTT_INIT_RIPAS, realm->rd, ipa,
			  ipa + ((how >> 2 & 15) + 1) *
					  (how & 0x40 ? fuzz_level_size(f, 2) : f->page));
		return;
	}
	if (!(how & 0x80))
		ipa = align_down(ipa,
				 fuzz_level_size(f, level && (how & 3) < 2 ? level - 1 : level));
	fuzz_call(f, fids[how & 3], realm->rd, ipa, (uint64_t)level);
}

/* The host answers a RIPAS request: all of it, or some pages. */
void op_serve_ripas(struct fuzz *f)
{
	struct fuzz_realm *realm = fuzz_realm(f);
	uint8_t how = fuzz_u8(f);
	rmm_ipa top = how & 0x80 ? f->ripas_base + ((how & 15) + 1) * f->page : f->ripas_top;
	struct rmm_regs r;

	if (how & 0x40)
		tables(f, realm, f->ripas_base, 3);
	r = fuzz_call(f, RMI_RTT_SET_RIPAS, realm->rd, f->ripas_rec, f->ripas_base, top);
	if (!r.x[0])
		f->ripas_base = r.x[1];
}

/* Tables of an auxiliary tree, and what the primary one maps there; or the other way. */
void op_plane_call(struct fuzz *f)
{
	static const uint64_t fids[] = { RMI_RTT_AUX_PROT_MAP, RMI_RTT_AUX_PROT_UNMAP,
					 RMI_RTT_AUX_UNPROT_MAP, RMI_RTT_AUX_UNPROT_UNMAP };
	struct fuzz_realm *realm = fuzz_realm(f);
	rmm_ipa ipa = fuzz_ipa(f, realm);
	uint8_t how = fuzz_u8(f);
	uint64_t tree = 1 + how % 3, base;
	int level = how & 0x40 ? 3 : 2;

	for (int l = realm->shape.start_level + 1; how & 0x20 && l <= level; l++) {
		base = align_down(ipa, fuzz_level_size(f, l - 1));
		fuzz_call(f, RMI_RTT_AUX_CREATE, realm->rd, op_delegated(f, 1), base, (uint64_t)l,
			  tree);
	}
	base = align_down(ipa, level == 3 ? f->page : fuzz_level_size(f, 2));
	if ((how >> 2 & 7) < 4)
		fuzz_call(f, fids[how >> 2 & 3], realm->rd, base,
			  base + (1 + (how >> 7) * 7u) *
					  (level == 3 ? f->page : fuzz_level_size(f, 2)),
			  tree, how & 0x10 ? RMI_AUX_MAP_CREATE | RMI_AUX_MAP_CONTINUE : 0);
	else
		fuzz_call(f, how & 4 ? RMI_RTT_AUX_DESTROY : RMI_RTT_AUX_FOLD, realm->rd,
			  align_down(ipa, fuzz_level_size(f, level - 1)), (uint64_t)level, tree);
}
