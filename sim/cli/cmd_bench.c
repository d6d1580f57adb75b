/* SPDX-License-Identifier: BSD-2-Clause */
/* rmisim bench: how long the calls of the model take. */
#include <string.h>

#include "../bench/bench.h"
#include "cli.h"
#include "json.h"
#include "progress.h"

#define MAX_FAILURES 128

struct run {
	struct cli_common common;
	struct cli_words words;
	bool list;
	struct cli_number time;
	struct bench_options options;
};

static bool is_wanted(const struct run *o, const struct bench *b)
{
	for (unsigned i = 0; i < o->words.nr; i++) {
		if (bench_is_named(b, o->words.word[i]))
			return true;
	}
	return !o->words.nr;
}

static int check_names(const struct run *o)
{
	for (unsigned i = 0; i < o->words.nr; i++) {
		const struct bench *b;
		unsigned j;

		for (j = 0; (b = bench_at(j)) && !bench_is_named(b, o->words.word[i]); j++)
			;
		if (!b)
			return cli_bad("no benchmark '%s'; 'rmisim bench --list' has their names",
				       cli_quote(o->words.word[i]));
	}
	return CLI_OK;
}

static void list(const struct run *o)
{
	const struct bench *b;
	struct json j;

	if (o->common.json) {
		json_begin(&j, stdout);
		json_array(&j, "benchmarks");
	}
	for (unsigned i = 0; (b = bench_at(i)); i++) {
		if (!is_wanted(o, b))
			continue;
		if (o->common.json) {
			json_object(&j, NULL);
			json_string(&j, "name", b->name);
			json_string(&j, "about", b->about);
			json_close(&j, '}');
		} else {
			printf("%-22s %s\n", b->name, b->about);
		}
	}
	if (o->common.json) {
		json_close(&j, ']');
		json_finish(&j);
	}
}

/* A time with its unit, three digits that count; "-" for none. */
static const char *duration(char buf[24], double ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	unsigned i = 0;

	for (; ns >= 999.5 && i < 3; i++)
		ns /= 1000;
	snprintf(buf, 24,
		 ns >= 99.5   ? "%.0f %s"
		 : ns >= 9.95 ? "%.1f %s"
			      : "%.2f %s",
		 ns, units[i]);
	return ns > 0 ? buf : "-";
}

static const char *bytes(char buf[24], uint64_t n)
{
	if (n < 1 << 20)
		snprintf(buf, 24, "%llu KiB", (unsigned long long)n >> 10);
	else
		snprintf(buf, 24, "%.1f MiB", (double)n / (1 << 20));
	return buf;
}

/* Resident memory, and the aim where there is one. */
static const char *resident(char buf[64], const struct bench *b, const struct bench_result *r)
{
	char is[24], aim[24];

	buf[0] = '\0';
	if (r->resident >= 0)
		snprintf(buf, 64, "%s%s%s", bytes(is, (uint64_t)r->resident),
			 b->aim_bytes ? ", aim " : "",
			 b->aim_bytes ? bytes(aim, b->aim_bytes) : "");
	return buf;
}

static void print_row(const struct bench *b, const struct bench_result *r)
{
	char took[24], reference[24], aim[24], factor[24] = "-", insn[24] = "-", memory[64];

	if (b->reference_ns > 0)
		snprintf(factor, sizeof(factor), "%.*f", b->reference_ns / r->ns < 100 ? 1 : 0,
			 b->reference_ns / r->ns);
	if (r->instructions >= 0)
		snprintf(insn, sizeof(insn), "%.0f", r->instructions);
	printf("%-22s %9s %10.4g %9s %9s %8s %9s  %s\n", b->name, duration(took, r->ns),
	       1e9 / r->ns, insn, duration(reference, b->reference_ns), factor,
	       duration(aim, b->aim_ns), resident(memory, b, r));
	fflush(stdout);
}

static void json_row(struct json *j, const struct bench *b, const struct bench_result *r)
{
	json_object(j, NULL);
	json_string(j, "name", b->name);
	json_string(j, "about", b->about);
	json_real(j, "ns_per_op", r->ns);
	json_real(j, "ops_per_s", 1e9 / r->ns);
	json_real(j, "median_ns_per_op", r->median_ns);
	json_unsigned(j, "samples", r->samples);
	json_unsigned(j, "ops", r->ops);
	if (b->size)
		json_unsigned(j, "size", b->size);
	if (r->instructions >= 0)
		json_real(j, "instructions_per_op", r->instructions);
	if (r->resident >= 0)
		json_number(j, "resident_bytes", r->resident);
	if (b->reference_ns > 0) {
		json_real(j, "reference_ns", b->reference_ns);
		json_real(j, "factor", b->reference_ns / r->ns);
	}
	if (b->aim_ns > 0)
		json_real(j, "aim_ns", b->aim_ns);
	if (b->aim_bytes)
		json_unsigned(j, "aim_bytes", b->aim_bytes);
	json_close(j, '}');
}

/* What has no number, and why: on stderr, and for JSON at the end of the object. */
struct failures {
	unsigned nr;
	struct {
		const struct bench *bench;
		char why[sizeof(((struct bench_result *)0)->failure)];
	} failure[MAX_FAILURES];
};

static void note_failure(struct failures *f, const struct bench *b, const struct bench_result *r)
{
	cli_bad("%s: %s", b->name, r->failure);
	if (f->nr == MAX_FAILURES)
		return;
	f->failure[f->nr].bench = b;
	strcpy(f->failure[f->nr++].why, r->failure);
}

static void run_all(const struct run *o, struct json *j, struct failures *f)
{
	const struct bench *b;
	struct bench_result r;
	struct progress progress;
	unsigned total = 0, n = 0;

	for (unsigned i = 0; (b = bench_at(i)); i++)
		total += is_wanted(o, b);
	progress_begin(&progress);
	for (unsigned i = 0; (b = bench_at(i)); i++) {
		if (!is_wanted(o, b))
			continue;
		progress_show(&progress, 0, (double)n / total, "[%u/%u] %s", n + 1, total, b->name);
		n++;
		bench_run(b, &o->options, &r);
		progress_end(&progress);
		if (r.failure[0]) {
			note_failure(f, b, &r);
		} else if (j) {
			json_row(j, b, &r);
		} else {
			print_row(b, &r);
		}
	}
}

static void run_json(const struct run *o, struct failures *f)
{
	static const char *const editions[] = { "bet1", "bet2", "bet3" };
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "profile", o->options.profile->name);
	json_string(&j, "edition", editions[o->options.edition]);
	json_array(&j, "results");
	run_all(o, &j, f);
	json_close(&j, ']');
	json_array(&j, "failed");
	for (unsigned i = 0; i < f->nr; i++) {
		json_object(&j, NULL);
		json_string(&j, "name", f->failure[i].bench->name);
		json_string(&j, "why", f->failure[i].why);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_finish(&j);
}

static void run_text(const struct run *o, struct failures *f)
{
	printf("%-22s %9s %10s %9s %9s %8s %9s  %s\n", "benchmark", "an op", "ops/s", "insns",
	       "reference", "factor", "aim", "resident");
	fflush(stdout);
	run_all(o, NULL, f);
}

int cmd_bench(const struct cli_command *command, int argc, char **argv)
{
	struct failures failures = { 0 };
	struct run o = { 0 };
	const struct cli_option own[] = {
		{ "list", CLI_FLAG, &o.list, NULL, "what there is to measure" },
		{ "time", CLI_NUMBER, &o.time, "MS",
		  "measure each for at least so many milliseconds, 1 to 60000 (default 200)" },
		{ NULL },
	};

	if (cli_parse(command, argc, argv, &o.common, own, &o.words))
		return CLI_BAD;
	if (o.common.help) {
		cli_help(command, own);
		printf("\nNAME is a benchmark's, or the beginning of several up to a dash: page, "
		       "page-range, curve. None: all.\n");
		return CLI_OK;
	}
	if (o.time.given && (!o.time.value || o.time.value > 60000))
		return cli_bad("--time takes 1 to 60000 milliseconds");
	if (check_names(&o))
		return CLI_BAD;
	if (o.list) {
		list(&o);
		return CLI_OK;
	}
	o.options = (struct bench_options){
		.kernel = o.common.kernel,
		.profile = o.common.profile,
		.edition = o.common.edition,
		.min_ns = (o.time.given ? o.time.value : 200) * 1000000,
	};
	if (o.common.json)
		run_json(&o, &failures);
	else
		run_text(&o, &failures);
	return failures.nr ? CLI_FOUND : CLI_OK;
}
