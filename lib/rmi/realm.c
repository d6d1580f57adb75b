/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RMI_REALM_CREATE/ACTIVATE/TERMINATE/DESTROY (B4.5.45-.48).
 *
 * Locks: CREATE takes rd and the start tables by address; the others the RD, DESTROY then the root.
 */
#include "../measure.h"
#include "../sro.h"

enum { ARG_RD = 1, ARG_PARAMS = 2 };

/* Start tables of all trees; 0 when their number cannot be. */
static unsigned count_roots(const struct realm_params *p)
{
	if (p->rtt_num > 16 || p->num_aux_planes > MAX_AUX_PLANES)
		return 0;
	return (unsigned)p->rtt_num * (1 + realm_params_aux_trees(p));
}

static void sort(rmm_pa *pa, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		rmm_pa x = pa[i];
		unsigned j = i;

		for (; j && pa[j - 1] > x; j--)
			pa[j] = pa[j - 1];
		pa[j] = x;
	}
}

/* Lock rd and the start tables, all by address. What is named twice is taken once, as a table. */
static void take_rd_and_roots(struct rmm_call *c)
{
	unsigned num = count_roots(&c->realm_params);
	rmm_pa pa[MAX_ROOTS], rd = c->arg[ARG_RD];
	bool ignored, rd_done = false;

	for (unsigned i = 0; i < num; i++)
		pa[i] = realm_params_root(c->rmm, &c->realm_params, i);
	sort(pa, num);
	for (unsigned i = 0; i <= num; i++) {
		if (!rd_done && (i == num || rd < pa[i])) {
			c->granule[ARG_RD] = call_take(c, rd, RMM_DELEGATED, &c->blocked[ARG_RD]);
			rd_done = true;
		}
		if (i < num && call_take(c, pa[i], RMM_DELEGATED, &ignored))
			c->nr_roots++;
	}
}

static void create_prepare(struct rmm_call *c)
{
	const uint8_t *page = NULL;

	/* Read once. Of parameters that cannot be read there are no start tables. */
	c->realm_params = (struct realm_params){ 0 };
	if (granule_aligned(c->rmm, c->arg[ARG_PARAMS]))
		page = phys_ns_begin(c->rmm, c->arg[ARG_PARAMS], granule_size(c->rmm));
	if (page) {
		realm_params_read(c->rmm, page, &c->realm_params);
		phys_ns_end(c->rmm, c->arg[ARG_PARAMS]);
	}
	take_rd_and_roots(c);
}

/* Never before activation. */
static bool platform_token_is_not_valid(struct rmm_call *c, const struct rmm_condition *row)
{
	return !__atomic_load_n(&c->rmm->pat_valid, __ATOMIC_ACQUIRE);
}

static bool params_have_an_invalid_value(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_params_are_encoded(c->rmm, &c->realm_params);
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

/* Every tree's: the auxiliary ones have the shape of the primary one. */
static bool rtt_base_is_misaligned(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct realm_params *p = &c->realm_params;
	uint64_t size = p->rtt_num * granule_size(c->rmm);

	if (!size || p->rtt_base % size)
		return true;
	for (unsigned i = 0; i < realm_params_aux_trees(p); i++) {
		if (p->aux_rtt_base[i] % size)
			return true;
	}
	return false;
}

static bool geometry_is_inconsistent(struct rmm_call *c, const struct rmm_condition *row)
{
	const struct realm_params *p = &c->realm_params;

	if (c->rmm->profile.tf_rmm && !p->rtt_level && c->rmm->cfg.pa_bits < 44)
		return true;
	return !rtt_geometry_is_valid(c->rmm, p->s2sz, p->rtt_level, p->rtt_num,
				      realm_params_use_lpa2(c->rmm, p));
}

static bool a_start_table_is_not_delegated(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->nr_roots != count_roots(&c->realm_params);
}

static bool ats_plane_is_no_plane(struct rmm_call *c, const struct rmm_condition *row)
{
	return c->realm_params.ats_plane > c->realm_params.num_aux_planes;
}

static bool vmids_are_used_up(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_params_vmids_are_free(c->rmm, &c->realm_params);
}

static bool mecids_are_used_up(struct rmm_call *c, const struct rmm_condition *row)
{
	return !realm_params_mecid_is_free(c->rmm, &c->realm_params);
}

static bool realm_cannot_be_made(struct rmm_call *c, const struct rmm_condition *row)
{
	c->fresh = realm_new(c->rmm, c->arg[ARG_RD], &c->realm_params);
	return !c->fresh;
}

static const struct rmm_condition create_conditions[] = {
	{ "pat_valid", platform_token_is_not_valid, RMI_ERROR_GLOBAL },
	{ "params_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_valid", params_have_an_invalid_value, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_supp", params_are_not_supported, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "alias", rd_lies_in_the_start_tables, RMI_ERROR_INPUT, .arg = ARG_RD },
	{ "rd_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_RD },
	{ "rd_bound", arg_is_not_conventional, RMI_ERROR_INPUT, .arg = ARG_RD },
	{ "rd_blocked", granule_is_blocked, RMI_BLOCKED, .arg = ARG_RD },
	{ "rd_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_RD, .state = RMM_DELEGATED },
	{ "rtt_align", rtt_base_is_misaligned, RMI_ERROR_INPUT },
	{ "rtt_num_level", geometry_is_inconsistent, RMI_ERROR_INPUT },
	{ "rtt_state", a_start_table_is_not_delegated, RMI_ERROR_INPUT, .state = RMM_DELEGATED },
	{ "ats_plane", ats_plane_is_no_plane, RMI_ERROR_INPUT },
	{ "vmid", vmids_are_used_up, RMI_ERROR_GLOBAL },
	{ "mec_policy", mecids_are_used_up, RMI_ERROR_GLOBAL },
	{ "memory", realm_cannot_be_made, RMI_ERROR_GLOBAL },
};

/* TF-RMM: all about the parameters, then the resources, then the granules. */
static const struct rmm_condition tf_create_conditions[] = {
	{ "params_align", arg_is_misaligned, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_pas", arg_is_not_ns, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_valid", params_have_an_invalid_value, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "params_supp", params_are_not_supported, RMI_ERROR_INPUT, .arg = ARG_PARAMS },
	{ "rtt_align", rtt_base_is_misaligned, RMI_ERROR_INPUT },
	{ "rtt_num_level", geometry_is_inconsistent, RMI_ERROR_INPUT },
	{ "ats_plane", ats_plane_is_no_plane, RMI_ERROR_INPUT },
	{ "vmid", vmids_are_used_up, RMI_ERROR_GLOBAL },
	{ "mec_policy", mecids_are_used_up, RMI_ERROR_GLOBAL },
	{ "rtt_state", a_start_table_is_not_delegated, RMI_ERROR_INPUT, .state = RMM_DELEGATED },
	{ "rd_state", granule_is_not, RMI_ERROR_INPUT, .arg = ARG_RD, .state = RMM_DELEGATED },
	{ "memory", realm_cannot_be_made, RMI_ERROR_GLOBAL },
};

static const struct rmm_order tf_create = { CONDITIONS(tf_create_conditions) };

static void attach_root(struct rmm_call *c, struct rtt *t)
{
	for (unsigned i = 0; t && i < c->realm_params.rtt_num; i++) {
		struct granule *g = granule_peek(c->rmm, t->pa + i * granule_size(c->rmm));

		g->object = t;
		if (!i)
			t->g = g;
		granule_set_state(c->rmm, g, RMM_RTT);
	}
}

static void create(struct rmm_call *c)
{
	struct granule *rd = c->granule[ARG_RD];
	struct realm *realm = c->fresh;

	attach_root(c, realm->root);
	for (unsigned i = 0; i < MAX_AUX_PLANES; i++)
		attach_root(c, realm->aux_root[i]);
	measure_realm(c->rmm, realm);
	rd->object = realm;
	rd->refs = 0;
	granule_set_state(c->rmm, rd, RMM_RD);
}

const struct rmm_command cmd_realm_create = {
	.abi = { ABI(REALM_CREATE),
		 { { "rd", RMI_KIND_PA }, { "params", RMI_KIND_PA } },
		 .nr_args = 2 },
	CONDITIONS(create_conditions),
	.prepare = create_prepare,
	.apply = create,
	.tf = &tf_create,
};

/* From bet3 on: an operation on the realm is not finished. */
static bool realm_has_an_operation(struct rmm_call *c, const struct rmm_condition *row)
{
	return sro_is_open_for(c->rmm, c->arg[ARG_RD]);
}

static bool is_bet3(const struct rmm *rmm)
{
	return rmm->cfg.edition >= RMI_BET3;
}

static const struct rmm_condition activate_conditions[] = {
	RD_GROUP(ARG_RD),
	{ "realm_blocked", realm_has_an_operation, RMI_BLOCKED, .arg = ARG_RD, .when = is_bet3 },
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_NEW },
};

static void activate(struct rmm_call *c)
{
	realm_set_state(c->realm, REALM_ACTIVE);
}

const struct rmm_command cmd_realm_activate = {
	.abi = { ABI(REALM_ACTIVATE), { { "rd", RMI_KIND_PA } }, .nr_args = 1 },
	.granules = { { ARG_RD, RMM_RD } },
	CONDITIONS(activate_conditions),
	.order = "rd_bound rd_state < realm_state",
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
	.abi = { ABI(REALM_TERMINATE), { { "rd", RMI_KIND_PA } }, .nr_args = 1 },
	.granules = { { ARG_RD, RMM_RD } },
	CONDITIONS(terminate_conditions),
	.order = "rd_tracking rd_state < rec_running",
	.apply = terminate,
	.yields = true,
};

static bool root_has_an_owned_entry(struct rmm_call *c, const struct rmm_condition *row)
{
	return rtt_walk(&c->locks, c->realm->root, 0, c->realm->root->level).table->nr_owned != 0;
}

static bool realm_is_live(struct rmm_call *c, const struct rmm_condition *row)
{
	bool live = false;

	/* From here on nobody is in a tree, or on the way into one. */
	rtt_walk(&c->locks, c->realm->root, 0, c->realm->root->level);
	for (unsigned i = 0; i < MAX_AUX_PLANES; i++) {
		struct rtt *t = c->realm->aux_root[i];

		if (t)
			rtt_walk(&c->locks, t, 0, t->level);
		live |= t && t->nr_live;
	}
	return live || granule_refs(c->granule[ARG_RD]) || c->realm->nr_devices ||
	       c->realm->root->nr_live;
}

static const struct rmm_condition destroy_conditions[] = {
	RD_TRACKING_GROUP,
	{ "realm_state", realm_is_not, RMI_ERROR_REALM, .state = REALM_ZOMBIE },
	{ "realm_blocked", root_has_an_owned_entry, RMI_BLOCKED },
	{ "realm_live", realm_is_live, RMI_ERROR_REALM },
};

/* The first start table of a tree: its lock is the root's, and held. */
static bool is_root(const struct realm *realm, const struct granule *g)
{
	bool is = g == realm->root->g;

	for (unsigned i = 0; i < MAX_AUX_PLANES; i++)
		is |= realm->aux_root[i] && g == realm->aux_root[i]->g;
	return is;
}

static void destroy(struct rmm_call *c)
{
	struct realm *realm = c->realm;

	/* The roots are locked: whoever wants another start table looks at its state only. */
	for (unsigned i = 0; i < count_roots(&realm->params); i++) {
		rmm_pa pa = realm_params_root(c->rmm, &realm->params, i);
		struct granule *g = granule_peek(c->rmm, pa);

		if (!is_root(realm, g))
			granule_lock_object(&c->locks, g, pa, LOCK_DATA);
		g->object = NULL;
		granule_set_state(c->rmm, g, RMM_DELEGATED);
		if (!is_root(realm, g))
			granule_unlock(&c->locks, g);
	}
	rtt_leave(&c->locks);
	c->granule[ARG_RD]->object = NULL;
	granule_set_state(c->rmm, c->granule[ARG_RD], RMM_DELEGATED);
	realm_free(c->rmm, realm);
}

const struct rmm_command cmd_realm_destroy = {
	.abi = { ABI(REALM_DESTROY), { { "rd", RMI_KIND_PA } }, .nr_args = 1 },
	.granules = { { ARG_RD, RMM_RD } },
	CONDITIONS(destroy_conditions),
	.order = "rd_tracking rd_state < realm_state realm_live",
	.apply = destroy,
	.keeps_rd = true,
	.yields = true,
};
