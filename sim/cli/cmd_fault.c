/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim fault 'LOG TEXT': the path of one realm fault.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"

static void print_head(const struct fault *f)
{
	const struct fault_options *o = &f->options;
	const struct rmm_access *a = &f->access;
	const char *attr = o->attr ? o->attr : f->shared ? "shared" : "private";

	printf("fault    %s on the %s alias of gpa 0x%" PRIx64 "\n", rmi_fsc_name(f->esr.fsc),
	       f->shared ? "shared" : "private", f->gpa);
	printf("machine  kernel %s, %u KiB pages, %u IPA bits, edition bet%u, RMM profile %s\n",
	       sim_image_name(f->image), 1u << (f->page_shift - 10), f->ipa_bits,
	       f->common.edition + 1, f->common.profile->name);
	printf("slot     [0x%" PRIx64 ", 0x%" PRIx64 ") %s guest_memfd, attribute of the page %s\n",
	       f->slot_base, f->slot_top, o->no_gmem ? "without" : "with", attr);
	printf("access   %s of %u bytes at IPA 0x%" PRIx64 "%s\n",
	       a->fetch   ? "fetch"
	       : a->write ? "store"
			  : "load",
	       a->size, a->ipa,
	       a->fetch || f->esr.isv || f->esr.wnr
		       ? ""
		       : " (without ISV the RMM hides WnR: --read makes a load)");
	printf("\n");
}

/* Build the state; what --verbose tells of it comes out when it stands, for bad input prints nothing. */
static int build(struct fault *f)
{
	char *told = NULL;
	size_t size = 0;
	int err;

	f->tracer.out = open_memstream(&told, &size);
	if (!f->tracer.out)
		return cli_bad("out of memory; nothing was done");
	err = fault_build(f);
	fclose(f->tracer.out);
	f->tracer.out = stdout;
	if (!err)
		fwrite(told, 1, size, stdout);
	free(told);
	return err;
}

static int run(struct fault *f, const char *text)
{
	char why[300] = "";
	int err;

	if (fault_parse(text, &f->pasted))
		return CLI_BAD;
	f->image = sim_image_open(f->common.kernel ? f->common.kernel : "4k", why, sizeof(why));
	if (!f->image)
		return cli_bad("%s", why);
	if (fault_machine(f) || fault_check(f))
		return CLI_BAD;
	sim_tracer_init(&f->tracer, stdout, f->common.edition, f->page_shift);
	f->tracer.format.s2ap_bit0_is_read = f->common.profile->s2ap_bit0_is_read;
	f->tracer.actors = f->tracer.numbers = false;
	f->tracer.hide = f->options.verbose ? 0 : SIM_TRACE_QUIET;
	if (tracing_filter(&f->options.trace, &f->tracer) ||
	    tracing_open(&f->files, &f->options.trace) ||
	    tracing_begin(&f->files, &f->tracer, "fault"))
		return CLI_BAD;
	err = build(f);
	if (err)
		return err;
	if (!f->common.json)
		print_head(f);
	err = fault_run(f);
	if (err)
		return err;
	if (f->common.json)
		fault_report_json(f);
	else
		fault_report(f);
	return sim_violation(f->world) || f->check.seen & ~f->check.known ? CLI_FOUND : CLI_OK;
}

int cmd_fault(const struct cli_command *command, int argc, char **argv)
{
	struct fault *f = calloc(1, sizeof(*f));
	struct cli_words words;
	int err;

	if (!f)
		return cli_bad("out of memory; nothing was done");

	struct fault_options *o = &f->options;
	o->trace.draws = true;
	const struct cli_option own[] = {
		{ "pfn", CLI_NUMBER, &o->pfn, "N", "host page frame behind the page" },
		{ "ipa-bits", CLI_NUMBER, &o->ipa_bits, "N",
		  "IPA width of the realm (default 41)" },
		{ "slot", CLI_TEXT, &o->slot, "BASE:TOP",
		  "the memory slot (default 0x40000000:0xc0000000)" },
		{ "no-gmem", CLI_FLAG, &o->no_gmem, NULL, "the slot has no guest_memfd" },
		{ "attr", CLI_TEXT, &o->attr, "private|shared",
		  "memory attribute of the page (default: as the alias)" },
		{ "read-only", CLI_FLAG, &o->read_only, NULL,
		  "the VMM's mapping may not be written" },
		{ "not-present", CLI_FLAG, &o->not_present, NULL,
		  "the VMM has nothing mapped there" },
		{ "private-map", CLI_FLAG, &o->private_map, NULL,
		  "the VMM's mapping is MAP_PRIVATE (copy on write)" },
		{ "read", CLI_FLAG, &o->read, NULL,
		  "the access is a load when the syndrome hides it" },
		{ "verbose", CLI_FLAG, &o->verbose, NULL,
		  "print how the state is built, locks and pages too" },
		TRACE_FILES(&o->trace),
		TRACE_FILTERS(&o->trace),
		{ NULL },
	};

	err = cli_parse(command, argc, argv, &f->common, own, &words);
	if (!err && f->common.help)
		cli_help(command, own);
	else if (!err && words.nr != 1)
		err = cli_bad("fault takes one text, as in rmisim fault 'fault_ipa=0x10046880000, "
			      "esr=0x92000007'");
	else if (!err)
		err = run(f, words.word[0]);
	f->closing = true;
	if (tracing_close(&f->files))
		err = CLI_BAD;
	sim_vm_free(f->vm);
	sim_world_free(f->world);
	sim_image_close(f->image);
	free(f);
	return err;
}
