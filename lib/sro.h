/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stateful RMI operations (B4.5.21-24): what a command leaves behind when it answers
 * RMI_INCOMPLETE.
 *
 * A context is FREE, RESERVED while a CPU works on it, or SEALED while it waits for the host. Its
 * state changes atomically; whoever has made it RESERVED owns the rest.
 */
#ifndef LIB_SRO_H
#define LIB_SRO_H

#include "call.h"

enum sro_state { SRO_FREE, SRO_RESERVED, SRO_SEALED };

struct sro {
	uint8_t state;       /* enum sro_state, atomic */
	uint32_t generation; /* operations this context has seen: makes handles unique */
	const struct rmm_command *command;
	uint64_t arg[CALL_NR_ARGS + 1];
	struct rec_params rec_params;
	rmm_pa object; /* granule in state PARTIAL, or SRO_NO_OBJECT */
	unsigned was;  /* its state before, as seen by the command */
	rmm_pa region; /* region that the operation changes; its size, 0: none */
	uint64_t region_size;
	enum rmi_op_mem_req mem; /* what the host has to do next */
	bool can_cancel;
	unsigned
		need; /* granules still wanted, in blocks of this size, at one place, in that state: */
	int block_level;
	bool contig;
	unsigned mem_state; /* enum rmi_op_mem_state */
	bool stop;          /* RmiContinueFlags.beyond = STOP at the last OP_CONTINUE */
	rmm_pa *pages;      /* donated, or to be reclaimed */
	unsigned nr_pages, max_pages;
	uint64_t final;                     /* X0 at the end of an unwinding operation */
	const struct rmm_condition *failed; /* and the row that it reports, or NULL */
	/* A command that has yielded (yield.h). */
	bool progress; /* up to pos; what stops it there is no error */
	uint64_t pos;
	rmm_pa rd; /* atomic; 0: none */
	struct addr_set set;
	struct addr_out addr_out;
	/* OP_CONTINUE: go on, in call `c`, with the context RESERVED; seals or ends it. */
	void (*resume)(struct rmm_call *c, struct sro *s);
	/* End of an unwinding operation, all memory is back; NULL: the object is DELEGATED again. */
	void (*undo)(struct rmm_call *c, struct sro *s);
	/* State of a granule before its donation, and after its return; NULL: as mem_state says. */
	unsigned (*state_of)(const struct rmm *rmm, const struct sro *s, rmm_pa pa);
};

static inline enum sro_state sro_state(const struct sro *s)
{
	return (enum sro_state)__atomic_load_n(&s->state, __ATOMIC_ACQUIRE);
}

#define SRO_NO_OBJECT UINT64_MAX

bool sro_init(struct rmm *rmm);
void sro_exit(struct rmm *rmm);

/* RESERVE a context with room for `pages` granules; NULL when there is none. */
struct sro *sro_reserve(struct rmm *rmm, unsigned pages);
/* Fill the context that call c has reserved; `object`, if there is one, becomes PARTIAL. */
void sro_begin(struct rmm_call *c, struct sro *s, rmm_pa object, unsigned was);
/* RESERVE the SEALED context of a handle, or NULL. */
struct sro *sro_take(struct rmm *rmm, uint64_t handle);
/* Put it back as it is. */
void sro_put(struct sro *s);
/* Answer INCOMPLETE and wait for the host; `first` gives the handle. */
void sro_seal(struct rmm_call *c, struct sro *s, bool first);
void sro_end(struct rmm *rmm, struct sro *s);
bool sro_owns(const struct sro *s, rmm_pa pa, unsigned state);
/* Ask the host for `granules` single granules, anywhere, DELEGATED; the caller may refine that. */
void sro_ask(struct sro *s, unsigned granules);
/* The state that a donated granule had, or will have again. */
unsigned sro_state_of(const struct rmm *rmm, const struct sro *s, rmm_pa pa);
/* Give every page back, then end with `final`: answers INCOMPLETE. */
void sro_unwind(struct rmm_call *c, struct sro *s, uint64_t final, bool first);
unsigned sro_open(const struct rmm *rmm);
/* An unfinished operation was begun on the realm at rd. */
bool sro_is_open_for(const struct rmm *rmm, rmm_pa rd);

/* The last conditions of a command that becomes an operation: no context is free. */
condition_fn sro_contexts_are_reserved, sro_contexts_are_sealed;
/* How many pages it needs: rmm_command.op_pages, else the number of a REC's granules. */
#define SRO_GROUP(uses)                                                                            \
	{ "sro_busy", sro_contexts_are_reserved, RMI_BUSY, .input = true, .when = (uses) },        \
	{                                                                                          \
		"sro_blocked", sro_contexts_are_sealed, RMI_BLOCKED, .input = true, .when = (uses) \
	}

#endif
