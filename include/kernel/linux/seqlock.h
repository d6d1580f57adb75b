/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sequence counters: a writer makes the number odd and even again, a reader starts again when it has changed.
 *
 * A reader that meets a writer waits for its end. Writers exclude each other by a lock of their own; two at
 * once, and a reader inside its own write section, end the run.
 */
#ifndef _LINUX_SEQLOCK_H
#define _LINUX_SEQLOCK_H

#include <linux/lockdep.h>

typedef struct {
	unsigned int sequence;
	int writer; /* actor + 1, 0 = none */
	const char *name;
} seqcount_t;

void __sim_seqcount_init(seqcount_t *s, const char *name);
unsigned int __sim_read_seqcount_begin(const seqcount_t *s, const char *caller);
void __sim_write_seqcount_begin(seqcount_t *s, const char *caller);
void __sim_write_seqcount_end(seqcount_t *s, const char *caller);

static inline int read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	return s->sequence != start;
}

#define seqcount_init(s)        __sim_seqcount_init(s, #s)
#define read_seqcount_begin(s)  __sim_read_seqcount_begin(s, __func__)
#define write_seqcount_begin(s) __sim_write_seqcount_begin(s, __func__)
#define write_seqcount_end(s)   __sim_write_seqcount_end(s, __func__)

#endif
