/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Banks: each is one memfd, sparse, mapped twice.
 *
 * The host's view may be written at any time by host code; the model reads and writes through its
 * own, so that a later mode can take the host's pages away (mprotect) without hindering the model.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "granule.h"
#include "model.h"
#include "phys.h"

#define PAGE 0x1000 /* no host has smaller ones */

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
		if (b->kind > RMM_DEVICE_COH) {
			*why = "a bank is of no kind of memory";
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

/*
 * Where the two views of PA 0 are wished to be: in a debugger their addresses then read as PAs, and an emulator that
 * keeps notes of each page that was ever mapped (qemu-user) keeps them once. A place that is taken, or that this host
 * does not have, is none: the views are anywhere then.
 */
#define HOST_VIEW  UINT64_C(0x200000000000)
#define MODEL_VIEW UINT64_C(0x280000000000)
#define VIEW_SIZE  (MODEL_VIEW - HOST_VIEW)

static uint8_t *map_view(int fd, rmm_pa base, uint64_t size, uint64_t view)
{
	bool fits = base < VIEW_SIZE && size <= VIEW_SIZE - base && view + base <= UINTPTR_MAX;
	void *wish = fits ? (void *)(uintptr_t)(view + base) : NULL;
	void *p = mmap(wish, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* A core file would have every page of it, those that nobody has touched as well. */
	madvise(p, size, MADV_DONTDUMP);
	return p;
}

static bool bank_open(struct bank *bank, const struct rmm_bank *b, bool foreign)
{
	bank->base = b->base;
	bank->size = b->size;
	bank->kind = b->kind;
	bank->fd = -1;
	if (foreign)
		return true;
	bank->fd = memfd_create("rmisim-bank", MFD_CLOEXEC);
	if (bank->fd < 0)
		return false;
	if (ftruncate(bank->fd, (off_t)b->size))
		return false;
	bank->host = map_view(bank->fd, b->base, b->size, HOST_VIEW);
	bank->model = map_view(bank->fd, b->base, b->size, MODEL_VIEW);
	return bank->host && bank->model;
}

bool phys_init(struct rmm *rmm, const char **why)
{
	const struct rmm_config *cfg = &rmm->cfg;

	if (!banks_are_valid(cfg, why))
		return false;
	for (unsigned i = 0; i < cfg->nr_banks; i++) {
		rmm->nr_banks = i + 1;
		if (!bank_open(&rmm->banks[i], &cfg->banks[i], cfg->memory)) {
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

	if (!b)
		return NULL;
	if (rmm->cfg.memory)
		return rmm->cfg.memory(rmm->cfg.ctx, pa, size);
	return b->model + (pa - b->base);
}

/* Memory of somebody else: granule by granule, as it comes. */
static void wipe_foreign(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	uint64_t step = granule_size(rmm);

	if (rmm->cfg.clean) {
		rmm->cfg.clean(rmm->cfg.ctx, pa, size);
		return;
	}
	for (uint64_t at = 0; at < size; at += step) {
		void *p = rmm->cfg.memory(rmm->cfg.ctx, pa + at, step);

		if (p)
			memset(p, 0, step);
	}
}

void phys_wipe(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	const struct bank *b = phys_bank(rmm, pa, size);

	if (!b)
		return;
	if (rmm->cfg.memory) {
		wipe_foreign(rmm, pa, size);
		return;
	}
	memset(b->model + (pa - b->base), 0, size);
}

/* The first page at or behind pa that exists in the bank's file, at most the bank's end. */
static rmm_pa next_allocated(const struct bank *b, rmm_pa pa)
{
	off_t at = lseek(b->fd, (off_t)(pa - b->base), SEEK_DATA);

	if (at >= 0)
		return b->base + (rmm_pa)at;
	return errno == ENXIO ? b->base + b->size : pa;
}

void phys_wipe_allocated(struct rmm *rmm, const struct bank *b, rmm_pa pa, uint64_t size,
			 struct holes *h)
{
	uint64_t epoch = __atomic_load_n(&rmm->host_epoch, __ATOMIC_ACQUIRE);
	rmm_pa top = pa + size;

	if (rmm->cfg.memory) {
		wipe_foreign(rmm, pa, size);
		return;
	}
	/*
	 * Page by page what exists: memory that has been used once is used again, and a hole would have
	 * to be filled by a page fault each time.
	 */
	while (pa < top && (h->epoch != epoch || pa < h->from || top > h->to)) {
		rmm_pa data = next_allocated(b, pa);

		*h = (struct holes){ .epoch = epoch, .from = pa, .to = data };
		if (data >= top)
			return;
		data &= ~(rmm_pa)(PAGE - 1);
		memset(b->model + (data - b->base), 0, PAGE);
		pa = data + PAGE;
	}
}

bool phys_ns_ok(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	rmm_pa first = pa & ~(granule_size(rmm) - 1), last;

	if (!size || !phys_bank(rmm, pa, size))
		return false;
	last = (pa + size - 1) & ~(granule_size(rmm) - 1);
	return granule_range_is(rmm, first, last - first + granule_size(rmm), RMM_UNDELEGATED);
}

static struct ns_count *ns_count(struct rmm *rmm, rmm_pa pa)
{
	rmm_pa g = pa & ~(granule_size(rmm) - 1);

	return &rmm->ns[(g >> 12 ^ g >> 18) % NS_COUNTS];
}

/*
 * Both sides change the same word: either this access counts before phys_ns_wait() looks, or it comes
 * after that and sees the new state.
 */
uint8_t *phys_ns_begin(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	uint8_t *p = phys_ns_ok(rmm, pa, size) ? phys_ptr(rmm, pa, size) : NULL;

	if (!p)
		return NULL;
	__atomic_add_fetch(&ns_count(rmm, pa)->n, 1, __ATOMIC_ACQ_REL);
	if (phys_ns_ok(rmm, pa, size))
		return p;
	phys_ns_end(rmm, pa);
	return NULL;
}

void phys_ns_end(struct rmm *rmm, rmm_pa pa)
{
	__atomic_sub_fetch(&ns_count(rmm, pa)->n, 1, __ATOMIC_ACQ_REL);
}

static void wait_for(struct ns_count *count)
{
	while (__atomic_fetch_add(&count->n, 0, __ATOMIC_ACQ_REL))
		sched_yield();
}

void phys_ns_wait(struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	if (size <= granule_size(rmm)) {
		wait_for(ns_count(rmm, pa));
		return;
	}
	for (unsigned i = 0; i < NS_COUNTS; i++)
		wait_for(&rmm->ns[i]);
}

uint64_t phys_read64(const struct rmm *rmm, rmm_pa pa)
{
	const uint8_t *p = phys_ptr(rmm, pa, 8);
	uint64_t value = 0;

	for (int i = 7; p && i >= 0; i--)
		value = value << 8 | p[i];
	return value;
}

void *rmm_host_ptr(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	const struct bank *b = phys_bank(rmm, pa, size);

	if (b && rmm->cfg.memory)
		return rmm->cfg.memory(rmm->cfg.ctx, pa, size);
	return b ? b->host + (pa - b->base) : NULL;
}

bool rmm_host_pa(const struct rmm *rmm, const void *ptr, rmm_pa *pa)
{
	uintptr_t p = (uintptr_t)ptr;

	for (unsigned i = 0; i < rmm->nr_banks; i++) {
		const struct bank *b = &rmm->banks[i];

		if (b->host && p >= (uintptr_t)b->host && p - (uintptr_t)b->host < b->size) {
			*pa = b->base + (p - (uintptr_t)b->host);
			return true;
		}
	}
	return false;
}

bool rmm_bank_bytes(const struct rmm *rmm, unsigned i, int *fd, void **bytes, uint64_t *size)
{
	if (i >= rmm->nr_banks || rmm->cfg.memory)
		return false;
	*fd = rmm->banks[i].fd;
	*bytes = rmm->banks[i].model;
	*size = rmm->banks[i].size;
	return true;
}

bool rmm_host_may_access(const struct rmm *rmm, rmm_pa pa, uint64_t size)
{
	return phys_ns_ok(rmm, pa, size);
}
