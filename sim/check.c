/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contracts of the RMI, judged on the calls alone.
 *
 * What is known about a call is its registers, the memory that a list stands in and the physical address
 * space of the granules it names. No state is kept between events but which contracts have broken.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

void sim_check_init(struct sim_check *check, const struct rmm *rmm, enum rmi_edition edition)
{
	*check = (struct sim_check){ .rmm = rmm, .edition = edition };
}

bool sim_check_known(struct sim_check *check, const char *names)
{
	while (names && *names) {
		size_t len = strcspn(names, ",");
		enum sim_contract contract = sim_contract_find(names, len);

		if (!contract)
			return false;
		check->known |= UINT64_C(1) << contract;
		names += len + (names[len] == ',');
	}
	return true;
}

/* A contract is judged until it breaks. */
static bool judged(const struct sim_check *check, enum sim_contract contract)
{
	return !(check->seen >> contract & 1);
}

bool sim_check_vbroken(struct sim_check *check, enum sim_contract contract, const char *fmt,
		       va_list ap)
{
	if (!judged(check, contract))
		return false;
	vsnprintf(check->text, sizeof(check->text), fmt, ap);
	check->seen |= UINT64_C(1) << contract;
	check->broken = contract;
	return true;
}

static bool __attribute__((format(printf, 3, 4)))
broken(struct sim_check *check, enum sim_contract contract, const char *fmt, ...)
{
	va_list ap;
	bool is_new;

	va_start(ap, fmt);
	is_new = sim_check_vbroken(check, contract, fmt, ap);
	va_end(ap);
	return is_new;
}

static unsigned granule_shift(const struct rmm *rmm)
{
	return (unsigned)__builtin_ctzll(rmm_granule_size(rmm));
}

/* What variables hold that nobody has set (clang, gcc), and what the RMM leaves undefined. */
static bool is_poison(uint64_t word)
{
	static const uint64_t patterns[] = { UINT64_C(0xaaaaaaaaaaaaaaaa),
					     UINT64_C(0xfefefefefefefefe), RMM_POISON };
	const uint64_t address = UINT64_C(0x000fffffffff0000);

	if (word < UINT32_C(0xaaaaaaaa)) /* the least of them all */
		return false;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		uint64_t p = patterns[i];

		/* whole, cut to 32 bits, moved a little, as an address of pages */
		if (word == p || word == (uint32_t)p ||
		    word == (uint64_t)(int64_t)(int32_t)(uint32_t)p || (word ^ p) >> 24 == 0 ||
		    (word & address) == (p & address))
			return true;
	}
	return false;
}

static bool judge_args(struct sim_check *check, const struct rmi_command *command,
		       const uint64_t *x)
{
	for (unsigned i = 1; i <= command->nr_args; i++)
		if (is_poison(x[i]) && judged(check, SIM_CONTRACT_POISON))
			return broken(check, SIM_CONTRACT_POISON,
				      "%s: X%u (%s) is 0x%" PRIx64
				      ": nobody has set it, or the RMM has left it undefined",
				      command->name, i, command->args[i - 1].name, x[i]);
	return false;
}

/* The memory is in one state as a whole; the host may use it exactly when it is UNDELEGATED. */
static bool state_disagrees(const struct sim_check *check, const struct rmi_range_desc *desc)
{
	bool usable = rmm_host_may_access(check->rmm, desc->base, desc->size);

	switch (desc->state) {
	case RMI_OP_MEM_DELEGATED:
		return usable;
	case RMI_OP_MEM_UNDELEGATED:
		/* Memory that the model does not know, a device's for one, is not judged. */
		return !usable && rmm_host_ptr(check->rmm, desc->base, desc->size);
	default: /* CONDITIONAL is for what the RMM asks for, and not for what is there */
		return true;
	}
}

/*
 * One descriptor that the host hands over in `command`; `room` bytes are left of the range. Takes what the
 * descriptor covers off `room`.
 */
static bool judge_desc(struct sim_check *check, const struct rmi_command *command, uint64_t word,
		       uint64_t *room)
{
	struct rmi_range_desc desc;

	if (is_poison(word) && judged(check, SIM_CONTRACT_POISON))
		return broken(check, SIM_CONTRACT_POISON,
			      "%s: descriptor 0x%" PRIx64
			      " is what nobody has set, or the RMM has left undefined",
			      command->name, word);
	if (!rmi_range_desc_decode(check->edition, granule_shift(check->rmm), word, &desc))
		return judged(check, SIM_CONTRACT_DESC_ENCODING) &&
		       broken(check, SIM_CONTRACT_DESC_ENCODING,
			      "%s: 0x%" PRIx64 " is no descriptor of any memory", command->name,
			      word);
	if (!desc.count)
		return false; /* skipped in a list, refused alone */
	if (desc.size > *room && judged(check, SIM_CONTRACT_DESC_FITS))
		return broken(check, SIM_CONTRACT_DESC_FITS,
			      "%s: descriptor 0x%" PRIx64 " describes 0x%" PRIx64
			      " bytes, but 0x%" PRIx64 " are left of the range",
			      command->name, word, desc.size, *room);
	if (desc.base & (desc.unit - 1) && judged(check, SIM_CONTRACT_DESC_ALIGNED))
		return broken(check, SIM_CONTRACT_DESC_ALIGNED,
			      "%s: descriptor 0x%" PRIx64 " puts blocks of 0x%" PRIx64
			      " bytes at 0x%" PRIx64,
			      command->name, word, desc.unit, desc.base);
	if (state_disagrees(check, &desc) && judged(check, SIM_CONTRACT_DESC_STATE))
		return broken(check, SIM_CONTRACT_DESC_STATE,
			      "%s: descriptor 0x%" PRIx64 " says %s, but the memory at 0x%" PRIx64
			      " is %s",
			      command->name, word,
			      desc.state == RMI_OP_MEM_DELEGATED     ? "DELEGATED"
			      : desc.state == RMI_OP_MEM_UNDELEGATED ? "UNDELEGATED"
								     : "CONDITIONAL",
			      desc.base,
			      rmm_host_may_access(check->rmm, desc.base, desc.size)
				      ? "Non-secure"
				      : "not Non-secure");
	*room -= desc.size < *room ? desc.size : *room;
	return false;
}

/*
 * A list of descriptors in the host's memory. The RMM reads it up to the end of its first granule; a list
 * at a bad address is the model's business to refuse.
 */
static bool judge_list(struct sim_check *check, const struct rmi_command *command, rmm_pa list,
		       uint64_t count, uint64_t room)
{
	uint64_t granule = rmm_granule_size(check->rmm);
	uint64_t in_granule = (granule - (list & (granule - 1))) / sizeof(uint64_t);
	const uint64_t *word;

	if (count > in_granule)
		count = in_granule;
	if (list % sizeof(uint64_t) || !count ||
	    !rmm_host_may_access(check->rmm, list, count * sizeof(uint64_t)))
		return false;
	word = rmm_host_ptr(check->rmm, list, count * sizeof(uint64_t));
	for (uint64_t i = 0; word && i < count; i++) {
		if (judge_desc(check, command, word[i], &room))
			return true;
	}
	return false;
}

/* X2 list, X3 count: what the RMM is given, or may write. */
static bool judge_room(struct sim_check *check, const struct rmi_command *command,
		       const uint64_t *x)
{
	uint64_t granule = rmm_granule_size(check->rmm);
	uint64_t room = (granule - (x[2] & (granule - 1))) / sizeof(uint64_t);

	if (x[2] % sizeof(uint64_t) || !rmm_host_may_access(check->rmm, x[2], sizeof(uint64_t)))
		return false; /* the model refuses it */
	return x[3] > room && judged(check, SIM_CONTRACT_LIST_ROOM) &&
	       broken(check, SIM_CONTRACT_LIST_ROOM,
		      "%s: a list of %" PRIu64 " entries at 0x%" PRIx64
		      ", where the granule has room for %" PRIu64,
		      command->name, x[3], x[2], room);
}

/* X2 base, X3 top, X4 flags, X5 oaddr: RTT_DATA_MAP and RTT_UNPROT_MAP. */
static bool judge_map(struct sim_check *check, const struct rmi_command *command, const uint64_t *x)
{
	uint64_t room = x[3] > x[2] ? x[3] - x[2] : 0;

	if (!room)
		return false; /* the model refuses it */
	switch (x[4] & 3) {
	case RMI_ADDR_SINGLE:
		return judge_desc(check, command, x[5], &room);
	case RMI_ADDR_LIST:
		return judge_list(check, command, x[5], (x[4] >> 2) & 0x3fff, room);
	default:
		return false;
	}
}

/* X1 base of a range of granules. */
static bool judge_granules(struct sim_check *check, const struct rmi_command *command,
			   const uint64_t *x)
{
	enum rmm_granule_state state;

	return !rmm_granule_state(check->rmm, x[1], &state) &&
	       judged(check, SIM_CONTRACT_NO_MEMORY) &&
	       broken(check, SIM_CONTRACT_NO_MEMORY,
		      "%s of 0x%" PRIx64 ", where there is no memory", command->name, x[1]);
}

bool sim_check_event(struct sim_check *check, const struct sim_event *event)
{
	const struct rmm_event *rmm = event->rmm;

	if (event->kind != SIM_EVENT_RMI_CALL || !rmm || !rmm->command)
		return false;
	if (judge_args(check, rmm->command, rmm->regs_in->x))
		return true;
	switch (rmm->command->fid) {
	case RMI_RTT_DATA_MAP:
	case RMI_RTT_UNPROT_MAP:
		return judge_map(check, rmm->command, rmm->regs_in->x);
	case RMI_GRANULE_TRACKING_GET:
	case RMI_GRANULE_RANGE_DELEGATE:
	case RMI_GRANULE_RANGE_UNDELEGATE:
		return judge_granules(check, rmm->command, rmm->regs_in->x);
	case RMI_OP_MEM_RECLAIM:
		return judge_room(check, rmm->command, rmm->regs_in->x);
	case RMI_OP_MEM_DONATE:
		if (judge_room(check, rmm->command, rmm->regs_in->x))
			return true;
		return judge_list(check, rmm->command, rmm->regs_in->x[2], rmm->regs_in->x[3],
				  UINT64_MAX);
	default:
		return false;
	}
}
