/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_REC_CREATE, RMI_REC_DESTROY (B4.5.49, .50), operations that take and return memory.
 *
 * The conditions are checked when the command begins and again when it goes on after the donation:
 * the realm may have changed in between. The parameters are read once. Locks: rec (DELEGATED),
 * then RD; destruction: REC.
 */
#include <string.h>

#include "../feature.h"
#include "../measure.h"
#include "../sro.h"

enum { ARG_RD = 1, ARG_REC = 2, ARG_PARAMS = 3, ARG_DESTROY_REC = 1 };

static bool takes_memory(const struct rmm *rmm)
{
	return rmm->profile.rec_granules != 0;
}

static void create_prepare(struct rmm_call *c)
{
	const uint8_t *page = NULL;

	if (!c->sro && takes_memory(c->rmm) && !c->rmm->profile.tf_rmm)
		c->without_memory = rmm_choose(c->rmm, RMM_CHOOSE_MEMORY, "memory", 2);
	if (c->sro && !c->rmm->profile.tf_rmm)
		c->rec_params = c->sro->rec_params;
	else if (granule_aligned(c->rmm, c->arg[ARG_PARAMS]))
		page = phys_ns_begin(c->rmm, c->arg[ARG_PARAMS], granule_size(c->rmm));
	if (page) {
		rec_params_read(page, &c->rec_params);
		phys_ns_end(c->rmm, c->arg[ARG_PARAMS]);
	}
}

static bool params_have_an_invalid_value(struct rmm_call *c, const struct rmm_condition *row)
{
	return !rec_params_are_encoded(&c->rec_params);
}

static bool realm_has_all_its_recs(struct rmm_call *c, const struct rmm_condition *row)
{
	return granule_refs(c->granule[ARG_RD]) >=
	       (1u << rmm_feature(c->rmm, FEATURE_MAX_RECS_ORDER)) - 1;
}

static bool mpidr_is_not_the_next(struct rmm_call *c, const struct rmm_condition *row)
{
	return rec_index(c->rec_params.mpidr) != c->realm->rec_index;
}

/* The object is made at the end only; an unfinished operation has none. */
static bool rec_cannot_be_made(struct rmm_call *c, const struct rmm_condition *row)
{
	if (takes_memory(c->rmm) && !c->sro && !c->without_memory)
		return false;
	if (!realm_rec_reserve(c->rmm, c->realm, c->realm->rec_index))
		return true;
	c->fresh = rec_new(c->rmm, c->arg[ARG_REC], c->arg[ARG_RD], &c->rec_params);
	return !c->fresh;
}

static const struct rmm_condition create_conditions[] = {
	{ "params_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_PARAMS, .input = true },
	{ "params_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_PARAMS, .input = true },
	{ "params_valid", params_have_an_invalid_value, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "rec_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_REC },
	{ "rec_bound", arg_is_not_conventional, RMI_ERROR_INPUT, .arg = ARG_REC },
	{ "rec_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_REC },
	{ "rec_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_REC, .state = RMM_DELEGATED },
	RD_GROUP(ARG_RD),
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW },
	{ "num_recs", realm_has_all_its_recs, RMI_ERROR_REALM },
	{ "mpidr_index", mpidr_is_not_the_next, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "memory", rec_cannot_be_made, RMI_ERROR_GLOBAL },
	SRO_GROUP(takes_memory),
};

/*
 * TF-RMM looks at rec only, until it has the memory (rmm-state-machines 12.5), and at all of the
 * MPIDR last.
 */
static const struct rmm_condition tf_create_conditions[] = {
	TF_GRANULE("rec", ARG_REC, RMM_DELEGATED),
	SRO_GROUP(takes_memory),
	{ "params_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_PARAMS, .late = true },
	{ "params_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_PARAMS, .late = true },
	{ "rd", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_RD, .state = RMM_RD, .late = true },
	{ "num_recs", realm_has_all_its_recs, RMI_ERROR_REALM, .late = true },
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW, .late = true },
	{ "params_valid", params_have_an_invalid_value, RMI_ERROR_INPUT, .arg = ARG_PARAMS,
	  .late = true },
	{ "mpidr_index", mpidr_is_not_the_next, RMI_ERROR_INPUT, .arg = ARG_PARAMS, .late = true },
	{ "memory", rec_cannot_be_made, RMI_ERROR_GLOBAL, .late = true },
};

static const struct rmm_order tf_create = { CONDITIONS(tf_create_conditions) };

/* The success of REC_CREATE: every lock is held, c->fresh is the object. */
static void make_rec(struct rmm_call *c)
{
	struct rmm_rec *rec = c->fresh;
	struct granule *g = c->granule[ARG_REC];

	if (c->sro) {
		rec->aux = c->sro->pages;
		rec->nr_aux = c->sro->nr_pages;
		c->sro->pages = NULL;
		c->sro->max_pages = 0;
	}
	g->object = rec;
	g->refs = 0;
	granule_set_state(c->rmm, g, RMM_REC);
	granule_get_ref(c->granule[ARG_RD], 1);
	realm_rec_set(c->realm, c->realm->rec_index++, rec->pa);
	if (rec->runnable)
		measure_rec(c->realm, &c->rec_params);
}

static void create_resume(struct rmm_call *c, struct sro *s)
{
	const struct rmm_condition *row;
	struct rmm_call inner;

	call_init(&inner, c->rmm, c->cpu, s->command);
	inner.sro = s;
	memcpy(inner.arg, s->arg, sizeof(inner.arg));
	call_lock(&inner);
	create_prepare(&inner);
	row = inner.starved ? NULL : call_check(&inner);
	if (inner.starved) {
		sro_seal(c, s, false); /* no memory to lock rec or rd: once more */
	} else if (row) {
		s->failed = row;
		sro_unwind(c, s, call_result(&inner, row), false);
	} else {
		make_rec(&inner);
		sro_end(c->rmm, s);
		c->x0 = RMI_SUCCESS;
	}
	call_unlock(&inner);
}

static void create(struct rmm_call *c)
{
	struct sro *s = c->new_sro;

	if (!s) {
		make_rec(c);
		return;
	}
	sro_begin(c, s, c->arg[ARG_REC], RMM_DELEGATED);
	sro_ask(s, c->rmm->profile.rec_granules);
	s->contig = c->rmm->profile.rec_contig;
	s->can_cancel = !c->rmm->profile.sro_cannot_cancel;
	s->resume = create_resume;
	sro_seal(c, s, true);
}

const struct rmm_command cmd_rec_create = {
	.abi = { ABI(REC_CREATE),
		 { { "rd", RMI_KIND_PA }, { "rec", RMI_KIND_PA }, { "params", RMI_KIND_PA } },
		 .nr_args = 3 },
	.granules = { { ARG_REC, RMM_DELEGATED }, { ARG_RD, RMM_RD } },
	CONDITIONS(create_conditions),
	.order = "rd_bound rd_state < realm_state num_recs",
	.prepare = create_prepare,
	.apply = create,
	.tf = &tf_create,
};

static const struct rmm_condition destroy_conditions[] = {
	{ "rec_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_DESTROY_REC },
	{ "rec_tracking", arg_is_not_fine, RMI_ERROR_INPUT, .arg = ARG_DESTROY_REC },
	{ "rec_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_DESTROY_REC },
	{ "rec_gran_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_DESTROY_REC,
	  .state = RMM_REC },
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_DESTROY_REC },
	SRO_GROUP(takes_memory),
};

/* TF-RMM reserves the context first (rmm-commands Part 10). */
static const struct rmm_condition tf_destroy_conditions[] = {
	SRO_GROUP(takes_memory),
	TF_GRANULE("rec", ARG_DESTROY_REC, RMM_REC),
	{ "rec_state", rec_is_running, RMI_ERROR_REC, .arg = ARG_DESTROY_REC },
};

static void tf_destroy_failed(struct rmm_call *c, const struct rmm_condition *row)
{
	if (c->new_sro)
		sro_end(c->rmm, c->new_sro);
}

static const struct rmm_order tf_destroy = { CONDITIONS(tf_destroy_conditions),
					     .failed = tf_destroy_failed };

static void destroy(struct rmm_call *c)
{
	struct granule *g = c->granule[ARG_DESTROY_REC];
	struct rmm_rec *rec = c->rec;
	struct sro *s = c->new_sro;

	realm_rec_clear(rec_realm(rec), rec_index(rec->mpidr));
	granule_put_ref(granule_peek(c->rmm, rec->owner), 1);
	g->object = NULL;
	granule_set_state(c->rmm, g, RMM_DELEGATED);
	if (s) {
		sro_begin(c, s, rec->pa, RMM_DELEGATED);
		/* None when it was made without memory. */
		if (rec->nr_aux)
			memcpy(s->pages, rec->aux, rec->nr_aux * sizeof(*s->pages));
		s->nr_pages = rec->nr_aux;
		sro_unwind(c, s, RMI_SUCCESS, true);
	}
	rec_free(c->rmm, rec);
}

const struct rmm_command cmd_rec_destroy = {
	.abi = { ABI(REC_DESTROY), { { "rec", RMI_KIND_PA } }, .nr_args = 1 },
	.granules = { { ARG_DESTROY_REC, RMM_REC } },
	CONDITIONS(destroy_conditions),
	.order = "rec_tracking rec_gran_state < rec_state",
	.apply = destroy,
	.tf = &tf_destroy,
};
