// SPDX-License-Identifier: BSD-2-Clause
/* Recorder and matcher of golden call sequences, see golden.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"

#define ANY      UINT64_MAX
#define ARG_PAGE 4096u /* of an argument page, what is ever looked at */

static const char *const page_prefixes[] = { "RD", "PGD", "REC", "T", "D", "E" };

/* --- recording --- */

static unsigned page_argument(const struct rmi_command *command)
{
	switch (command->fid) {
	case RMI_REALM_CREATE:
	case RMI_OP_MEM_DONATE:
		return 2;
	case RMI_REC_CREATE:
		return 3;
	default:
		return 0;
	}
}

static void record(struct golden *g, const struct rmm_event *event)
{
	struct golden_call *call;
	unsigned i, page;

	if (g->nr_calls == g->cap_calls) {
		g->cap_calls = g->cap_calls ? 2 * g->cap_calls : 256;
		g->calls = realloc(g->calls, g->cap_calls * sizeof(*g->calls));
		if (!g->calls)
			abort();
	}
	call = &g->calls[g->nr_calls++];
	memset(call, 0, sizeof(*call));
	call->command = event->command;
	call->cpu = event->cpu;
	for (i = 0; i < 7; i++)
		call->in[i] = event->regs_in->x[i];
	for (i = 0; i < 5; i++)
		call->out[i] = event->regs_out->x[i];
	page = call->command ? page_argument(call->command) : 0;
	if (page) {
		uint64_t offset = call->in[page] % ARG_PAGE;
		const uint8_t *from =
			rmm_host_ptr(sim_world_rmm(g->world), call->in[page] - offset, ARG_PAGE);

		call->page = from ? calloc(1, ARG_PAGE) : NULL;
		if (call->page)
			memcpy(call->page, from + offset, ARG_PAGE - offset);
	}
}

/* Where the port takes its tables from (kvm-call-sequences 2, 3, 6, 8, 10, 11). */
static void count_tables(struct golden *g, const struct sim_event *event)
{
	int before;

	if (!event->name || !event->caller)
		return;
	if (!strcmp(event->name, "kvm_mmu_topup_memory_cache"))
		sscanf(event->text ? event->text : "", "min %d: %d -> %d", &g->cache_min, &before,
		       &g->cache_filled);
	if (strcmp(event->caller, "alloc_rtt"))
		return;
	g->cache_tables += !strcmp(event->name, "kvm_mmu_memory_cache_alloc");
	g->atomic_tables += !strcmp(event->name, "alloc_pages");
}

void golden_event(void *ctx, const struct sim_event *event)
{
	struct golden *g = ctx;

	if (!g->world || g->in_hook)
		return;
	if (g->hook) {
		g->in_hook = true;
		g->hook(g, event);
		g->in_hook = false;
	}
	if (event->kind == SIM_EVENT_WARN) {
		if (!g->warns++)
			snprintf(g->warn, sizeof(g->warn), "%s: %s",
				 event->caller ? event->caller : "?",
				 event->text ? event->text : "");
	} else if (event->kind == SIM_EVENT_RMI_RETURN) {
		record(g, event->rmm);
	} else if (event->kind == SIM_EVENT_PAGE) {
		count_tables(g, event);
	}
}

void golden_pause(struct golden *g)
{
	g->world = NULL;
}

void golden_stop(struct golden *g)
{
	unsigned i;

	for (i = 0; i < g->nr_calls; i++)
		free(g->calls[i].page);
	free(g->calls);
	memset(g, 0, sizeof(*g));
}

void golden_start(struct golden *g, struct sim_world *world)
{
	bool one_granule = g->one_granule;

	golden_stop(g);
	g->world = world;
	g->page_size = sim_world_page_size(world);
	g->one_granule = one_granule;
}

/* --- names --- */

static struct golden_name *find_name(const struct golden *g, const char *name)
{
	unsigned i;

	for (i = 0; i < g->nr_names; i++)
		if (!strcmp(g->names[i].text, name))
			return (struct golden_name *)&g->names[i];
	return NULL;
}

void golden_bind(struct golden *g, const char *name, uint64_t value)
{
	struct golden_name *n = find_name(g, name);

	if (!n && g->nr_names < sizeof(g->names) / sizeof(g->names[0])) {
		n = &g->names[g->nr_names++];
		snprintf(n->text, sizeof(n->text), "%s", name);
	}
	if (n)
		n->value = value;
}

uint64_t golden_value(const struct golden *g, const char *name)
{
	const struct golden_name *n = find_name(g, name);

	return n ? n->value : 0;
}

/* Does the name stand for a page that lives as long as the VM: prefix, then digits at most? */
static bool is_page_name(const char *name)
{
	unsigned i;

	for (i = 0; i < sizeof(page_prefixes) / sizeof(page_prefixes[0]); i++) {
		size_t n = strlen(page_prefixes[i]);

		if (!strncmp(name, page_prefixes[i], n) &&
		    (!name[n] || isdigit((unsigned char)name[n])))
			return true;
	}
	return false;
}

/* First meeting: bind, unless another page of the VM has the value. */
static bool bind_new(struct golden *g, const char *name, uint64_t value)
{
	unsigned i;

	for (i = 0; is_page_name(name) && i < g->nr_names; i++)
		if (is_page_name(g->names[i].text) && g->names[i].value == value)
			return false;
	golden_bind(g, name, value);
	return true;
}

static bool any_name_has(const struct golden *g, const char *pattern, uint64_t value)
{
	size_t n = strlen(pattern) - 1;
	unsigned i;

	for (i = 0; i < g->nr_names; i++)
		if (!strncmp(g->names[i].text, pattern, n) && g->names[i].value == value)
			return true;
	return false;
}

/* --- one line --- */

struct line {
	char command[40];
	char in[6][40];
	unsigned nr_in;
	char x0[40];
	char out[5][40]; /* index is the register */
};

static const char *word(const char *s, char *to, size_t size)
{
	size_t n = 0;

	while (*s && strchr(" \t,(", *s))
		s++;
	while (*s && !strchr(" \t,();\n", *s)) {
		if (n + 1 < size)
			to[n++] = *s;
		s++;
	}
	to[n] = 0;
	return s;
}

/* Parse one line; false when it has no call. */
static bool parse(const char *s, struct line *line)
{
	char reg[8];

	memset(line, 0, sizeof(*line));
	while (isspace((unsigned char)*s) || isdigit((unsigned char)*s))
		s++;
	if (!*s)
		return false;
	s = word(s, line->command, sizeof(line->command));
	while (*s && *s != ')' && line->nr_in < 6) {
		s = word(s, line->in[line->nr_in], sizeof(line->in[0]));
		line->nr_in++;
	}
	s = strstr(s, "->");
	if (!s)
		return true;
	s = word(s + 2, line->x0, sizeof(line->x0));
	while ((s = strchr(s, 'X')) && isdigit((unsigned char)s[1]) && s[1] < '5') {
		unsigned x = (unsigned)(s[1] - '0');

		s = word(s, reg, sizeof(reg));
		s = strchr(s, '=');
		if (!s)
			break;
		s = word(s + 1, line->out[x], sizeof(line->out[x]));
	}
	return true;
}

/* Does the value fit the term: number, name, name+number, end, *, name? */
static bool fits(struct golden *g, const char *term, uint64_t value, const struct golden_call *call)
{
	char name[40] = "";
	uint64_t sum = 0;
	const char *s = term;
	struct golden_name *n;

	if (!strcmp(term, "*"))
		return true;
	if (!strcmp(term, "end"))
		return value == call->in[2];
	if (strchr(term, '?'))
		return any_name_has(g, term, value);
	while (*s) {
		size_t len = strcspn(s, "+");

		if (isdigit((unsigned char)*s)) {
			sum += strtoull(s, NULL, 0);
		} else {
			char part[40];

			snprintf(part, sizeof(part), "%.*s", (int)len, s);
			n = find_name(g, part);
			if (n)
				sum += n->value;
			else
				snprintf(name, sizeof(name), "%s", part);
		}
		s += len + (s[len] == '+');
	}
	return name[0] ? bind_new(g, name, value - sum) : sum == value;
}

bool golden_is(const struct golden_call *call, const char *name)
{
	static const char *const prefixes[] = { "", "RTT_", "GRANULE_", "RMM_" };
	unsigned i;

	if (!call->command)
		return false;
	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t n = strlen(prefixes[i]);

		if (!strncmp(call->command->name, prefixes[i], n) &&
		    !strcmp(call->command->name + n, name))
			return true;
	}
	return false;
}

static bool call_fits(struct golden *g, const struct line *line, const struct golden_call *call)
{
	unsigned i;

	if (!golden_is(call, line->command))
		return false;
	for (i = 0; i < line->nr_in; i++)
		if (!fits(g, line->in[i], call->in[i + 1], call))
			return false;
	if (line->x0[0] && !fits(g, line->x0, call->out[0], call))
		return false;
	for (i = 1; i < 5; i++)
		if (line->out[i][0] && !fits(g, line->out[i], call->out[i], call))
			return false;
	return true;
}

/* --- sequences --- */

static bool ignored(const struct golden_call *call, const char *ignore)
{
	char name[40];
	const char *s = ignore;

	while (s && *s) {
		s = word(s, name, sizeof(name));
		if (golden_is(call, name))
			return true;
	}
	return false;
}

static void print_call(const char *mark, const struct golden_call *call)
{
	unsigned i, nr_in = call->command ? call->command->nr_args : 6;
	unsigned nr_out = call->command ? call->command->nr_results : 4;

	fprintf(stderr, "  %s %s(", mark, call->command ? call->command->name : "?");
	for (i = 1; i <= nr_in; i++)
		fprintf(stderr, "%s0x%llx", i > 1 ? ", " : "", (unsigned long long)call->in[i]);
	fprintf(stderr, ") -> 0x%llx", (unsigned long long)call->out[0]);
	for (i = 1; i <= nr_out && i < 5; i++)
		fprintf(stderr, "%c X%u = 0x%llx", i > 1 ? ',' : ';', i,
			(unsigned long long)call->out[i]);
	fprintf(stderr, "\n");
}

static unsigned skip(const struct golden *g, unsigned i, const char *ignore)
{
	while (i < g->nr_calls && ignored(&g->calls[i], ignore))
		i++;
	return i;
}

/* One line may stand for one call a granule; *i is moved behind what was matched. */
static bool match_line(struct golden *g, const struct line *line, unsigned *i, const char *ignore)
{
	const struct golden_call *call = &g->calls[*i];
	struct line one = *line;
	uint64_t at, end, page = g->page_size;

	if (!g->one_granule || !strstr(line->command, "DELEGATE") || strcmp(line->x0, "0")) {
		if (!call_fits(g, line, call))
			return false;
		*i = skip(g, *i + 1, ignore);
		return true;
	}
	memset(one.out, 0, sizeof(one.out));
	if (!call_fits(g, &one, call))
		return false;
	at = call->in[1];
	end = call->in[2];
	while (at < end) {
		if (*i >= g->nr_calls)
			return false;
		call = &g->calls[*i];
		if (!golden_is(call, line->command) || call->in[1] != at || call->in[2] != end ||
		    call->out[0] || call->out[1] != at + page)
			return false;
		at += page;
		*i = skip(g, *i + 1, ignore);
	}
	return true;
}

static void print_rest(const struct golden *g, unsigned i, const char *line, const char *ignore)
{
	unsigned n;

	for (n = 0; *line && n < 12; n++) {
		int len = (int)strcspn(line, "\n");

		fprintf(stderr, "  - %.*s\n", len, line);
		line += len + (line[len] == '\n');
	}
	if (*line)
		fprintf(stderr, "  - ... and more\n");
	for (n = 0; i < g->nr_calls && n < 12; n++) {
		print_call("+", &g->calls[i]);
		i = skip(g, i + 1, ignore);
	}
	if (i < g->nr_calls)
		fprintf(stderr, "  + ... %u calls more\n", g->nr_calls - i);
}

bool golden_check(struct golden *g, const char *title, const char *text, const char *ignore)
{
	unsigned first = skip(g, g->next, ignore), i = first, k;
	bool good = true;

	while (good && *text) {
		const char *line_start = text;
		size_t len = strcspn(text, "\n");
		char buf[256];
		struct line line;

		snprintf(buf, sizeof(buf), "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
		if (!parse(buf, &line))
			continue;
		good = i < g->nr_calls && match_line(g, &line, &i, ignore);
		if (!good)
			text = line_start;
	}
	if (good && i < g->nr_calls)
		good = false;
	if (!good && title) {
		fprintf(stderr, "%s: calls differ (- expected, + made):\n", title);
		k = first;
		while (k < i && i - k > 6)
			k = skip(g, k + 1, ignore);
		for (; k < i; k = skip(g, k + 1, ignore))
			print_call(" ", &g->calls[k]);
		print_rest(g, i, text, ignore);
	}
	g->next = g->nr_calls;
	return good;
}

unsigned golden_count(const struct golden *g, unsigned from, unsigned to, const char *name,
		      uint64_t x0, uint64_t level)
{
	unsigned i, n = 0;

	for (i = from; i < to && i < g->nr_calls; i++)
		n += golden_is(&g->calls[i], name) && (x0 == ANY || g->calls[i].out[0] == x0) &&
		     (level == ANY || g->calls[i].in[3] == level);
	return n;
}

const struct golden_call *golden_last(const struct golden *g, const char *name)
{
	unsigned i;

	for (i = g->nr_calls; i-- > 0;)
		if (golden_is(&g->calls[i], name))
			return &g->calls[i];
	return NULL;
}

unsigned golden_find(const struct golden *g, unsigned from, const char *name)
{
	while (from < g->nr_calls && !golden_is(&g->calls[from], name))
		from++;
	return from;
}
