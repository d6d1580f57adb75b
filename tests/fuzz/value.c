/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From bytes to values: mostly what means something to the model at this point (a granule in a given
 * state, the border of a realm's halves, a descriptor), sometimes any 64 bits.
 */
#include <string.h>

#include "fuzz.h"

uint8_t fuzz_u8(struct fuzz *f)
{
	return f->pos < f->size ? f->data[f->pos++] : 0;
}

uint64_t fuzz_u64(struct fuzz *f)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		value |= (uint64_t)fuzz_u8(f) << 8 * i;
	return value;
}

bool fuzz_ended(const struct fuzz *f)
{
	return f->pos >= f->size;
}

rmm_pa fuzz_granule(const struct fuzz *f, unsigned i)
{
	for (unsigned b = 0; b < NR_BANKS; b++) {
		unsigned n = (unsigned)(f->bank[b].size >> f->shift);

		if (i < n)
			return f->bank[b].base + ((uint64_t)i << f->shift);
		i -= n;
	}
	return f->bank[0].base;
}

bool fuzz_granule_index(const struct fuzz *f, rmm_pa pa, unsigned *i)
{
	*i = 0;
	for (unsigned b = 0; b < NR_BANKS; b++) {
		if (pa >= f->bank[b].base && pa - f->bank[b].base < f->bank[b].size) {
			*i += (unsigned)((pa - f->bank[b].base) >> f->shift);
			return true;
		}
		*i += (unsigned)(f->bank[b].size >> f->shift);
	}
	return false;
}

/* Small trees have small levels (fanout_bits). */
uint64_t fuzz_level_size(const struct fuzz *f, int level)
{
	unsigned shift = f->shift + (unsigned)(3 - level) * f->bits;

	return UINT64_C(1) << (shift < 63 ? shift : 63);
}

rmm_pa fuzz_scratch(const struct fuzz *f, unsigned i)
{
	return f->bank[0].base + (uint64_t)(i % SCRATCH) * f->page;
}

static bool pages_have(const struct fuzz *f, unsigned first, unsigned n, unsigned state)
{
	for (unsigned i = first; i < first + n; i++) {
		if (f->state[i] != state)
			return false;
	}
	return true;
}

/* Behind the last find first, so that helpers spread over the memory. */
rmm_pa fuzz_find(struct fuzz *f, enum rmm_granule_state state, unsigned n)
{
	unsigned total = (unsigned)(f->bank[0].size >> f->shift), start = 0;

	fuzz_granule_index(f, f->next, &start);
	start = (start + n - 1) / n * n;
	for (unsigned k = 0; k + n <= total; k += n) {
		unsigned i = (start + k) / n * n;

		i = i + n <= total ? i : i % total / n * n;
		if (i < SCRATCH || i + n > total || !pages_have(f, i, n, state))
			continue;
		f->next = fuzz_granule(f, i + n < total ? i + n : SCRATCH);
		return fuzz_granule(f, i);
	}
	return 0;
}

struct fuzz_realm *fuzz_realm(struct fuzz *f)
{
	return &f->realm[fuzz_u8(f) % NR_REALMS];
}

/* The n-th granule in a state, counted by a byte. */
static rmm_pa by_state(struct fuzz *f, unsigned state)
{
	unsigned want = fuzz_u8(f), found = 0, last = 0;

	for (unsigned i = 0; i < f->nr_granules; i++) {
		if (f->state[i] != state)
			continue;
		last = i;
		if (found++ == want)
			break;
	}
	return fuzz_granule(f, last);
}

static rmm_pa border(const struct fuzz *f, unsigned which)
{
	const struct rmm_bank *b = &f->bank[which / 4 % NR_BANKS];

	switch (which % 4) {
	case 0:
		return b->base;
	case 1:
		return b->base - f->page;
	case 2:
		return b->base + b->size;
	default:
		return b->base + b->size - f->page;
	}
}

rmm_pa fuzz_pa(struct fuzz *f)
{
	uint8_t b = fuzz_u8(f), low = b & 15;

	switch (b >> 4) {
	case 0 ... 3:
		return f->bank[0].base + (uint64_t)b * f->page;
	case 4:
		return f->bank[0].base + ((uint64_t)fuzz_u8(f) << 8 | fuzz_u8(f)) * f->page;
	case 5:
	case 6:
		return by_state(f, low % (RMM_INTERNAL + 1));
	case 7:
		return f->realm[low % NR_REALMS].rd;
	case 8:
		return f->rec[low % NR_RECS];
	case 9:
	case 10:
		return fuzz_scratch(f, low);
	case 11:
		return border(f, low);
	case 12:
		return fuzz_scratch(f, low) + fuzz_u8(f) * 8u;
	case 13:
		return fuzz_pa(f) + fuzz_u8(f);
	case 14:
		return UINT64_C(1) << (low * 4 + (fuzz_u8(f) & 3));
	default:
		return low ? fuzz_u64(f) : UINT64_MAX;
	}
}

/* A byte for the place in one half, its top bit for the half. */
rmm_ipa fuzz_ipa(struct fuzz *f, const struct fuzz_realm *realm)
{
	uint64_t half = UINT64_C(1) << (realm->shape.ipa_bits - 1);
	uint8_t b = fuzz_u8(f), low = b & 15;
	rmm_ipa at = b & 0x80 ? half : 0;

	switch (b >> 4 & 7) {
	case 0 ... 2:
		return at + (b & 63) * f->page;
	case 3:
		return at + (low & 7) * fuzz_level_size(f, 2);
	case 4:
		return at + (low & 7) * fuzz_level_size(f, 1);
	case 5:
		return at + (low & 7) * fuzz_level_size(f, 2) + fuzz_u8(f) * f->page;
	case 6:
		return at + half - (low + 1u) * (low & 8 ? fuzz_level_size(f, 2) : f->page);
	default:
		break;
	}
	switch (low) {
	case 0 ... 3:
		return at + half;
	case 4 ... 6:
		return at + fuzz_level_size(f, 0) * (low & 3);
	case 7 ... 11:
		return at + fuzz_u8(f) * f->page + fuzz_u8(f);
	default:
		return fuzz_u64(f);
	}
}

int64_t fuzz_level(struct fuzz *f)
{
	uint8_t b = fuzz_u8(f);

	return b < 0xf0 ? (int64_t)(b % 8) - 2 : (int64_t)fuzz_u64(f);
}

uint64_t fuzz_desc(struct fuzz *f)
{
	rmm_pa pa = fuzz_pa(f);
	uint8_t shape = fuzz_u8(f), more = fuzz_u8(f);
	uint64_t word = pa | (uint64_t)(shape & 0x80 ? 3 - shape % 4 : 0);

	word |= (uint64_t)(shape >> 2 & 31 ? shape >> 2 & 31 : 1) << 2;
	if (more & 1)
		word |= UINT64_C(1) << (62 + (more >> 1 & 1));
	if (more & 8)
		word |= (uint64_t)(more >> 4) << 6;
	if ((more & 12) == 4)
		word &= ~(UINT64_C(0x3ff) << 2); /* count 0 */
	return word;
}

static uint64_t flags(struct fuzz *f, enum rmi_kind kind)
{
	uint8_t b = fuzz_u8(f);
	uint64_t word = b & 3, count;

	if (b & 0x80)
		return fuzz_u64(f);
	count = word == RMI_ADDR_LIST || b & 0x40 ? fuzz_u8(f) & 0x3f : 0;
	word |= count << 2;
	if (kind == RMI_KIND_UNPROT_FLAGS)
		word |= (uint64_t)(b & 0x20 ? fuzz_u8(f) & 0x7f : 0x1e) << 16;
	return word;
}

static uint64_t handle(struct fuzz *f)
{
	uint8_t b = fuzz_u8(f);

	if (b & 0x80)
		return b & 0x40 ? fuzz_u64(f) : b & 0x3f;
	return f->op[b % NR_HANDLES].handle + (b >> 2 & 31 ? (b >> 2 & 3) << (b >> 4) : 0);
}

static uint64_t version(struct fuzz *f)
{
	static const uint64_t versions[] = {
		RMI_ABI_VERSION, 0x10000,           0x10001, 0x30000,
		0x20001,         UINT64_C(1) << 31, 0,       UINT64_MAX
	};

	return versions[fuzz_u8(f) % 8];
}

static uint64_t value(struct fuzz *f, enum rmi_kind kind)
{
	switch (kind) {
	case RMI_KIND_PA:
		return fuzz_pa(f);
	case RMI_KIND_IPA:
		return fuzz_ipa(f, &f->realm[0]);
	case RMI_KIND_LEVEL:
		return (uint64_t)fuzz_level(f);
	case RMI_KIND_VERSION:
		return version(f);
	case RMI_KIND_DESC:
		return fuzz_desc(f);
	case RMI_KIND_PROT_FLAGS:
	case RMI_KIND_UNPROT_FLAGS:
	case RMI_KIND_UNMAP_FLAGS:
		return flags(f, kind);
	case RMI_KIND_HANDLE:
		return handle(f);
	default:
		return fuzz_u8(f);
	}
}

/* A range ends some units behind its base; or anywhere. */
static uint64_t top(struct fuzz *f, enum rmi_kind kind, uint64_t base)
{
	uint8_t b = fuzz_u8(f);

	if (b >= 0xe0)
		return value(f, kind);
	if (b >= 0xc0)
		return base + (b & 15) * fuzz_level_size(f, b & 16 ? 1 : 2);
	if (b >= 0xb0)
		return base + (uint64_t)fuzz_u8(f) * f->page + (b & 15);
	return base + (b & 63) * f->page;
}

void fuzz_args(struct fuzz *f, const struct rmi_command *command, struct rmm_regs *regs)
{
	uint8_t how = fuzz_u8(f);

	for (unsigned i = 0; i < 6 && i < command->nr_args; i++) {
		const struct rmi_arg *arg = &command->args[i];
		uint64_t *x = &regs->x[i + 1];

		if (how & 0x80 && how % 8 == i)
			*x = fuzz_u64(f);
		else if (!strcmp(arg->name, "rd") && !(how & 0x40))
			*x = f->realm[how % NR_REALMS].rd;
		else if (!strcmp(arg->name, "rec") && !(how & 0x60))
			*x = f->rec[fuzz_u8(f) % NR_RECS];
		else if (!strcmp(arg->name, "top") && i)
			*x = top(f, arg->kind, x[-1]);
		else if (arg->kind == RMI_KIND_IPA)
			*x = fuzz_ipa(f, &f->realm[how % NR_REALMS]);
		else
			*x = value(f, arg->kind);
	}
}

void fuzz_host_write(struct fuzz *f, rmm_pa pa, uint64_t word)
{
	uint8_t *p = rmm_host_may_access(f->rmm, pa, 8) ? rmm_host_ptr(f->rmm, pa, 8) : NULL;

	for (unsigned i = 0; p && i < 8; i++)
		p[i] = (uint8_t)(word >> 8 * i);
}
