/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Banks: each is one memfd, sparse, mapped twice.
 *
 * The host's view may be written at any time by host code; the model reads and writes through its
 * own, so that a later mode can take the host's pages away (mprotect) without hindering the model.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "granule.h"
#include "model.h"
#include "phys.h"

#define PUNCH_FROM UINT64_C(0x10000) /* below this a memset is cheaper */

static bool banks_are_valid(const struct rmm_config *cfg, const char **why)
{
	uint64_t limit = UINT64_C(1) << cfg->pa_bits;
	/* Whole granules of every supported size: 64 KiB, less when only smaller ones are offered. */
	uint64_t align = UINT64_C(1) << (31 - __builtin_clz(cfg->granule_shifts));

	if (cfg->nr_banks > RMM_MAX_BANKS) {
		*why = "too many memory banks";
		return false;
	}
	for (unsigned i = 0; i < cfg->nr_banks; i++) {
		const struct rmm_bank *b = &cfg->banks[i];

		if (!b->size || (b->base | b->size) % align) {
			*why = "bank base and size must be multiples of the largest granule, and "
			       "the size not zero";
			return false;
		}
		if (b->base >= limit || b->size > limit - b->base) {
			*why = "a bank lies outside the physical address space";
			return false;
		}
		for (unsigned j = 0; j < i; j++) {
			if (b->base < cfg->banks[j].base + cfg->banks[j].size &&
			    cfg->banks[j].base < b->base + b->size) {
				*why = "two banks overlap";
				return false;
			}
		}
	}
	return true;
}

static uint8_t *map_view(int fd, uint64_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static bool bank_open(struct bank *bank, const struct rmm_bank *b)
{
	bank->base = b->base;
	bank->size = b->size;
	bank->fd = memfd_create("rmisim-bank", MFD_CLOEXEC);
	if (bank->fd < 0)
		return false;
	if (ftruncate(bank->fd, (off_t)b->size))
		return false;
	bank->host = map_view(bank->fd, b->size);
	bank->model = map_view(bank->fd, b->size);
	return bank->host && bank->model;
}

bool phys_init(struct rmm *rmm, const char **why)
{
	const struct rmm_config *cfg = &rmm->cfg;

	if (!banks_are_valid(cfg, why))
		return false;
	for (unsigned i = 0; i < cfg->nr_banks; i++) {
		rmm->nr_banks = i + 1;
		if (!bank_open(&rmm->banks[i], &cfg->banks[i])) {
			*why = "no memory for a bank";
			return false;
		}
	}
	return true;
}

void phys_exit(struct rmm *rmm)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		struct bank *bank = &rmm->banks[i];

		if (bank->host)
			munmap(bank->host, bank->size);
		if (bank->model)
			munmap(bank->model, bank->size);
		if (bank->fd >= 0)
			close(bank->fd);
	}
	rmm->nr_banks = 0;
}

struct bank *phys_bank(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		const struct bank *b = &rmm->banks[i];

		if (pa >= b->base && pa - b->base < b->size && size <= b->size - (pa - b->base))
			return (struct bank *)b;
	}
	return NULL;
}

void *phys_ptr(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	const struct bank *b = phys_bank(rmm, pa, size);

	return b ? b->model + (pa - b->base) : NULL;
}

void phys_wipe(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	const struct bank *b = phys_bank(rmm, pa, size);

	if (!b)
		return;
	if (size >= PUNCH_FROM && !fallocate(b->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					     (off_t)(pa - b->base), (off_t)size))
		return;
	memset(b->model + (pa - b->base), 0, size);
}

bool phys_ns_ok(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	rmm_pa first = pa & ~(granule_size(rmm) - 1);

	if (!size || !phys_bank(rmm, pa, size))
		return false;
	for (rmm_pa p = first; p < pa + size; p += granule_size(rmm)) {
		if (granule_state(rmm, p) != RMM_UNDELEGATED)
			return false;
	}
	return true;
}

uint64_t phys_read64(const struct rmm *rmm, rmm_pa pa)
{
	const uint8_t *p = phys_ptr(rmm, pa, 8);
	uint64_t value = 0;

	for (int i = 7; p && i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

void phys_write64(const struct rmm *rmm, rmm_pa pa, uint64_t value)
{
	uint8_t *p = phys_ptr(rmm, pa, 8);

	for (int i = 0; p && i < 8; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

void *rmm_host_ptr(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	const struct bank *b = phys_bank(rmm, pa, size);

	return b ? b->host + (pa - b->base) : NULL;
}

bool rmm_host_pa(const struct rmm *rmm, const void *ptr, rmm_pa *pa)
{
	uintptr_t p = (uintptr_t)ptr;

	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		const struct bank *b = &rmm->banks[i];

		if (p >= (uintptr_t)b->host && p - (uintptr_t)b->host < b->size) {
			*pa = b->base + (p - (uintptr_t)b->host);
			return true;
		}
	}
	return false;
}

bool rmm_host_may_access(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	return phys_ns_ok(rmm, pa, size);
}
