/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a fault ended, and where the exit differs from what was pasted.
 */
#include <inttypes.h>
#include <string.h>

#include "fault.h"
#include "json.h"

struct difference {
	const char *field;
	uint64_t pasted, produced;
	char note[240];
};

/* Which fields of ESR_EL2 differ, and when the RMM shows them: DEN0137 2.0 A4.3.4. */
static const struct {
	uint64_t bits;
	bool without_isv; /* of an ESR that has ISV = 0 */
	const char *note;
} esr_notes[] = {
	{ 0x02000000, false, "IL: shown just for shared addresses with ISV = 0" },
	{ 0x003f0000, false, "SSE, SRT: never shown" },
	{ 0x00c08000, true, "SAS, SF: mean nothing with ISV = 0" },
	{ 0x00000040, false, "WnR: shown for ISV = 1 and for permission faults" },
};

static void esr_note(const struct fault *f, char *note, size_t size)
{
	uint64_t bits = f->pasted.esr.value ^ f->exit.esr;
	size_t i, len = 0;

	note[0] = '\0';
	for (i = 0; i < sizeof(esr_notes) / sizeof(esr_notes[0]) && len < size; i++)
		if (bits & esr_notes[i].bits && !(esr_notes[i].without_isv && f->esr.isv))
			len += (size_t)snprintf(note + len, size - len, "%s%s", len ? "; " : "",
						esr_notes[i].note);
}

static unsigned differences(const struct fault *f, struct difference list[4])
{
	uint64_t ipa = f->pasted.fault_ipa.value & ~(fault_page_size(f) - 1);
	const struct fault_fields *p = &f->pasted;
	unsigned n = 0;

	if (!f->has_exit)
		return 0;
	if (f->exit.hpfar << 8 != ipa)
		list[n++] = (struct difference){ "fault_ipa", ipa, f->exit.hpfar << 8, "" };
	if (f->exit.esr != p->esr.value)
		list[n++] = (struct difference){ "esr", p->esr.value, f->exit.esr, "" };
	if (n && !strcmp(list[n - 1].field, "esr"))
		esr_note(f, list[n - 1].note, sizeof(list[n - 1].note));
	if (p->far.given && p->far.value != f->exit.far)
		list[n++] = (struct difference){
			"far", p->far.value, f->exit.far,
			"the RMM shows the offset in the page, and only with ISV = 1"
		};
	if (p->hpfar.given && (p->hpfar.value & ~(UINT64_C(1) << 63)) != f->exit.hpfar)
		list[n++] = (struct difference){ "hpfar", p->hpfar.value, f->exit.hpfar, "" };
	return n;
}

static const char *outcome_kind(const struct fault *f)
{
	if (sim_violation(f->world))
		return "violation";
	switch (f->outcome.kind) {
	case SIM_DONE:
		if (f->outcome.realm == RMM_REALM_SEA)
			return "sea";
		return f->outcome.realm == RMM_REALM_DONE ? "mapped" : "error";
	case SIM_MEMORY_FAULT:
		return "memory_fault";
	case SIM_MMIO:
		return "mmio";
	default:
		return "error";
	}
}

/* The entry behind the access; false when there is none. */
static bool walk(const struct fault *f, struct rmm_entry *e)
{
	return rmm_walk(sim_world_rmm(f->world), sim_vm_rd(f->vm), f->ipa, e);
}

/* memattr and s2ap of a mapping, decoded from the flags word that would make it. */
static void attributes(const struct fault *f, const struct rmm_entry *e, const char **memattr,
		       const char **s2ap)
{
	struct rmi_decoded d;

	rmi_decode(&f->tracer.format, RMI_KIND_UNPROT_FLAGS,
		   (uint64_t)e->memattr << 16 | e->s2ap << 19, &d);
	*memattr = rmi_decoded_field(&d, "memattr")->text;
	*s2ap = rmi_decoded_field(&d, "s2ap")->text;
}

static void print_mapping(const struct fault *f)
{
	const char *memattr, *s2ap;
	struct rmm_entry e;
	char ipa[64];

	if (!walk(f, &e))
		return;
	printf("mapped: IPA %s level %d %s",
	       sim_trace_ipa(&f->tracer, ipa, sizeof(ipa), f->ipa & ~(fault_page_size(f) - 1)),
	       e.level, rmm_hipas_name(e.hipas));
	if (e.hipas == RMM_MAPPED_NS || e.hipas == RMM_HIPAS_DATA)
		printf(" PA 0x%" PRIx64, e.pa);
	if (e.hipas == RMM_MAPPED_NS) {
		attributes(f, &e, &memattr, &s2ap);
		printf(" memattr %s s2ap %s", memattr ? memattr : "?", s2ap ? s2ap : "?");
	}
	if (!f->shared)
		printf(" RIPAS %s", rmi_ripas_name(e.ripas));
	printf("\n");
}

static void print_outcome(const struct fault *f)
{
	const struct sim_exit *x = &f->outcome;
	const char *kind = outcome_kind(f);

	if (!strcmp(kind, "violation"))
		printf("violation: %s\n", sim_violation(f->world));
	else if (!strcmp(kind, "mapped"))
		print_mapping(f);
	else if (!strcmp(kind, "sea"))
		printf("the realm takes a synchronous external abort\n");
	else if (!strcmp(kind, "memory_fault"))
		printf("KVM_RUN = %d, kvm_run: exit_reason %u (KVM_EXIT_MEMORY_FAULT) gpa "
		       "0x%" PRIx64 " size 0x%" PRIx64 " flags 0x%" PRIx64 " (%s)\n",
		       x->ret, x->exit_reason, x->gpa, x->size, x->flags,
		       x->flags & SIM_FAULT_PRIVATE ? "PRIVATE" : "PRIVATE clear: shared");
	else if (!strcmp(kind, "mmio"))
		printf("KVM_RUN = %d, kvm_run: exit_reason %u (KVM_EXIT_MMIO) %s of %u bytes at "
		       "0x%" PRIx64 "\n",
		       x->ret, x->exit_reason, x->mmio_write ? "write" : "read", x->mmio_len,
		       x->mmio_addr);
	else if (x->kind == SIM_OTHER)
		printf("KVM_RUN = %d, nothing prepared in kvm_run\n", x->ret);
	else
		printf("KVM_RUN = %d, kvm_run: exit_reason %u (%s)\n", x->ret, x->exit_reason,
		       sim_exit_kind_name(x->kind));
}

void fault_report(const struct fault *f)
{
	struct difference list[4];
	unsigned i, n = differences(f, list);

	printf("\n");
	if (!f->has_exit)
		printf("no abort left the realm\n");
	else if (!n)
		printf("the exit is the one that was pasted\n");
	for (i = 0; i < n; i++)
		printf("%-9s pasted 0x%" PRIx64 " produced 0x%" PRIx64 "%s%s\n", list[i].field,
		       list[i].pasted, list[i].produced, list[i].note[0] ? "  " : "", list[i].note);
	for (i = 0; i < f->nr_breaches; i++)
		printf("contract %s is broken%s: %s\n", sim_contract_name(f->breaches[i].contract),
		       f->breaches[i].known ? ", as is known of this kernel" : "",
		       f->breaches[i].text);
	print_outcome(f);
}

static void json_calls(struct json *j, const struct fault *f)
{
	unsigned i, k;

	json_array(j, "calls");
	for (i = 0; i < f->nr_calls; i++) {
		const struct fault_call *c = &f->calls[i];

		json_object(j, NULL);
		json_string(j, "name", c->command ? c->command->name : NULL);
		json_array(j, "args");
		for (k = 0; c->command && k < c->command->nr_args; k++)
			json_word(j, NULL, c->in.x[k + 1]);
		json_close(j, ']');
		json_word(j, "result", c->out.x[0]);
		json_array(j, "outputs");
		for (k = 0; c->command && k < c->command->nr_results; k++)
			json_word(j, NULL, c->out.x[k + 1]);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
	if (f->more_calls)
		json_unsigned(j, "calls_not_shown", f->more_calls);
}

static void json_exit(struct json *j, const struct fault *f)
{
	const struct rmm_exit *x = &f->exit;
	int level = -2;

	if (!f->has_exit) {
		json_string(j, "exit", NULL);
		return;
	}
	json_object(j, "exit");
	json_string(j, "reason", rmi_exit_reason_name(x->reason));
	json_word(j, "esr", x->esr);
	json_word(j, "far", x->far);
	json_word(j, "hpfar", x->hpfar);
	json_word(j, "ipa", x->hpfar << 8);
	json_string(j, "alias", x->hpfar << 8 & fault_shared_bit(f) ? "shared" : "private");
	json_string(j, "class", rmi_ec_name(rmi_esr_decode(x->esr).ec));
	json_string(j, "fault", rmi_fsc_name(rmi_esr_decode(x->esr).fsc));
	rmi_fsc_fault(rmi_esr_decode(x->esr).fsc, &level);
	if (level != -2)
		json_number(j, "level", level);
	json_close(j, '}');
}

static void json_mapping(struct json *j, const struct fault *f)
{
	const char *memattr, *s2ap;
	struct rmm_entry e;

	if (!walk(f, &e))
		return;
	json_word(j, "ipa", f->ipa & ~(fault_page_size(f) - 1));
	json_number(j, "level", e.level);
	json_string(j, "hipas", rmm_hipas_name(e.hipas));
	json_word(j, "pa", e.pa);
	if (!f->shared)
		json_string(j, "ripas", rmi_ripas_name(e.ripas));
	if (e.hipas == RMM_MAPPED_NS) {
		attributes(f, &e, &memattr, &s2ap);
		json_string(j, "memattr", memattr);
		json_string(j, "s2ap", s2ap);
	}
}

static void json_outcome(struct json *j, const struct fault *f)
{
	const struct sim_exit *x = &f->outcome;
	const char *kind = outcome_kind(f);

	json_object(j, "outcome");
	json_string(j, "kind", kind);
	if (!strcmp(kind, "violation"))
		json_string(j, "violation", sim_violation(f->world));
	json_number(j, "ret", x->ret);
	json_unsigned(j, "exit_reason", x->exit_reason);
	if (!strcmp(kind, "mapped"))
		json_mapping(j, f);
	if (!strcmp(kind, "memory_fault")) {
		json_word(j, "gpa", x->gpa);
		json_word(j, "size", x->size);
		json_word(j, "flags", x->flags);
		json_bool(j, "private", x->flags & SIM_FAULT_PRIVATE);
	}
	if (!strcmp(kind, "mmio")) {
		json_word(j, "addr", x->mmio_addr);
		json_unsigned(j, "len", x->mmio_len);
		json_bool(j, "write", x->mmio_write);
	}
	if (!strcmp(kind, "error"))
		json_string(j, "exit", sim_exit_kind_name(x->kind));
	json_close(j, '}');
}

void fault_report_json(const struct fault *f)
{
	struct difference list[4];
	unsigned i, n = differences(f, list);
	struct json j;

	json_begin(&j, stdout);
	json_string(&j, "kernel", sim_image_name(f->image));
	json_calls(&j, f);
	json_exit(&j, f);
	json_outcome(&j, f);
	json_array(&j, "differences");
	for (i = 0; i < n; i++) {
		json_object(&j, NULL);
		json_string(&j, "field", list[i].field);
		json_word(&j, "pasted", list[i].pasted);
		json_word(&j, "produced", list[i].produced);
		json_string(&j, "note", list[i].note);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_array(&j, "breaches");
	for (i = 0; i < f->nr_breaches; i++) {
		json_object(&j, NULL);
		json_string(&j, "contract", sim_contract_name(f->breaches[i].contract));
		json_string(&j, "text", f->breaches[i].text);
		json_bool(&j, "known", f->breaches[i].known);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_finish(&j);
}
