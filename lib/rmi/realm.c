/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_REALM_CREATE/ACTIVATE/TERMINATE/DESTROY (B4.5.45-.48).
 *
 * Locks: CREATE takes rd and the start tables by address; the others the RD, DESTROY then the root.
 */
#include "../call.h"

enum { ARG_RD = 1, ARG_PARAMS = 2 };

static rmm_pa root_pa(const struct rmm_call *c, unsigned i)
{
	return c->realm_params.rtt_base + i * granule_size(c->rmm);
}

/* Read the parameters once; lock rd and the start tables, all by address. */
static void create_prepare(struct rmm_call *c)
{
	const struct realm_params *p = &c->realm_params;
	unsigned num = 0;
	bool ignored, rd_done = false;

	if (granule_aligned(c->rmm, c->arg[ARG_PARAMS]) &&
	    phys_ns_ok(c->rmm, c->arg[ARG_PARAMS], granule_size(c->rmm))) {
		realm_params_read(c->rmm, c->arg[ARG_PARAMS], &c->realm_params);
		num = p->rtt_num <= 16 ? (unsigned)p->rtt_num : 0;
	}
	for (unsigned i = 0; i <= num; i++) {
		if (!rd_done && (i == num || c->arg[ARG_RD] < root_pa(c, i))) {
			c->granule[ARG_RD] =
				call_take(c, c->arg[ARG_RD], RMM_DELEGATED, &c->blocked[ARG_RD]);
			rd_done = true;
		}
		if (i < num && call_take(c, root_pa(c, i), RMM_DELEGATED, &ignored))
			c->nr_roots++;
	}
}

static bool params_have_an_invalid_value(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_params_are_encoded(&c->realm_params);
}

static bool params_are_not_supported(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_params_are_supported(c->rmm, &c->realm_params);
}

static bool rd_lies_in_the_start_tables(struct rmm_call *c, const struct rmm_condition *row)
{
	uint64_t size = c->realm_params.rtt_num * granule_size(c->rmm);

	return c->arg[ARG_RD] - c->realm_params.rtt_base < size;
}

static bool rtt_base_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	uint64_t size = c->realm_params.rtt_num * granule_size(c->rmm);

	return !size || c->realm_params.rtt_base % size;
}

static bool geometry_is_inconsistent(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct realm_params *p = &c->realm_params;

	return !rtt_geometry_is_valid(granule_shift(c->rmm), (unsigned)p->s2sz, p->rtt_level,
				      p->rtt_num);
}

static bool a_start_table_is_not_delegated(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->nr_roots != c->realm_params.rtt_num;
}

static bool ats_plane_is_no_plane(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->realm_params.ats_plane > c->realm_params.num_aux_planes;
}

/* No private MECID is offered (feature register 4 is zero). */
static bool mec_policy_is_private(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->realm_params.flags0 >> 7 & 3;
}

static bool realm_cannot_be_made(struct rmm_call *c, const struct rmm_condition *row)
{
	c->fresh = realm_new(c->rmm, c->arg[ARG_RD], &c->realm_params);
	return !c->fresh;
}

static const struct rmm_condition create_conditions[] = {
	/* The platform token is valid from activation on. */
	{ "pat_valid", rmm_is_not_active, RMI_ERROR_GLOBAL },
	{ "params_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_valid", params_have_an_invalid_value, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_supp", params_are_not_supported, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "alias", rd_lies_in_the_start_tables, RMI_ERROR_INPUT, .arg = ARG_RD },
	{ "rd_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_RD },
	{ "rd_bound", arg_is_not_fine, RMI_ERROR_INPUT, .arg = ARG_RD },
	{ "rd_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_RD },
	{ "rd_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_RD, .state = RMM_DELEGATED },
	{ "rtt_align", rtt_base_is_misaligned, RMI_ERROR_INPUT },
	{ "rtt_num_level", geometry_is_inconsistent, RMI_ERROR_INPUT },
	{ "rtt_state", a_start_table_is_not_delegated, RMI_ERROR_INPUT, .state = RMM_DELEGATED },
	{ "ats_plane", ats_plane_is_no_plane, RMI_ERROR_INPUT },
	{ "mec_policy", mec_policy_is_private, RMI_ERROR_GLOBAL },
	{ "memory", realm_cannot_be_made, RMI_ERROR_GLOBAL },
};

static void create(struct rmm_call *c)
{
	struct granule *rd = c->granule[ARG_RD];
	struct realm *realm = c->fresh;

	for (unsigned i = 0; i < c->nr_roots; i++) {
		struct granule *g = granule_peek(c->rmm, root_pa(c, i));

		g->object = realm->root;
		if (!i)
			realm->root->g = g;
		granule_set_state(c->rmm, g, RMM_RTT);
	}
	rd->object = realm;
	rd->refs = 0;
	granule_set_state(c->rmm, rd, RMM_RD);
}

const struct rmm_command cmd_realm_create = {
	.abi = { RMI_REALM_CREATE,
		 "REALM_CREATE",
		 { { "rd", RMI_KIND_PA }, { "params", RMI_KIND_PA } },
		 .nr_args = 2 },
	CONDITIONS(create_conditions),
	.prepare = create_prepare,
	.apply = create,
};

static const struct rmm_condition activate_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW },
};

static void activate(struct rmm_call *c)
{
	realm_set_state(c->realm, REALM_ACTIVE);
}

const struct rmm_command cmd_realm_activate = {
	.abi = { RMI_REALM_ACTIVATE, "REALM_ACTIVATE", { { "rd", RMI_KIND_PA } }, .nr_args = 1 },
	.granules = { { ARG_RD, RMM_RD } },
	CONDITIONS(activate_conditions),
	.apply = activate,
};

static bool a_rec_is_running(struct rmm_call *c, const struct rmm_condition *row)
{
	return __atomic_load_n(&c->realm->nr_running, __ATOMIC_ACQUIRE) != 0;
}

#define RD_TRACKING_GROUP                                                                   \
	{ "rd_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_RD },                  \
		{ "rd_tracking", arg_is_not_fine, RMI_ERROR_INPUT, .arg = ARG_RD },         \
		{ "rd_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_RD },           \
	{                                                                                   \
		"rd_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_RD, .state = RMM_RD \
	}

static const struct rmm_condition terminate_conditions[] = {
	RD_TRACKING_GROUP,
	{ "rec_running", a_rec_is_running, RMI_ERROR_REALM },
};

static void terminate(struct rmm_call *c)
{
	realm_set_state(c->realm, REALM_ZOMBIE);
}

const struct rmm_command cmd_realm_terminate = {
	.abi = { RMI_REALM_TERMINATE, "REALM_TERMINATE", { { "rd", RMI_KIND_PA } }, .nr_args = 1 },
	.granules = { { ARG_RD, RMM_RD } },
	CONDITIONS(terminate_conditions),
	.apply = terminate,
};

static bool realm_is_live(struct rmm_call *c, const struct rmm_condition *row)
{
	/* From here on nobody is in the tree, or on the way into it. */
	rtt_walk(&c->locks, c->realm->root, 0, c->realm->root->level);
	return granule_refs(c->granule[ARG_RD]) || c->realm->root->nr_live;
}

static const struct rmm_condition destroy_conditions[] = {
	RD_TRACKING_GROUP,
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_ZOMBIE },
	{ "realm_live", realm_is_live, RMI_ERROR_REALM },
};

static void destroy(struct rmm_call *c)
{
	struct realm *realm = c->realm;

	/* The first start table is locked: whoever wants another looks at its state only. */
	for (unsigned i = 0; i < realm->params.rtt_num; i++) {
		rmm_pa pa = realm->params.rtt_base + i * granule_size(c->rmm);
		struct granule *g = granule_peek(c->rmm, pa);

		if (g != realm->root->g)
			granule_lock_object(&c->locks, g, pa, LOCK_DATA);
		g->object = NULL;
		granule_set_state(c->rmm, g, RMM_DELEGATED);
		if (g != realm->root->g)
			granule_unlock(&c->locks, g);
	}
	rtt_leave(&c->locks);
	c->granule[ARG_RD]->object = NULL;
	granule_set_state(c->rmm, c->granule[ARG_RD], RMM_DELEGATED);
	realm_free(c->rmm, realm);
}

const struct rmm_command cmd_realm_destroy = {
	.abi = { RMI_REALM_DESTROY, "REALM_DESTROY", { { "rd", RMI_KIND_PA } }, .nr_args = 1 },
	.granules = { { ARG_RD, RMM_RD } },
	CONDITIONS(destroy_conditions),
	.apply = destroy,
	.keeps_rd = true,
};
