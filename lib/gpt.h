/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Granule protection table, level 0 (A2.3.9): who may split an entry, and the level 1 tables that
 * the host has made. The PAS of a granule follows from its state, not from here: an entry that is a
 * BLOCK hinders no delegation.
 *
 * Locking: tables are added under rmm->regions_lock and never taken off the list before the model
 * ends; their state changes under that lock, or by the operation that has made it INTERMEDIATE.
 */
#ifndef LIB_GPT_H
#define LIB_GPT_H

#include <rmisim/rmm.h>

enum gpt_state { GPT_BLOCK, GPT_INTERMEDIATE, GPT_TABLE };

struct gpt_table {
	rmm_pa region;
	uint8_t state; /* enum gpt_state, atomic */
	unsigned nr_pages;
	rmm_pa *pages;
	struct gpt_table *next;
};

/* Bytes behind one level 0 entry (feature register 1, L0GPTSZ). */
uint64_t gpt_region_size(const struct rmm *rmm);
/* Granules of a level 1 table: four bits for each granule of the region. */
unsigned gpt_table_granules(const struct rmm *rmm);
/* The table of the region at pa, NULL when there never was one. */
struct gpt_table *gpt_find(const struct rmm *rmm, rmm_pa pa);
/* The same, made when it is not there yet; NULL when memory is short. */
struct gpt_table *gpt_get(struct rmm *rmm, rmm_pa pa);
enum gpt_state gpt_state(const struct rmm *rmm, rmm_pa pa);
void gpt_set_state(struct gpt_table *t, enum gpt_state state);
/* RmiGptParState at pa. */
enum rmi_gpt_par gpt_par(const struct rmm *rmm, rmm_pa pa);
/* The end of the stretch from pa on with one PAR state, at most `limit`. */
rmm_pa gpt_par_end(const struct rmm *rmm, rmm_pa pa, rmm_pa limit);
/*
 * The region can be a block again: its granules are in one PAS. The memory of a table that lies in
 * its own region is not looked at, but goes back to the host: then that PAS is Non-secure.
 */
bool gpt_is_homogeneous(const struct rmm *rmm, const struct gpt_table *t);
void gpt_exit(struct rmm *rmm);

#endif
