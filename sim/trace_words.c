/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of a trace, in the manner of strace: calls with decoded arguments, results, exits. What an argument
 * is comes from the model's table of commands.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "trace.h"

struct text {
	char *buf;
	size_t size, len;
};

static void add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->len >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	t->len += n > 0 ? (size_t)n : 0;
}

const char *sim_trace_ipa(const struct sim_tracer *p, char *buf, size_t size, uint64_t ipa)
{
	if (!p->shared_bit)
		snprintf(buf, size, "0x%" PRIx64, ipa);
	else
		snprintf(buf, size, "0x%" PRIx64 "<%s>", ipa,
			 ipa & p->shared_bit ? "shared" : "private");
	return buf;
}

/* Kinds whose number hides a meaning are shown as both: 0x1e0001<SINGLE|memattr=NORMAL|s2ap=RW>. */
static void add_word(struct text *t, const struct sim_tracer *p, const struct rmi_arg *arg,
		     uint64_t word)
{
	char brief[120];

	add(t, "%s=", arg->name);
	switch (arg->kind) {
	case RMI_KIND_NONE:
	case RMI_KIND_HEX:
	case RMI_KIND_PA:
	case RMI_KIND_IPA:
	case RMI_KIND_HANDLE:
		add(t, "0x%" PRIx64, word);
		return;
	case RMI_KIND_DEC:
	case RMI_KIND_LEVEL:
		add(t, "%" PRId64, (int64_t)word);
		return;
	default:
		break;
	}
	rmi_format(brief, sizeof(brief), &p->format, arg->kind, word);
	if (word == RMM_POISON)
		add(t, "undefined");
	else if (word < 10 && arg->kind != RMI_KIND_DESC)
		add(t, "%s", brief);
	else
		add(t, "0x%" PRIx64 "<%s>", word, brief);
}

/* In short, an argument that says where: an IPA, or a PA in a command that has no IPA. */
static bool says_where(const struct rmi_command *command, const struct rmi_arg *arg)
{
	bool has_ipa = false;

	for (unsigned i = 0; i < command->nr_args; i++)
		has_ipa |= command->args[i].kind == RMI_KIND_IPA;
	if (arg->kind == RMI_KIND_LEVEL || arg->kind == RMI_KIND_PA)
		return has_ipa == (arg->kind == RMI_KIND_LEVEL);
	return arg->kind == RMI_KIND_IPA;
}

void sim_trace_call(const struct sim_tracer *p, char *buf, size_t size,
		    const struct rmi_command *command, const struct rmm_regs *regs)
{
	struct text t = { buf, size, 0 };
	bool some = false;

	if (!command) {
		add(&t, "unknown 0x%" PRIx64 "()", regs->x[0]);
		return;
	}
	add(&t, "%s(", command->name);
	for (unsigned i = 0; i < command->nr_args; i++) {
		if (p->brief && !says_where(command, &command->args[i]))
			continue;
		add(&t, some ? ", " : "");
		if (!p->brief)
			add_word(&t, p, &command->args[i], regs->x[i + 1]);
		else if (command->args[i].kind == RMI_KIND_LEVEL)
			add(&t, "level %" PRId64, (int64_t)regs->x[i + 1]);
		else
			add(&t, "0x%" PRIx64, regs->x[i + 1]);
		some = true;
	}
	add(&t, ")");
}

void sim_trace_result(const struct sim_tracer *p, char *buf, size_t size,
		      const struct rmi_command *command, const struct rmm_regs *regs)
{
	static const struct rmi_arg handle = { "handle", RMI_KIND_HANDLE };
	static const struct rmi_arg request = { "donate_req", RMI_KIND_DONATE_REQ };
	struct text t = { buf, size, 0 };
	unsigned i, status = RMI_RESULT_STATUS(regs->x[0]);
	char brief[80];

	rmi_format(brief, sizeof(brief), &p->format, RMI_KIND_RESULT, regs->x[0]);
	if (regs->x[0] && !p->brief)
		add(&t, "= 0x%" PRIx64 " %s", regs->x[0], brief);
	else
		add(&t, "= %s", p->brief && !strncmp(brief, "RMI_", 4) ? brief + 4 : brief);
	if (!command || p->brief)
		return;
	if (status == RMI_INCOMPLETE && command->fid < RMI_OP_CONTINUE) {
		add(&t, " ");
		add_word(&t, p, &handle, regs->x[1]);
		if (RMI_RESULT_MEM(regs->x[0]) == RMI_OP_MEM_REQ_DONATE) {
			add(&t, " ");
			add_word(&t, p, &request, regs->x[2]);
		}
		return;
	}
	if (status != RMI_SUCCESS && status != RMI_INCOMPLETE && command->fid != RMI_RTT_DESTROY)
		return; /* outputs of a failed call mean nothing */
	for (i = 0; i < command->nr_results; i++) {
		if (status != RMI_SUCCESS && regs->x[i + 1] == RMM_POISON)
			continue;
		add(&t, " ");
		add_word(&t, p, &command->results[i], regs->x[i + 1]);
	}
}

static void add_esr(struct text *t, uint64_t esr)
{
	struct rmi_esr e = rmi_esr_decode(esr);
	const char *class = rmi_ec_name(e.ec), *fault = rmi_fsc_name(e.fsc);

	add(t, "esr=0x%" PRIx64 "<%s", esr, class ? class : "?");
	if (e.ec == RMI_EC_DABT_LOW || e.ec == RMI_EC_IABT_LOW) {
		add(t, " %s", fault ? fault : "?");
		if (e.isv)
			add(t, ", ISV %u bytes SRT=x%u", 1u << e.sas, e.srt);
		add(t, "%s%s", e.ec == RMI_EC_DABT_LOW ? (e.wnr ? ", WnR" : ", no WnR") : "",
		    e.isv || e.ec != RMI_EC_DABT_LOW ? "" : ", no ISV");
	}
	add(t, ">");
}

void sim_trace_exit(const struct sim_tracer *p, char *buf, size_t size, const struct rmm_exit *exit)
{
	const char *reason = rmi_exit_reason_name_in(p->format.edition, exit->reason);
	const char *fault = rmi_fsc_name(rmi_esr_decode(exit->esr).fsc);
	struct text t = { buf, size, 0 };
	char ipa[64];

	add(&t, "%s%s", p->brief ? "exit " : "", reason ? reason : "unknown reason");
	if (exit->reason == RMI_EXIT_SYNC) {
		add(&t, " ");
		if (p->brief)
			add(&t, "%s", fault ? fault : "?");
		else
			add_esr(&t, exit->esr);
		if (!p->brief)
			add(&t, " far=0x%" PRIx64 " hpfar=0x%" PRIx64, exit->far, exit->hpfar);
		add(&t, " IPA %s", sim_trace_ipa(p, ipa, sizeof(ipa), exit->hpfar << 8));
	} else if (exit->reason == RMI_EXIT_RIPAS_CHANGE) {
		const char *ripas = rmi_ripas_name(exit->ripas_value);

		add(&t, " [0x%" PRIx64 ", 0x%" PRIx64 ") to %s", exit->ripas_base, exit->ripas_top,
		    ripas ? ripas : "?");
	} else if (exit->reason == RMI_EXIT_S2AP_CHANGE) {
		add(&t, " [0x%" PRIx64 ", 0x%" PRIx64 ")", exit->s2ap_base, exit->s2ap_top);
	} else if (exit->reason == RMI_EXIT_SERROR) {
		add(&t, " ");
		add_esr(&t, exit->esr);
	} else if (exit->reason == RMI_EXIT_PSCI || exit->reason == RMI_EXIT_HOST_CALL) {
		add(&t, " x0=0x%" PRIx64 " x1=0x%" PRIx64, exit->gprs[0], exit->gprs[1]);
	}
}

static const char *realm_result(enum rmm_realm_result result)
{
	switch (result) {
	case RMM_REALM_DONE:
		return "done";
	case RMM_REALM_EXIT:
		return "leaves the realm";
	case RMM_REALM_SEA:
		return "synchronous external abort in the realm";
	case RMM_REALM_SIZE_FAULT:
		return "address size fault in the realm";
	case RMM_REALM_UNDEF:
		return "unknown exception in the realm";
	case RMM_REALM_PLANE:
		return "another plane goes on";
	}
	return "?";
}

void trace_access(const struct sim_tracer *p, char *buf, size_t size, const struct rmm_event *rmm)
{
	const struct rmm_access *a = rmm->access;
	struct text t = { buf, size, 0 };
	char ipa[64];

	add(&t, "%s", a->fetch ? "fetch" : a->write ? "store" : "load");
	add(&t, " %u bytes at %s", a->size, sim_trace_ipa(p, ipa, sizeof(ipa), a->ipa));
	if (a->write && !a->fetch)
		add(&t, " value 0x%" PRIx64, a->value);
	add(&t, ": %s", realm_result(rmm->result));
	if (rmm->result == RMM_REALM_DONE && !a->write && !a->fetch)
		add(&t, ", 0x%" PRIx64, a->value);
}

void trace_rsi(const struct sim_tracer *p, char *buf, size_t size, const struct rmm_event *rmm)
{
	const char *name = rmi_fid_name(p->format.edition, rmm->regs_in->x[0]);
	struct text t = { buf, size, 0 };

	add(&t, "%s(x1=0x%" PRIx64 ", x2=0x%" PRIx64 ", x3=0x%" PRIx64 ")",
	    name ? name : "unknown SMC", rmm->regs_in->x[1], rmm->regs_in->x[2],
	    rmm->regs_in->x[3]);
	if (rmm->result == RMM_REALM_DONE && rmm->regs_out)
		add(&t, " = %" PRId64 " x1=0x%" PRIx64 " x2=0x%" PRIx64,
		    (int64_t)rmm->regs_out->x[0], rmm->regs_out->x[1], rmm->regs_out->x[2]);
	else
		add(&t, ": %s", realm_result(rmm->result));
}

bool trace_releases(const char *op)
{
	return strstr(op, "unlock") || !strncmp(op, "up_", 3);
}

bool trace_acquires(const char *op)
{
	return !trace_releases(op) && (strstr(op, "lock") || !strncmp(op, "down_", 5));
}
