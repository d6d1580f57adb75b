/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Can any state of the machine produce these fields? What cannot be is bad input: the fields describe a
 * state, they are never injected.
 *
 * DEN0137 2.0: A5.3.1 (IYMNSR: what an access of a realm may lead to), A4.3.4 (what a REC exit shows).
 */
#include <inttypes.h>
#include <string.h>

#include "fault.h"

#define GIB (UINT64_C(1) << 30)

/* Start level of the stage 2 tables KVM makes for this width: up to 16 concatenated tables. */
static int start_level(unsigned page_shift, unsigned ipa_bits)
{
	return 4 - (int)((ipa_bits - 8) / (page_shift - 3));
}

static int slot_option(struct fault *f)
{
	uint64_t page = fault_page_size(f);
	const char *end = NULL;

	f->slot_base = GIB;
	f->slot_top = 3 * GIB;
	if (f->options.slot) {
		if (!cli_number_prefix(f->options.slot, &end, &f->slot_base) || *end != ':' ||
		    !cli_number(end + 1, &f->slot_top))
			return cli_bad("--slot takes BASE:TOP like 0x40000000:0xc0000000, not '%s'",
				       cli_quote(f->options.slot));
	}
	if (f->slot_base >= f->slot_top || (f->slot_base | f->slot_top) & (page - 1) ||
	    (f->slot_top - f->slot_base) & 0xfffff)
		return cli_bad("--slot must be whole MiB, page aligned, and end above its base");
	if (f->slot_top > fault_shared_bit(f))
		return cli_bad("the slot ends at 0x%" PRIx64
			       ", beyond the private half [0, 0x%" PRIx64
			       ") of %u IPA bits; move it with --slot or raise --ipa-bits",
			       f->slot_top, fault_shared_bit(f), f->ipa_bits);
	if (f->slot_top - f->slot_base > 1024 * GIB)
		return cli_bad("the slot is larger than 1 TiB; make it smaller with --slot");
	return CLI_OK;
}

int fault_machine(struct fault *f)
{
	uint64_t bits = f->options.ipa_bits.given ? f->options.ipa_bits.value : 41;
	const char *attr = f->options.attr;

	if (bits < 32 || bits > 48)
		return cli_bad("--ipa-bits takes 32 to 48");
	f->ipa_bits = (unsigned)bits;
	f->page_shift = sim_image_page_shift(f->image);
	f->start_level = start_level(f->page_shift, f->ipa_bits);
	if (attr && strcmp(attr, "private") && strcmp(attr, "shared"))
		return cli_bad("--attr takes private or shared, not '%s'", cli_quote(attr));
	if (f->options.pfn.given && f->options.pfn.value >> (48 - f->page_shift))
		return cli_bad("--pfn 0x%" PRIx64
			       " is beyond the 48-bit physical address space of the model",
			       f->options.pfn.value);
	return slot_option(f);
}

#define IMPOSSIBLE "no state of this machine produces "
#define COMPARE    "; compare the numbers with the log"

static int check_addresses(struct fault *f)
{
	uint64_t ipa = f->pasted.fault_ipa.value, page = fault_page_size(f),
		 offset = ipa & (page - 1);

	if (ipa >> f->ipa_bits)
		return cli_bad("fault_ipa 0x%" PRIx64
			       " is outside the realm, which has %u IPA bits; give "
			       "--ipa-bits",
			       ipa, f->ipa_bits);
	f->shared = ipa & fault_shared_bit(f);
	f->gpa = ipa & ~fault_shared_bit(f) & ~(page - 1);
	if (f->gpa < f->slot_base || f->gpa >= f->slot_top)
		return cli_bad("fault_ipa 0x%" PRIx64 " is gpa 0x%" PRIx64
			       ", outside the slot [0x%" PRIx64 ", 0x%" PRIx64
			       "); give --slot BASE:TOP or --ipa-bits",
			       ipa, f->gpa, f->slot_base, f->slot_top);
	if (f->pasted.hpfar.given &&
	    (f->pasted.hpfar.value & ~(UINT64_C(1) << 63)) != (ipa & ~(page - 1)) >> 8)
		return cli_bad(IMPOSSIBLE "hpfar 0x%" PRIx64 " with fault_ipa 0x%" PRIx64
					  ": hpfar would be 0x%" PRIx64 COMPARE,
			       f->pasted.hpfar.value, ipa, (ipa & ~(page - 1)) >> 8);
	if (f->pasted.far.given && !offset)
		offset = f->pasted.far.value & (page - 1);
	f->ipa = (ipa & ~(page - 1)) | offset;
	return CLI_OK;
}

static int check_syndrome(const struct fault *f)
{
	const struct rmi_esr *e = &f->esr;
	const char *fault = rmi_fsc_name(e->fsc);

	if (f->kind != RMI_FAULT_TRANSLATION && f->kind != RMI_FAULT_PERMISSION)
		return cli_bad(IMPOSSIBLE "FSC 0x%x (%s): only translation and permission faults "
					  "leave a realm" COMPARE,
			       e->fsc, fault ? fault : "reserved");
	if (e->s1ptw || e->ea || (e->cm && e->ec == RMI_EC_DABT_LOW))
		return cli_bad(IMPOSSIBLE
			       "%s = 1: the RMM hides it or the access is not modelled" COMPARE,
			       e->s1ptw ? "S1PTW"
			       : e->ea  ? "EA"
					: "CM");
	if (f->level < f->start_level || f->level > 3)
		return cli_bad(IMPOSSIBLE
			       "level %d: with %u IPA bits the tables start at level %d; give "
			       "--ipa-bits",
			       f->level, f->ipa_bits, f->start_level);
	if (e->ec == RMI_EC_IABT_LOW && (e->isv || e->wnr))
		return cli_bad(IMPOSSIBLE "ISV or WnR in an instruction abort" COMPARE);
	if (e->ec == RMI_EC_IABT_LOW && f->shared)
		return cli_bad(
			IMPOSSIBLE
			"an instruction abort on a shared address: a realm that fetches from "
			"there takes an external abort itself" COMPARE);
	return CLI_OK;
}

static int check_private(const struct fault *f)
{
	if (f->shared)
		return CLI_OK;
	if (f->esr.isv)
		return cli_bad(
			IMPOSSIBLE
			"ISV = 1 on a private address: the RMM shows no syndrome there" COMPARE);
	if (f->kind == RMI_FAULT_PERMISSION)
		return cli_bad(IMPOSSIBLE
			       "a permission fault on a private address: private pages are mapped "
			       "read-write" COMPARE);
	if (f->options.not_present)
		return cli_bad("--not-present is for a shared address; guest_memfd makes a page "
			       "when asked");
	return CLI_OK;
}

static int check_shared(const struct fault *f)
{
	const struct rmi_esr *e = &f->esr;

	if (!f->shared)
		return CLI_OK;
	if (e->isv && e->sas == 3 && !e->sf)
		return cli_bad(IMPOSSIBLE
			       "SAS = 3 with SF = 0: eight bytes need a 64-bit register" COMPARE);
	if (f->kind != RMI_FAULT_PERMISSION)
		return CLI_OK;
	if (f->level != 3)
		return cli_bad(
			IMPOSSIBLE
			"a permission fault at level %d: shared memory is mapped by pages" COMPARE,
			f->level);
	if (e->isv && !e->wnr)
		return cli_bad(
			IMPOSSIBLE
			"a permission fault of a load: whatever is mapped can be read" COMPARE);
	if (f->options.read || f->options.read_only || f->options.not_present)
		return cli_bad("a permission fault needs a store to a page that is there and may "
			       "be written; "
			       "leave out --read, --read-only and --not-present");
	return CLI_OK;
}

/* The access that the syndrome describes. */
static int fill_access(struct fault *f)
{
	const struct rmi_esr *e = &f->esr;
	unsigned size = e->isv ? 1u << e->sas : 8;

	if (e->isv && f->ipa & (size - 1))
		return cli_bad(IMPOSSIBLE "an access of %u bytes at 0x%" PRIx64
					  ": accesses are aligned to "
					  "their size here" COMPARE,
			       size, f->ipa);
	if (e->ec == RMI_EC_IABT_LOW)
		size = 4;
	while (f->ipa & (size - 1))
		size /= 2;
	if (f->options.read && e->wnr)
		return cli_bad("--read contradicts WnR = 1 in esr 0x%" PRIx64 "; leave it out",
			       f->pasted.esr.value);
	f->access = (struct rmm_access){
		.ipa = f->ipa,
		.size = size,
		.fetch = e->ec == RMI_EC_IABT_LOW,
		.isv = e->isv,
		.sse = e->sse,
		.sf = e->sf,
		.srt = e->srt,
		.va = f->pasted.far.given ? f->pasted.far.value : f->ipa & ~fault_shared_bit(f),
		.value = 0x1122334455667788 &
			 (size == 8 ? ~UINT64_C(0) : (UINT64_C(1) << 8 * size) - 1),
	};
	/* Without ISV the RMM hides WnR of a translation fault: a store unless --read says otherwise. */
	f->access.write = !f->access.fetch && (e->wnr || (!e->isv && !f->options.read));
	return CLI_OK;
}

int fault_check(struct fault *f)
{
	uint64_t esr = f->pasted.esr.value;
	const char *class;

	f->esr = rmi_esr_decode(esr);
	class = rmi_ec_name(f->esr.ec);
	if (esr >> 32)
		return cli_bad(IMPOSSIBLE "esr 0x%" PRIx64 ": bits above 31 are set" COMPARE, esr);
	if (f->esr.ec != RMI_EC_DABT_LOW && f->esr.ec != RMI_EC_IABT_LOW)
		return cli_bad("esr 0x%" PRIx64
			       " has class 0x%x (%s), not an abort; paste esr of a data or "
			       "instruction abort, in hex with 0x",
			       esr, f->esr.ec, class ? class : "unknown");
	f->level = -2;
	f->kind = rmi_fsc_fault(f->esr.fsc, &f->level);
	if (check_addresses(f) || check_syndrome(f) || check_private(f) || check_shared(f))
		return CLI_BAD;
	return fill_access(f);
}
