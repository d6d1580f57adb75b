/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of operations share. */
#ifndef TESTS_FUZZ_OPS_H
#define TESTS_FUZZ_OPS_H

#include "fuzz.h"

enum { PAGE_PARAMS, PAGE_REC_PARAMS, PAGE_LIST, PAGE_OUT_LIST, PAGE_RUN };

static inline uint64_t align_down(uint64_t x, uint64_t size)
{
	return x & ~(size - 1);
}

/* Free pages with something of the host's in them, delegated. 0: none. */
rmm_pa op_delegated(struct fuzz *f, unsigned n);

/* ops_tree.c */
void op_make_tables(struct fuzz *f);
void op_map(struct fuzz *f);
void op_map_block(struct fuzz *f);
void op_unmap(struct fuzz *f);
void op_table_call(struct fuzz *f);
void op_serve_ripas(struct fuzz *f);
void op_plane_call(struct fuzz *f);

#endif
