/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of the ABI taken apart. Every fieldset is a table of bit fields; what no field covers is
 * reserved and must be zero. Editions differ in the width of the memory state (OP-2) only.
 *
 * DEN0137 2.0: B4.6 (types), B3.115 (range descriptor), B4.6.73 (RmiResult).
 */
#include <string.h>

#include <rmisim/decode.h>

#include "decode.h"

static const char *const addr_types[] = { "NONE", "SINGLE", "LIST" };
static const char *const memattrs[] = { NULL, "DEVICE_nGnRE", NULL,    NULL,
					NULL, "NORMAL_NC",    "NORMAL" };
static const char *const s2ap_bit0_write[] = { "NONE", "W", "R", "RW" };
static const char *const s2ap_bit0_read[] = { "NONE", "R", "W", "RW" };
static const char *const mem_states[] = { "DELEGATED", "UNDELEGATED", "CONDITIONAL" };
static const char *const mem_reqs[] = { "NONE", "DONATE", "RECLAIM" };
static const char *const cancels[] = { "CANNOT_CANCEL", "CAN_CANCEL" };
static const char *const contigs[] = { "NON_CONTIG", "CONTIG" };
static const char *const block_sizes[] = { "PAGE_L3", "BLOCK_L2", "BLOCK_L1", "BLOCK_L0" };
static const char *const measures[] = { "NO_MEASURE_CONTENT", "MEASURE_CONTENT" };
static const char *const beyonds[] = { "KEEP_GOING", "STOP" };
static const char *const responses[] = { "ACCEPT", "REJECT" };
static const char *const creates[] = { "NO_CREATE", "CREATE" };
static const char *const invalids[] = { "STOP", "CONTINUE" };
static const char *const ripas_names[] = { "EMPTY", "RAM", "DESTROYED", "DEV" };
static const char *const rtte_states[] = { "VOID",      "DATA",          "TABLE",
					   "NARCH_DEV", "AUX_DESTROYED", "ARCH_DEV" };
static const char *const categories[] = { "CONVENTIONAL", "DEV_NCOH", "DEV_COH", "NONE" };
static const char *const tracking_states[] = { "RESERVED", "NONE", "FINE", "COARSE",
					       "INTERMEDIATE" };

static const char *const gpt_par_states[] = { "RESERVED", "PLAT", "HOST_NOT_CREATED",
					      "HOST_CREATED" };

/* One bit field; names NULL: a number (BOOL for one bit without names). */
struct bits {
	const char *name;
	unsigned lo, width;
	const char *const *names;
	unsigned nr_names;
};

#define NAMED(n, l, w, table)                                      \
	{                                                          \
		n, l, w, table, sizeof(table) / sizeof((table)[0]) \
	}
#define PLAIN(n, l, w)           \
	{                        \
		n, l, w, NULL, 0 \
	}

struct fieldset {
	enum rmi_kind kind;
	unsigned nr;
	struct bits bits[8];
};

static const struct fieldset fieldsets[] = {
	{ RMI_KIND_PROT_FLAGS,
	  2,
	  { NAMED("oaddr_type", 0, 2, addr_types), PLAIN("list_count", 2, 14) } },
	{ RMI_KIND_UNPROT_FLAGS,
	  4,
	  { NAMED("oaddr_type", 0, 2, addr_types), PLAIN("list_count", 2, 14),
	    NAMED("memattr", 16, 3, memattrs), NAMED("s2ap", 19, 4, s2ap_bit0_write) } },
	{ RMI_KIND_UNMAP_FLAGS,
	  2,
	  { NAMED("oaddr_type", 0, 2, addr_types), PLAIN("list_count", 2, 14) } },
	{ RMI_KIND_DATA_FLAGS, 1, { NAMED("measure", 0, 1, measures) } },
	{ RMI_KIND_CONTINUE_FLAGS, 1, { NAMED("beyond", 0, 1, beyonds) } },
	{ RMI_KIND_REC_FLAGS, 1, { PLAIN("runnable", 0, 1) } },
	{ RMI_KIND_ENTER_FLAGS,
	  8,
	  { PLAIN("emul_mmio", 0, 1), PLAIN("inject_sea", 1, 1), PLAIN("trap_wfi", 2, 1),
	    PLAIN("trap_wfe", 3, 1), NAMED("ripas_response", 4, 1, responses),
	    NAMED("s2ap_response", 5, 1, responses), NAMED("dev_mem_response", 6, 1, responses),
	    PLAIN("force_p0", 7, 1) } },
	{ RMI_KIND_AUX_MAP_FLAGS,
	  3,
	  { PLAIN("tree_index", 0, 2), NAMED("block", 2, 1, creates),
	    NAMED("invalid_pri", 3, 1, invalids) } },
	{ RMI_KIND_AUX_UNMAP_FLAGS, 1, { PLAIN("tree_index", 0, 2) } },
	{ RMI_KIND_RIPAS, 1, { NAMED("ripas", 0, 8, ripas_names) } },
	{ RMI_KIND_RTTE_STATE, 1, { NAMED("state", 0, 8, rtte_states) } },
	{ RMI_KIND_CATEGORY, 1, { NAMED("category", 0, 2, categories) } },
	{ RMI_KIND_GPT_PAR, 1, { NAMED("state", 0, 3, gpt_par_states) } },
	{ RMI_KIND_TRACKING_STATE, 1, { NAMED("state", 0, 3, tracking_states) } },
};

static const char *name_of(const char *const *names, unsigned nr, uint64_t value)
{
	return value < nr ? names[value] : NULL;
}

void decoded_add(struct rmi_decoded *d, const char *name, enum rmi_field_type type, uint64_t value,
		 const char *text)
{
	if (d->nr < RMI_MAX_FIELDS)
		d->fields[d->nr++] = (struct rmi_field){ name, text, value, type };
}

static unsigned granule_shift(const struct rmi_format_config *c)
{
	return c->granule_shift ? c->granule_shift : 12;
}

/* Width and place of RmiOpMemState: one bit up to bet2, two from bet3 on (OP-2). */
static unsigned state_width(enum rmi_edition edition)
{
	return edition == RMI_BET3 ? 2 : 1;
}

bool rmi_range_desc_decode(enum rmi_edition edition, unsigned shift, uint64_t word,
			   struct rmi_range_desc *desc)
{
	unsigned width = state_width(edition);
	uint64_t reserved = ((UINT64_C(1) << (12 - width)) - 1) << 52;
	unsigned code = word & 3;

	desc->count = (word >> 2) & ((UINT64_C(1) << (shift - 2)) - 1);
	desc->base = word & ((UINT64_C(1) << 52) - 1) & ~((UINT64_C(1) << shift) - 1);
	desc->level = 3 - (int)code;
	desc->state = (unsigned)(word >> (64 - width));
	desc->unit = rmi_level_size(shift, desc->level);
	desc->size = 0;
	if ((code == 3 && shift == 16) ||
	    __builtin_mul_overflow(desc->unit, desc->count, &desc->size)) {
		desc->size = 0;
		return false;
	}
	return !(word & reserved) && desc->state < 2 + (width == 2);
}

uint64_t rmi_range_desc_encode(enum rmi_edition edition, unsigned shift,
			       const struct rmi_range_desc *desc)
{
	(void)shift;
	return desc->base | desc->count << 2 | (uint64_t)(3 - desc->level) |
	       (uint64_t)desc->state << (64 - state_width(edition));
}

static void decode_desc(const struct rmi_format_config *c, uint64_t word, struct rmi_decoded *d)
{
	struct rmi_range_desc desc;
	bool valid = rmi_range_desc_decode(c->edition, granule_shift(c), word, &desc);

	decoded_add(d, "base", RMI_FIELD_HEX, desc.base, NULL);
	decoded_add(d, "unit", RMI_FIELD_DEC, desc.unit, NULL);
	decoded_add(d, "count", RMI_FIELD_DEC, desc.count, NULL);
	decoded_add(d, "size", RMI_FIELD_DEC, desc.size, NULL);
	decoded_add(d, "state", RMI_FIELD_NAME, desc.state, name_of(mem_states, 3, desc.state));
	decoded_add(d, "level", RMI_FIELD_DEC, (uint64_t)desc.level, NULL);
	decoded_add(d, "block", RMI_FIELD_NAME, word & 3, block_sizes[word & 3]);
	if (valid && desc.base & (desc.unit - 1))
		d->problem = "base is not aligned to its block size";
	if (valid)
		return;
	if ((word & 3) == 3 && granule_shift(c) == 16)
		d->problem = "BLOCK_L0 does not exist with 64 KiB granules";
	else if (desc.state > (c->edition == RMI_BET3 ? 2 : 1))
		d->problem = "reserved memory state";
	else if (!desc.size && desc.count)
		d->problem = "the range is larger than the address space";
	else
		d->problem = "reserved bits between the address and the state are set";
}

static void decode_result(const struct rmi_format_config *c, uint64_t word, struct rmi_decoded *d)
{
	unsigned status = RMI_RESULT_STATUS(word);
	uint64_t used = 0xff;

	decoded_add(d, "status", RMI_FIELD_NAME, status, rmi_status_name(status));
	switch (status) {
	case RMI_ERROR_RTT:
	case RMI_ERROR_RTT_AUX:
	case RMI_ERROR_PSMMU_ST:
	case RMI_ERROR_DPT:
		decoded_add(d, "level", RMI_FIELD_DEC, (uint64_t)(int8_t)RMI_RESULT_LEVEL(word),
			    NULL);
		used = 0xffff;
		break;
	case RMI_ERROR_TRACKING:
	case RMI_ERROR_GPT:
		if (c->edition == RMI_BET3)
			decoded_add(d, "level", RMI_FIELD_DEC, RMI_RESULT_LEVEL(word), NULL);
		break;
	case RMI_INCOMPLETE:
		decoded_add(d, "mem", RMI_FIELD_NAME, RMI_RESULT_MEM(word),
			    name_of(mem_reqs, 3, RMI_RESULT_MEM(word)));
		decoded_add(d, "cancel", RMI_FIELD_NAME, RMI_RESULT_CAN_CANCEL(word),
			    cancels[RMI_RESULT_CAN_CANCEL(word)]);
		used = 0x7ff;
		if (RMI_RESULT_MEM(word) == 3)
			d->problem = "reserved memory request";
		break;
	}
	/* bet3 puts an address above the level; from bit 16 up, as the model has it (OP-3) */
	if (c->edition == RMI_BET3 &&
	    (status == RMI_ERROR_DPT || status == RMI_ERROR_TRACKING || status == RMI_ERROR_GPT)) {
		decoded_add(d, "data", RMI_FIELD_HEX, word >> 8, NULL);
		decoded_add(d, "address", RMI_FIELD_HEX, word >> 16 << granule_shift(c), NULL);
		used = ~UINT64_C(0);
	}
	if (word == SMCCC_NOT_SUPPORTED)
		d->problem = "SMCCC NOT_SUPPORTED: an unknown function identifier";
	else if (!rmi_status_name(status))
		d->problem = "reserved status";
	else if (word & ~used)
		d->problem = "bits are set that this status does not define";
}

static void decode_donate(const struct rmi_format_config *c, uint64_t word, struct rmi_decoded *d)
{
	unsigned shift = granule_shift(c), width = state_width(c->edition);
	uint64_t state = (word >> 17) & ((1u << width) - 1);
	uint64_t count = (word >> 2) & 0x3fff, unit = rmi_level_size(shift, 3 - (int)(word & 3));
	bool too_big = (word & 3) == 3 && shift == 16;

	decoded_add(d, "unit", RMI_FIELD_DEC, unit, NULL);
	decoded_add(d, "count", RMI_FIELD_DEC, count, NULL);
	decoded_add(d, "size", RMI_FIELD_DEC, too_big ? 0 : unit * count, NULL);
	decoded_add(d, "contig", RMI_FIELD_NAME, (word >> 16) & 1, contigs[(word >> 16) & 1]);
	decoded_add(d, "state", RMI_FIELD_NAME, state, name_of(mem_states, 3, state));
	decoded_add(d, "block", RMI_FIELD_NAME, word & 3, block_sizes[word & 3]);
	if (word >> (17 + width))
		d->problem = "reserved bits above the state are set";
	else if (state == 3)
		d->problem = "reserved memory state";
	else if (too_big)
		d->problem = "BLOCK_L0 does not exist with 64 KiB granules";
}

/* A memory attribute or permission that the specification does not name is still a number. */
static void decode_bits(const struct rmi_format_config *c, const struct fieldset *set,
			uint64_t word, struct rmi_decoded *d)
{
	uint64_t covered = 0;
	unsigned i;

	for (i = 0; i < set->nr; i++) {
		const struct bits *b = &set->bits[i];
		uint64_t mask = (UINT64_C(1) << b->width) - 1, value = (word >> b->lo) & mask;
		const char *const *names = b->names;

		covered |= mask << b->lo;
		if (names == s2ap_bit0_write && c->s2ap_bit0_is_read)
			names = s2ap_bit0_read;
		if (names) {
			const char *text = name_of(names, b->nr_names, value);

			decoded_add(d, b->name, RMI_FIELD_NAME, value, text);
			if (!text)
				d->problem = "a field has a reserved value";
		} else {
			decoded_add(d, b->name, b->width == 1 ? RMI_FIELD_BOOL : RMI_FIELD_DEC,
				    value, NULL);
		}
	}
	if (word & ~covered)
		d->problem = "reserved bits are set";
}

static const struct fieldset *fieldset_of(enum rmi_kind kind)
{
	size_t i;

	for (i = 0; i < sizeof(fieldsets) / sizeof(fieldsets[0]); i++)
		if (fieldsets[i].kind == kind)
			return &fieldsets[i];
	return NULL;
}

void rmi_decode(const struct rmi_format_config *config, enum rmi_kind kind, uint64_t word,
		struct rmi_decoded *d)
{
	static const struct rmi_format_config defaults;
	const struct fieldset *set = fieldset_of(kind);
	const struct rmi_format_config *c = config ? config : &defaults;

	memset(d, 0, sizeof(*d));
	if (set)
		decode_bits(c, set, word, d);
	else if (kind == RMI_KIND_DESC)
		decode_desc(c, word, d);
	else if (kind == RMI_KIND_RESULT)
		decode_result(c, word, d);
	else if (kind == RMI_KIND_DONATE_REQ)
		decode_donate(c, word, d);
	else if (kind == RMI_KIND_ESR)
		decode_esr(word, d);
	else if (kind == RMI_KIND_FID)
		decode_fid(c->edition, word, d);
	else if (kind == RMI_KIND_DEC || kind == RMI_KIND_LEVEL)
		decoded_add(d, "value", RMI_FIELD_DEC, word, NULL);
	else
		decoded_add(d, "value", RMI_FIELD_HEX, word, NULL);
}

const struct rmi_field *rmi_decoded_field(const struct rmi_decoded *d, const char *name)
{
	unsigned i;

	for (i = 0; i < d->nr; i++)
		if (!strcmp(d->fields[i].name, name))
			return &d->fields[i];
	return NULL;
}
