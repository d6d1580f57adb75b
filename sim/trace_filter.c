/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which events of a run are looked at: by kind, by who runs, by the addresses that an event names.
 *
 * Addresses of the model's events are its arguments and results; those of the kernel's are read from their text,
 * whose words are this program's own.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

struct named {
	const struct sim_tracer *tracer;
	uint64_t shared_bit;
	bool found;
};

static unsigned shift_of(const struct sim_tracer *t)
{
	return t->format.granule_shift ? t->format.granule_shift : 12;
}

static bool is_set(const struct sim_trace_range *r)
{
	return r->top > r->base;
}

static bool overlaps(const struct sim_trace_range *r, uint64_t base, uint64_t size)
{
	uint64_t last = size && base + (size - 1) > base ? base + (size - 1) : base;

	return is_set(r) && base < r->top && last >= r->base;
}

static void name_ipa(struct named *n, uint64_t base, uint64_t size)
{
	const struct sim_trace_range *r = &n->tracer->ipa;

	n->found |= overlaps(r, base, size) || overlaps(r, base & ~n->shared_bit, size);
}

static void name_pa(struct named *n, uint64_t base, uint64_t size)
{
	n->found |= overlaps(&n->tracer->pa, base, size);
}

static void name(struct named *n, bool ipa, uint64_t base, uint64_t size)
{
	if (ipa)
		name_ipa(n, base, size);
	else
		name_pa(n, base, size);
}

/* The model's events */

/* What a table command is about: the entry of the level above, all of it. */
static uint64_t size_at(const struct named *n, const struct rmi_command *command, unsigned i,
			const struct rmm_regs *regs)
{
	int64_t level;

	if (i + 1 >= command->nr_args || command->args[i + 1].kind != RMI_KIND_LEVEL)
		return UINT64_C(1) << shift_of(n->tracer);
	level = (int64_t)regs->x[i + 2];
	if (level < 0 || level > 3)
		level = 0;
	return rmi_level_size(shift_of(n->tracer), (int)level - 1);
}

static void name_args(struct named *n, const struct rmi_command *command,
		      const struct rmm_regs *regs)
{
	for (unsigned i = 0; i < command->nr_args; i++) {
		enum rmi_kind kind = command->args[i].kind;
		uint64_t word = regs->x[i + 1], size;

		if (kind != RMI_KIND_IPA && kind != RMI_KIND_PA)
			continue;
		size = size_at(n, command, i, regs);
		if (i + 1 < command->nr_args && command->args[i + 1].kind == kind &&
		    !strcmp(command->args[i + 1].name, "top")) {
			size = regs->x[i + 2] - word;
			i++;
		}
		name(n, kind == RMI_KIND_IPA, word, size);
	}
}

static void name_descriptors(struct named *n, const struct rmi_arg *args, unsigned nr,
			     const struct rmm_regs *regs)
{
	struct rmi_range_desc desc;

	for (unsigned i = 0; i < nr; i++)
		if (args[i].kind == RMI_KIND_DESC && regs->x[i + 1] != RMM_POISON &&
		    rmi_range_desc_decode(n->tracer->format.edition, shift_of(n->tracer),
					  regs->x[i + 1], &desc))
			name_pa(n, desc.base, desc.size);
}

static void name_call(struct named *n, const struct rmm_event *rmm)
{
	const struct rmi_command *command = rmm->command;

	if (!command)
		return;
	name_args(n, command, rmm->regs_in);
	name_descriptors(n, command->args, command->nr_args, rmm->regs_in);
	if (rmm->regs_out)
		name_descriptors(n, command->results, command->nr_results, rmm->regs_out);
}

static void name_exit(struct named *n, const struct rmm_exit *exit)
{
	if (exit->reason == RMI_EXIT_SYNC)
		name_ipa(n, exit->hpfar << 8, UINT64_C(1) << shift_of(n->tracer));
	else if (exit->reason == RMI_EXIT_RIPAS_CHANGE)
		name_ipa(n, exit->ripas_base, exit->ripas_top - exit->ripas_base);
	else if (exit->reason == RMI_EXIT_S2AP_CHANGE)
		name_ipa(n, exit->s2ap_base, exit->s2ap_top - exit->s2ap_base);
}

static void name_rmm(struct named *n, enum sim_event_kind kind, const struct rmm_event *rmm)
{
	const struct rmm_regs *in = rmm->regs_in;

	if (kind == SIM_EVENT_RMI_CALL || kind == SIM_EVENT_RMI_RETURN)
		name_call(n, rmm);
	else if (kind == SIM_EVENT_REC_EXIT)
		name_exit(n, rmm->exit);
	else if (kind == SIM_EVENT_ACCESS)
		name_ipa(n, rmm->access->ipa, rmm->access->size);
	else if (in->x[0] == RSI_IPA_STATE_SET || in->x[0] == RSI_IPA_STATE_GET)
		name_ipa(n, in->x[1], in->x[2] - in->x[1]);
}

/* The kernel's */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The word in front of a number, as in "gfn=0x400" or "pa 0x80000000". */
static bool is_called(const char *text, const char *number, const char *word)
{
	size_t len = strlen(word);
	const char *at = number;

	if (at > text && (at[-1] == '=' || at[-1] == ' '))
		at--;
	else
		return false;
	return (size_t)(at - text) >= len && !strncmp(at - len, word, len) &&
	       (at - len == text || !is_word(at[-(ptrdiff_t)len - 1]));
}

/* "gpa=0x400000 size=0x1000" */
static uint64_t size_behind(const char *text, uint64_t usual)
{
	while (*text == ' ' || *text == ',')
		text++;
	return strncmp(text, "size=0x", 7) ? usual : strtoull(text + 5, NULL, 16);
}

static void name_text(struct named *n, enum sim_event_kind kind, const char *text)
{
	uint64_t page = UINT64_C(1) << shift_of(n->tracer);
	char *end;

	for (const char *at = strstr(text, "0x"); at; at = strstr(end, "0x")) {
		uint64_t value = strtoull(at, &end, 16);

		if (end == at)
			return;
		if (is_called(text, at, "gpa") || is_called(text, at, "ipa") ||
		    is_called(text, at, "fault_ipa"))
			name_ipa(n, value, size_behind(end, page));
		else if (is_called(text, at, "gfn"))
			name_ipa(n, value << shift_of(n->tracer), page);
		else if (is_called(text, at, "pfn"))
			name_pa(n, value << shift_of(n->tracer), page);
		else if (is_called(text, at, "pa") || kind == SIM_EVENT_PAGE)
			name_pa(n, value, page);
	}
}

static bool names_address(const struct sim_tracer *t, const struct sim_event *e)
{
	struct named n = { t, e->shared_bit ? e->shared_bit : t->shared_bit, false };

	if (e->rmm)
		name_rmm(&n, e->kind, e->rmm);
	else if (e->text)
		name_text(&n, e->kind, e->text);
	return n.found;
}

/* Who runs */

static bool is_listed(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (; *list; list += strcspn(list, ",") + (list[strcspn(list, ",")] == ','))
		if (strcspn(list, ",") == len && !strncmp(list, word, len))
			return true;
	return false;
}

bool sim_trace_wants(const struct sim_tracer *tracer, const struct sim_event *event)
{
	char number[24], buf[24];

	if ((unsigned)event->kind >= SIM_NR_EVENTS || tracer->hide & SIM_TRACE_BIT(event->kind))
		return false;
	if (event->kind == SIM_EVENT_VIOLATION)
		return true;
	snprintf(number, sizeof(number), "%u", event->actor);
	if (tracer->only && !is_listed(tracer->only, number) &&
	    !is_listed(tracer->only, trace_actor(event, buf)))
		return false;
	if (!is_set(&tracer->ipa) && !is_set(&tracer->pa))
		return true;
	return names_address(tracer, event);
}

/* Kinds */

static uint32_t kinds_called(const char *word)
{
	static const struct {
		const char *name;
		uint32_t kinds;
	} groups[] = {
		{ "rmi", SIM_TRACE_BIT(SIM_EVENT_RMI_CALL) | SIM_TRACE_BIT(SIM_EVENT_RMI_RETURN) },
		{ "exit", SIM_TRACE_BIT(SIM_EVENT_REC_EXIT) },
		{ "guest", SIM_TRACE_BIT(SIM_EVENT_ACCESS) | SIM_TRACE_BIT(SIM_EVENT_RSI) },
		{ "kvm", SIM_TRACE_BIT(SIM_EVENT_ASK) | SIM_TRACE_BIT(SIM_EVENT_ABORT) },
		{ "vmm", SIM_TRACE_BIT(SIM_EVENT_VMM) | SIM_TRACE_BIT(SIM_EVENT_KVM_RUN) },
		{ "all", SIM_TRACE_BIT(SIM_NR_EVENTS) - 1 },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!strcmp(word, groups[i].name))
			return groups[i].kinds;
	for (unsigned k = 0; k < SIM_NR_EVENTS; k++)
		if (!strcmp(word, sim_event_kind_name((enum sim_event_kind)k)))
			return SIM_TRACE_BIT(k);
	return 0;
}

const char *sim_trace_kinds(const char *list, uint32_t *kinds)
{
	*kinds = 0;
	do {
		size_t len = strcspn(list, ",");
		char word[24];
		uint32_t some;

		snprintf(word, sizeof(word), "%.*s", (int)len, list);
		some = len < sizeof(word) ? kinds_called(word) : 0;
		if (!some)
			return list;
		*kinds |= some;
		list += len;
	} while (*list++ == ',');
	return NULL;
}
