/* SPDX-License-Identifier: BSD-2-Clause */
/* Directives of a call file: host memory, parameter pages, split operations, what the realm does. */
#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "cli.h"

#define MAX_STEPS   1000 /* of one split operation */
#define MAX_ENTRIES 512  /* of one list page */

/* Host memory that the host may touch now. */
static void *host(struct calls *c, const char *text, uint64_t pa, uint64_t size)
{
	void *p = rmm_host_ptr(c->rmm, pa, size);

	if (p && rmm_host_may_access(c->rmm, pa, size))
		return p;
	calls_bad(c, "'%s' is no memory that the host may touch", cli_quote(text));
	return NULL;
}

static uint64_t load(const void *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return value;
}

static bool address(struct calls *c, unsigned word, uint64_t size, uint8_t **p)
{
	uint64_t pa;

	if (!calls_value(c, c->words[word], &pa))
		return false;
	*p = host(c, c->words[word], pa, size);
	return *p != NULL;
}

static bool zero(struct calls *c)
{
	uint8_t *p;

	if (!address(c, 1, CALLS_GRANULE, &p))
		return false;
	memset(p, 0, CALLS_GRANULE);
	return true;
}

static bool fill(struct calls *c)
{
	uint64_t byte;
	uint8_t *p;

	if (!address(c, 1, CALLS_GRANULE, &p) || !calls_value(c, c->words[2], &byte))
		return false;
	if (byte > 0xff)
		return calls_bad(c, "'%s' is no byte", cli_quote(c->words[2]));
	memset(p, (int)byte, CALLS_GRANULE);
	return true;
}

static bool w64(struct calls *c)
{
	uint64_t value;
	uint8_t *p;

	if (!address(c, 1, sizeof(value), &p) || !calls_value(c, c->words[2], &value))
		return false;
	memcpy(p, &value, sizeof(value));
	return true;
}

/* A bus has no granule protection for who only wants to see: the firmware's memory is plain. */
static bool r64(struct calls *c)
{
	char buf[64];
	uint64_t pa;
	void *p;

	if (!calls_value(c, c->words[1], &pa))
		return false;
	p = rmm_host_ptr(c->rmm, pa, 8);
	if (!p)
		return calls_bad(c, "'%s' is no memory", cli_quote(c->words[1]));
	fprintf(c->out, "  [%s] = %s\n", c->words[1], calls_name(buf, sizeof(buf), load(p)));
	return true;
}

static bool realmparams(struct calls *c)
{
	static const struct {
		const char *name;
		unsigned offset;
	} fields[] = {
		{ "flags0", RMI_PARAMS_FLAGS0 },     { "s2sz", RMI_PARAMS_S2SZ },
		{ "sve_vl", RMI_PARAMS_SVE_VL },     { "num_bps", RMI_PARAMS_NUM_BPS },
		{ "num_wps", RMI_PARAMS_NUM_WPS },   { "pmu_ctrs", RMI_PARAMS_PMU_CTRS },
		{ "algo", RMI_PARAMS_HASH },         { "aux_planes", RMI_PARAMS_AUX_PLANES },
		{ "rtt_base", RMI_PARAMS_RTT_BASE }, { "rtt_level", RMI_PARAMS_RTT_LEVEL },
		{ "rtt_num", RMI_PARAMS_RTT_NUM },   { "flags1", RMI_PARAMS_FLAGS1 },
	};
	const unsigned nr = sizeof(fields) / sizeof(fields[0]);
	uint64_t value;
	uint8_t *p;

	if (!address(c, 1, CALLS_GRANULE, &p))
		return false;
	memset(p, 0, CALLS_GRANULE);
	for (unsigned i = 2; i < c->nr_words; i++) {
		char *equals = strchr(c->words[i], '=');
		unsigned f = 0;

		if (!equals)
			return calls_bad(c, "'%s' is no key=value", cli_quote(c->words[i]));
		*equals = '\0';
		while (f < nr && strcmp(fields[f].name, c->words[i]))
			f++;
		if (f == nr)
			return calls_bad(c, "unknown field '%s'", cli_quote(c->words[i]));
		if (!calls_value(c, equals + 1, &value))
			return false;
		memcpy(p + fields[f].offset, &value, sizeof(value));
	}
	return true;
}

static bool recparams(struct calls *c)
{
	uint64_t mpidr, flags;
	uint8_t *p;

	if (!address(c, 1, CALLS_GRANULE, &p) || !calls_value(c, c->words[2], &mpidr) ||
	    !calls_value(c, c->words[3], &flags))
		return false;
	memset(p, 0, CALLS_GRANULE);
	memcpy(p + RMI_REC_PARAMS_FLAGS, &flags, sizeof(flags));
	memcpy(p + RMI_REC_PARAMS_MPIDR, &mpidr, sizeof(mpidr));
	return true;
}

/* Give what RmiOpMemDonateReq `request` asks for, from *first on. */
static bool donate(struct calls *c, uint64_t handle, uint64_t request, uint8_t *page, uint64_t list,
		   uint64_t *first)
{
	uint64_t unit = rmi_level_size(12, 3 - (int)(request & 3)), n = request >> 2 & 0x3fff;
	uint64_t state = request >> 17 & 1, args[2], word;

	if (n > MAX_ENTRIES)
		n = MAX_ENTRIES;
	*first = (*first + unit - 1) & ~(unit - 1);
	for (uint64_t i = 0; i < n; i++, *first += unit) {
		for (uint64_t pa = *first; !state && pa < *first + unit; pa += CALLS_GRANULE) {
			args[0] = pa;
			args[1] = pa + CALLS_GRANULE;
			calls_smc(c, RMI_GRANULE_RANGE_DELEGATE, args, 2);
		}
		word = *first | 1 << 2 | (request & 3) | state << 63;
		memcpy(page + 8 * i, &word, sizeof(word));
	}
	fprintf(c->out, "  OP_MEM_DONATE %" PRIu64 " entries", n);
	calls_smc(c, RMI_OP_MEM_DONATE, (uint64_t[]){ handle, list, n }, 3);
	return true;
}

static bool sro(struct calls *c)
{
	uint64_t list, first, handle = c->last.x[1], request = c->last.x[2];
	uint8_t *page;

	if (!c->some)
		return calls_bad(c, ".sro without a call before it");
	if (!address(c, 1, CALLS_GRANULE, &page) || !calls_value(c, c->words[1], &list) ||
	    !calls_value(c, c->words[2], &first))
		return false;
	for (unsigned i = 0; RMI_RESULT_STATUS(c->last.x[0]) == RMI_INCOMPLETE; i++) {
		if (i == MAX_STEPS)
			return calls_bad(c, "the split operation does not end");
		switch (RMI_RESULT_MEM(c->last.x[0])) {
		case RMI_OP_MEM_REQ_DONATE:
			donate(c, handle, request, page, list, &first);
			break;
		case RMI_OP_MEM_REQ_RECLAIM:
			fprintf(c->out, "  OP_MEM_RECLAIM");
			calls_smc(c, RMI_OP_MEM_RECLAIM, (uint64_t[]){ handle, list, MAX_ENTRIES },
				  3);
			break;
		default:
			fprintf(c->out, "  OP_CONTINUE");
			calls_smc(c, RMI_OP_CONTINUE, (uint64_t[]){ handle, 0 }, 2);
			break;
		}
		request = c->last.x[2];
		calls_print_result(c);
	}
	return true;
}

static bool smc(struct calls *c)
{
	struct calls_plan plan = { .kind = PLAN_SMC };

	for (unsigned i = 1; i < c->nr_words; i++)
		if (!calls_value(c, c->words[i], &plan.regs.x[i - 1]))
			return false;
	return calls_plan(c, &plan);
}

static bool abort_(struct calls *c)
{
	struct calls_plan plan = { .kind = PLAN_ABORT, .access = { .size = 8, .sf = true } };
	uint64_t value[4];

	for (unsigned i = 0; i < 4; i++)
		if (!calls_value(c, c->words[i + 1], &value[i]))
			return false;
	plan.access.ipa = value[0];
	plan.access.write = value[1];
	plan.access.isv = value[2];
	plan.fsc = value[3] & 0x3f;
	return calls_plan(c, &plan);
}

static bool vector(struct calls *c)
{
	struct calls_plan plan = { .kind = PLAN_VECTOR };

	if (strcmp(c->words[1], "1"))
		return calls_bad(c, "no vector '%s'; 1 is an IRQ", cli_quote(c->words[1]));
	return calls_plan(c, &plan);
}

static bool exit_(struct calls *c)
{
	static const struct {
		const char *name;
		unsigned offset;
	} fields[] = {
		{ "esr", RMI_RUN_EXIT_ESR },
		{ "far", RMI_RUN_EXIT_FAR },
		{ "hpfar", RMI_RUN_EXIT_HPFAR },
		{ "gpr0", RMI_RUN_EXIT_GPRS },
		{ "ripas_base", RMI_RUN_EXIT_RIPAS_BASE },
		{ "ripas_top", RMI_RUN_EXIT_RIPAS_TOP },
		{ "ripas_value", RMI_RUN_EXIT_RIPAS_VALUE },
		{ "imm", RMI_RUN_EXIT_IMM },
	};
	char buf[64];
	uint8_t *p;

	if (!address(c, 1, CALLS_GRANULE, &p))
		return false;
	fprintf(c->out, "  exit reason=0x%" PRIx64, load(p + RMI_RUN_EXIT_REASON));
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		fprintf(c->out, " %s=%s", fields[i].name,
			calls_name(buf, sizeof(buf), load(p + fields[i].offset)));
	fputc('\n', c->out);
	return true;
}

bool calls_directive(struct calls *c)
{
	static const struct {
		const char *name;
		bool (*run)(struct calls *c);
		unsigned min, max; /* words behind the name */
	} directives[] = {
		{ ".zero", zero, 1, 1 },
		{ ".fill", fill, 2, 2 },
		{ ".w64", w64, 2, 2 },
		{ ".r64", r64, 1, 1 },
		{ ".realmparams", realmparams, 1, CALLS_MAX_WORDS - 1 },
		{ ".recparams", recparams, 3, 3 },
		{ ".sro", sro, 2, 2 },
		{ ".smc", smc, 1, CALLS_MAX_WORDS - 1 },
		{ ".abort", abort_, 4, 4 },
		{ ".vector", vector, 1, 1 },
		{ ".exit", exit_, 1, 1 },
	};

	for (unsigned i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
		if (strcmp(c->words[0], directives[i].name))
			continue;
		if (c->nr_words - 1 < directives[i].min || c->nr_words - 1 > directives[i].max)
			return calls_bad(c, "%s takes %u argument%s", directives[i].name,
					 directives[i].min, directives[i].min == 1 ? "" : "s");
		return directives[i].run(c);
	}
	return calls_bad(c, "unknown directive '%s'", cli_quote(c->words[0]));
}
