/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traces as files for other programs; here: an object a line.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

void export_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

void export_words(FILE *out, const struct rmi_arg *args, unsigned nr, const uint64_t *words)
{
	for (unsigned i = 0; i < nr; i++) {
		fprintf(out, "%s", i ? "," : "");
		export_quoted(out, args[i].name);
		fprintf(out, ":\"0x%" PRIx64 "\"", words[i]);
	}
}

static void put_string(FILE *out, const char *key, const char *text)
{
	if (!text)
		return;
	fprintf(out, ",\"%s\":", key);
	export_quoted(out, text);
}

static void put_word(FILE *out, const char *key, uint64_t word)
{
	fprintf(out, ",\"%s\":\"0x%" PRIx64 "\"", key, word);
}

static const char *result_name(enum rmm_realm_result result)
{
	switch (result) {
	case RMM_REALM_DONE:
		return "done";
	case RMM_REALM_EXIT:
		return "exit";
	case RMM_REALM_SEA:
		return "sea";
	case RMM_REALM_SIZE_FAULT:
		return "size-fault";
	case RMM_REALM_UNDEF:
		return "undef";
	case RMM_REALM_PLANE:
		return "plane";
	}
	return NULL;
}

static void put_call(FILE *out, const struct rmm_event *rmm)
{
	put_word(out, "fid", rmm->regs_in->x[0]);
	if (!rmm->command)
		return;
	fprintf(out, ",\"args\":{");
	export_words(out, rmm->command->args, rmm->command->nr_args, rmm->regs_in->x + 1);
	fprintf(out, "}");
}

/* Level and index of a result are the byte above its status. */
static void put_return(FILE *out, const struct rmm_event *rmm)
{
	uint64_t x0 = rmm->regs_out->x[0];
	unsigned status = RMI_RESULT_STATUS(x0);

	put_call(out, rmm);
	put_word(out, "result", x0);
	put_string(out, "status", x0 == UINT64_MAX ? NULL : rmi_status_name(status));
	if (!rmm->command || (status != RMI_SUCCESS && status != RMI_INCOMPLETE))
		return;
	fprintf(out, ",\"outputs\":{");
	export_words(out, rmm->command->results, rmm->command->nr_results, rmm->regs_out->x + 1);
	fprintf(out, "}");
}

static void put_exit(FILE *out, const struct sim_tracer *t, const struct rmm_exit *exit)
{
	put_string(out, "reason", rmi_exit_reason_name_in(t->format.edition, exit->reason));
	if (exit->reason == RMI_EXIT_SYNC) {
		put_word(out, "esr", exit->esr);
		put_word(out, "far", exit->far);
		put_word(out, "hpfar", exit->hpfar);
		put_word(out, "ipa", exit->hpfar << 8);
	} else if (exit->reason == RMI_EXIT_RIPAS_CHANGE) {
		put_word(out, "base", exit->ripas_base);
		put_word(out, "top", exit->ripas_top);
		put_string(out, "ripas", rmi_ripas_name(exit->ripas_value));
	} else if (exit->reason == RMI_EXIT_S2AP_CHANGE) {
		put_word(out, "base", exit->s2ap_base);
		put_word(out, "top", exit->s2ap_top);
	}
}

static void put_access(FILE *out, const struct rmm_event *rmm)
{
	const struct rmm_access *a = rmm->access;

	put_string(out, "access", a->fetch ? "fetch" : a->write ? "store" : "load");
	put_word(out, "ipa", a->ipa);
	fprintf(out, ",\"size\":%u", a->size);
	put_word(out, "data", a->value);
	put_string(out, "ends", result_name(rmm->result));
}

static void put_rsi(FILE *out, const struct sim_tracer *t, const struct rmm_event *rmm)
{
	put_string(out, "function", rmi_fid_name(t->format.edition, rmm->regs_in->x[0]));
	fprintf(out, ",\"x\":[");
	for (unsigned i = 0; i < 4; i++)
		fprintf(out, "%s\"0x%" PRIx64 "\"", i ? "," : "", rmm->regs_in->x[i]);
	fprintf(out, "]");
	put_string(out, "ends", result_name(rmm->result));
	if (rmm->result == RMM_REALM_DONE && rmm->regs_out)
		put_word(out, "result", rmm->regs_out->x[0]);
}

static void put_rmm(const struct sim_export *x, const struct sim_event *e)
{
	switch (e->rmm->kind) {
	case RMM_EVENT_RMI_CALL:
		put_call(x->out, e->rmm);
		break;
	case RMM_EVENT_RMI_RETURN:
		put_return(x->out, e->rmm);
		break;
	case RMM_EVENT_REC_EXIT:
		put_exit(x->out, &x->tracer, e->rmm->exit);
		break;
	case RMM_EVENT_ACCESS:
		put_access(x->out, e->rmm);
		break;
	case RMM_EVENT_RSI:
		put_rsi(x->out, &x->tracer, e->rmm);
		break;
	case RMM_EVENT_LOCK_ORDER:
		break;
	}
}

static void put_object(const struct sim_export *x, const struct sim_event *e)
{
	char line[1024], actor[24];
	const char *who;

	fprintf(x->out, "{\"seq\":%" PRIu64 ",\"actor\":%u,\"actor_name\":", e->seq, e->actor);
	export_quoted(x->out, trace_actor(e, actor));
	put_string(x->out, "kind", sim_event_kind_name(e->kind));
	put_string(x->out, "name", e->name);
	put_string(x->out, "caller", e->caller);
	if (e->kind == SIM_EVENT_KVM_RUN || e->kind == SIM_EVENT_SCHED || e->kind == SIM_EVENT_WAIT)
		fprintf(x->out, ",\"value\":%" PRId64, e->value);
	if (e->rmm)
		put_rmm(x, e);
	sim_trace_describe(&x->tracer, e, &who, line, sizeof(line));
	put_string(x->out, "line", line + strspn(line, " "));
	fprintf(x->out, "}\n");
}

struct sim_export *sim_export_new(const struct sim_tracer *tracer, enum sim_export_format format,
				  FILE *out, const char *title)
{
	struct sim_export *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->tracer = *tracer;
	x->tracer.brief = x->tracer.colour = false;
	x->format = format;
	x->out = out;
	x->running = -1;
	if (format == SIM_EXPORT_CHROME)
		export_chrome_begin(x, title);
	return x;
}

void sim_export_event(void *export, const struct sim_event *event)
{
	struct sim_export *x = export;

	if (x->format == SIM_EXPORT_CHROME)
		export_chrome_event(x, event);
	else if (sim_trace_wants(&x->tracer, event))
		put_object(x, event);
}

void sim_export_end(struct sim_export *x)
{
	if (!x)
		return;
	if (x->format == SIM_EXPORT_CHROME)
		export_chrome_end(x);
	for (unsigned i = 0; i < SIM_MAX_ACTORS; i++)
		free(x->actor[i]);
	free(x);
}
