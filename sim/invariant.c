/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All that is checked, in one table. docs/checks.md shows it (rmisim list --checks).
 *
 * Where the checks are made: calls check.c, KVM_RUN and memory judge.c, steps invariant_step.c, everything at quiescent
 * points invariant_world.c, the host's memory management and locks sim/kernel/.
 */
#include <string.h>

#include "check.h"

#define NR_CHECKS (sizeof(checks) / sizeof(checks[0]))

#define CONTRACT(id, name, cost, sentence, source) \
	[SIM_CONTRACT_##id - 1] = { name, sentence, source, cost, false }
#define STOPS(name, sentence, source)                       \
	{                                                   \
		name, sentence, source, SIM_COST_STEP, true \
	}
#define AT_END(cost, name, sentence, source)                  \
	{                                                     \
		name, sentence, source, SIM_COST_##cost, true \
	}

/* Contracts first, by number; then what ends a run, and what sim_quiescent() says. */
static const struct sim_check_info checks[] = {
	CONTRACT(DESC_ENCODING, "desc-encoding", SIM_COST_STEP,
		 "every descriptor that the host hands over is a valid encoding",
		 "DEN0137 B4.6, RmiAddrRangeDesc"),
	CONTRACT(DESC_ALIGNED, "desc-aligned", SIM_COST_STEP,
		 "the address of a descriptor is aligned to its block",
		 "DEN0137 B4.6, RmiAddrRangeDesc"),
	CONTRACT(DESC_FITS, "desc-fits", SIM_COST_STEP,
		 "a descriptor describes no more than the range that is mapped", "DEN0137 IQRTQC"),
	CONTRACT(DESC_STATE, "desc-state", SIM_COST_STEP,
		 "the state in a descriptor is that of the memory it names",
		 "DEN0137 B4.6, RmiOpMemState"),
	CONTRACT(RETURN, "return", SIM_COST_STEP,
		 "no ioctl returns a positive value that it does not document", "KVM API"),
	CONTRACT(FAULT_PAYLOAD, "fault-payload", SIM_COST_STEP,
		 "a prepared MEMORY_FAULT names whole pages of the VM, where the guest's access "
		 "is, and its alias",
		 "KVM API, KVM_EXIT_MEMORY_FAULT"),
	CONTRACT(FAULT_ORIGIN, "fault-origin", SIM_COST_STEP,
		 "-EFAULT without a prepared exit comes from the user mapping only",
		 "KVM API, KVM_EXIT_MEMORY_FAULT"),
	CONTRACT(FAULT_RETURN, "fault-return", SIM_COST_STEP,
		 "kvm_handle_guest_abort() returns 1, 0 or -errno", "KVM, exit handlers"),
	CONTRACT(MEMORY, "memory", SIM_COST_STEP,
		 "a load gives what the last store to the byte has put there, through whichever "
		 "alias, as long as nobody has taken the page away",
		 "a sequentially consistent shadow"),
	CONTRACT(POISON, "poison", SIM_COST_STEP,
		 "no argument of an RMI call comes from a variable that nobody has set, or from an "
		 "output that the specification leaves undefined",
		 "-ftrivial-auto-var-init=pattern; DEN0137, undefined outputs"),
	CONTRACT(STALE_PFN, "stale-pfn", SIM_COST_STEP,
		 "a page that is mapped into a realm was behind that address, with that "
		 "permission, when mmu_lock was last taken",
		 "KVM, mmu_invalidate_retry()"),
	CONTRACT(ZERO_PAGE, "zero-page", SIM_COST_QUIESCENT,
		 "nobody writes to the zero page, and no realm may", "mm, ZERO_PAGE()"),
	CONTRACT(UNMAPPED, "unmapped", SIM_COST_STEP,
		 "behind an unmap no entry of the range maps anything through the alias that it "
		 "was for",
		 "KVM, kvm_unmap_gfn_range()"),
	CONTRACT(HOLD_TIME, "hold-time", SIM_COST_STEP,
		 "nobody passes more than 16384 scheduling points with one spinning lock and "
		 "offers no break",
		 "soft lockup; cond_resched_rwlock_write()"),
	CONTRACT(SECRET, "secret", SIM_COST_STEP,
		 "what a realm has stored is not in memory that the host gets back",
		 "DEN0137 B4.5.18, A2.3.6"),
	CONTRACT(OWNER, "owner", SIM_COST_QUIESCENT,
		 "a granule has one owner: RTTs stand in one place of one tree, RECs and DATA "
		 "belong to one realm",
		 "DEN0137 A2.3.6"),
	CONTRACT(TABLE_COUNT, "table-count", SIM_COST_QUIESCENT,
		 "the reference count of a table is the number of its live entries",
		 "DEN0137 A5.6"),
	CONTRACT(DATA_ONCE, "data-once", SIM_COST_QUIESCENT,
		 "each DATA granule is mapped by exactly one entry of the primary tree, and by "
		 "none or one of each other tree, at the same address",
		 "DEN0137 A5.6"),
	CONTRACT(PAS, "pas", SIM_COST_QUIESCENT,
		 "the host may use a granule exactly while it is UNDELEGATED", "DEN0137 A2.3.6"),
	CONTRACT(DELEGATED_USE, "delegated-use", SIM_COST_QUIESCENT,
		 "no page is free, or mapped to user space, while a granule of it is delegated",
		 "bug museum, G1 and G10"),
	CONTRACT(KVM_VIEW, "kvm-view", SIM_COST_QUIESCENT,
		 "what is mapped is what KVM would map: the folio of a private gfn, the VMM's page "
		 "with no more permission; a page that is delegated, and no part of a realm, has "
		 "been "
		 "kept back",
		 "KVM, guest_memfd and MMU notifier"),
	CONTRACT(PAGE_COUNT, "page-count", SIM_COST_QUIESCENT,
		 "a page has one reference for each entry, file and reader, and no other",
		 "mm, page reference counts"),
	CONTRACT(RUN_ERRNO, "run-errno", SIM_COST_STEP,
		 "KVM_RUN of a realm fails with an errno that is documented for it, or that the "
		 "failure below has; a prepared MEMORY_FAULT never comes with success; an "
		 "activation "
		 "that has failed is final",
		 "KVM API, KVM_RUN and KVM_EXIT_MEMORY_FAULT"),
	CONTRACT(UNDELEGATE, "undelegate", SIM_COST_STEP,
		 "what the host takes back is DELEGATED: neither its own already, nor in use by a "
		 "realm",
		 "DEN0137 B4.5, RMI_GRANULE_RANGE_UNDELEGATE"),
	CONTRACT(FUTILE_CALL, "futile-call", SIM_COST_STEP,
		 "a call that was refused is not made again before anything has changed",
		 "forward progress of the host; DEN0137, failure conditions"),
	CONTRACT(RIPAS_ASKED, "ripas-asked", SIM_COST_STEP,
		 "a change of RIPAS is made of what the VMM has been told in a MEMORY_FAULT, when "
		 "it "
		 "has run the vCPU again, and once",
		 "KVM API, KVM_EXIT_MEMORY_FAULT; DEN0137, RSI_IPA_STATE_SET"),
	CONTRACT(EMPTY_MAPPED, "empty-mapped", SIM_COST_STEP,
		 "when a REC is entered again, nothing that has become EMPTY for it is mapped, "
		 "unless another vCPU has had it mapped since",
		 "KVM, guest_memfd: what is not RAM is given back"),
	CONTRACT(POPULATED, "populated", SIM_COST_STEP,
		 "KVM_ARM_RMI_POPULATE goes on by the pages that the realm has got, and by none "
		 "when it fails",
		 "KVM API, KVM_ARM_RMI_POPULATE"),
	CONTRACT(RUN_ENXIO, "run-enxio", SIM_COST_STEP,
		 "KVM_RUN of an active realm returns -ENXIO only when the RMM has refused a call, "
		 "not for want of a page or of a table that is there by then",
		 "kvm-fault-dispatch F and G"),
	CONTRACT(ALIAS_KEPT, "alias-kept", SIM_COST_STEP,
		 "an invalidation of one alias takes nothing away from the other",
		 "KVM, struct kvm_gfn_range, attr_filter"),
	CONTRACT(BUGGED_VM, "bugged-vm", SIM_COST_STEP,
		 "whoever has met a KVM_BUG_ON() gives the realm nothing more",
		 "KVM, KVM_BUG_ON()"),
	CONTRACT(NEEDLESS_TABLE, "needless-table", SIM_COST_STEP,
		 "a table is made only when a walk has just ended above it, and none for a block "
		 "that "
		 "an entry above it would hold",
		 "cost: a page, two delegations and a call for nothing"),
	CONTRACT(NEEDLESS_CALL, "needless-call", SIM_COST_STEP,
		 "what is mapped at once and has a whole block in it, aligned in IPA and PA, is "
		 "mapped with that block",
		 "cost: calls, and a table with as many entries"),
	CONTRACT(RUN_REASON, "run-reason", SIM_COST_STEP,
		 "KVM_RUN of a realm that returns 0 says why: never UNKNOWN, and "
		 "INTERNAL_ERROR for no exit that an RMM makes",
		 "KVM API, struct kvm_run; DEN0137, RmiRecExitReason"),
	CONTRACT(LIST_ROOM, "list-room", SIM_COST_STEP,
		 "the list of an operation's memory ends in the granule in which it begins",
		 "DEN0137 B4.5, RMI_OP_MEM_DONATE and RMI_OP_MEM_RECLAIM"),
	CONTRACT(NO_MEMORY, "no-memory", SIM_COST_STEP,
		 "the host asks, delegates and undelegates where there is memory",
		 "DEN0137, RMI_GRANULE_TRACKING_GET and the range commands; memblock"),
	/* Ends of runs */
	STOPS("expect", "the scenario's own sim_expect() and sim_fail()", "the scenario"),
	STOPS("misuse", "a simulated CPU's strand does not leave through an assertion of CMocka",
	      "rmisim/cmocka.h"),
	STOPS("vm", "no vCPU runs twice at once, or in a VM that is closed", "rmisim/sim.h"),
	STOPS("choices", "a decision that is followed has as many options as it had",
	      "rmisim/explore.h"),
	STOPS("replay", "a replay string that is followed fits, decision by decision",
	      "rmisim/replay.h"),
	STOPS("data-race", "two CPUs do not touch the same memory without an order, one to write",
	      "ThreadSanitizer, in a build with it"),
	STOPS("thread", "there is a thread or a stack for a guest", "the machine below"),
	STOPS("out-of-memory", "the world's own memory suffices", "the machine below"),
	STOPS("deadlock", "somebody can go on", "the scheduler"),
	STOPS("livelock", "a guest, and a run, makes progress", "the scheduler"),
	STOPS("rmi-repeat",
	      "no CPU repeats one RMI call with one answer more than 512 times in a row",
	      "forward progress of the host"),
	STOPS("lock-order",
	      "two locks are taken in one order; those of granules in the RMM's (granule_points)",
	      "lockdep; lib/locks.h"),
	STOPS("lock-state", "a lock is initialised, and dropped by whoever has taken it",
	      "lockdep"),
	STOPS("self-deadlock", "nobody waits for what it holds, the RMM neither",
	      "lockdep; lib/locks.h"),
	STOPS("lockdep-assert", "lockdep_assert_held() and the like hold", "lockdep"),
	STOPS("lock-leak", "nobody goes back to user space with a lock", "lockdep"),
	STOPS("sleeping-while-atomic", "nobody sleeps with preemption disabled", "might_sleep()"),
	STOPS("preempt-count", "preempt_enable() has its preempt_disable()", "linux/preempt.h"),
	STOPS("srcu", "SRCU sections are balanced, and none is waited for from inside",
	      "linux/srcu.h"),
	STOPS("delegated-page", "the page allocator gives and takes Non-secure pages only",
	      "bug museum, G1"),
	STOPS("host-access", "the host does not touch what is not Non-secure", "bug museum, G10"),
	STOPS("use-after-free", "freed pages and objects are not touched", "KASAN"),
	STOPS("double-free", "nothing is freed twice", "KASAN"),
	STOPS("page-reference", "references are taken to pages that are in use", "mm"),
	STOPS("page-order", "a page is freed in the order it was allocated in", "mm"),
	STOPS("page-table",
	      "the VMM's page table is walked with interrupts off, and has no entry below a block",
	      "mm"),
	STOPS("struct-page", "struct page is asked for where there is memory", "mm"),
	STOPS("linear-map", "the linear map is used where there is memory", "mm"),
	STOPS("accounting", "page tables are accounted for by page", "kvm_account_pgtable_pages()"),
	STOPS("xarray", "a store that must not fail has its reservation", "linux/xarray.h"),
	STOPS("kernel-bug", "BUG() is not reached", "linux/bug.h"),
	STOPS("shift", "nothing is shifted by as much as it is wide", "C11 6.5.7, UBSAN"),
	STOPS("layout", "all files of an image mean the same by a VM and a vCPU",
	      "sim/kernel/layout.c"),
	STOPS("not-modelled", "what is called is modelled", "docs/porting.md"),
	/* sim_quiescent(), and the ghost behind each call, too */
	AT_END(STEP, "ghost",
	       "granules, entries, RIMs and operations are what the calls have made of them",
	       "DEN0137 A2.3.6, A5.3, success conditions"),
	AT_END(QUIESCENT, "granule-locks", "no granule lock is held", "DEN0137, commands"),
	AT_END(QUIESCENT, "open-operations", "no stateful operation is open", "DEN0137 A2.5"),
	AT_END(QUIESCENT, "kernel-locks", "no lock of the kernel is held", "lockdep"),
	AT_END(QUIESCENT, "warn", "WARN() has not fired", "linux/bug.h"),
	AT_END(END, "kept-back", "no page was kept back after a failed undelegation",
	       "bug museum, G2"),
	AT_END(END, "granules-back", "as many granules are delegated as before the first VM",
	       "bug museum, G2"),
	AT_END(END, "pages-back", "as many pages are in use as before the first VM", "mm"),
	AT_END(END, "objects-back", "as many objects are in use as before the first VM",
	       "kmemleak"),
};

bool sim_check_at(unsigned i, struct sim_check_info *info)
{
	if (i >= NR_CHECKS)
		return false;
	*info = checks[i];
	return true;
}

const char *sim_check_cost_name(enum sim_check_cost cost)
{
	static const char *const names[] = { "step", "quiescent", "end" };

	return (unsigned)cost < sizeof(names) / sizeof(names[0]) ? names[cost] : "?";
}

const char *sim_contract_name(enum sim_contract contract)
{
	return contract > SIM_CONTRACT_NONE && contract < SIM_NR_CONTRACTS
		       ? checks[contract - 1].name
		       : NULL;
}

enum sim_contract sim_contract_find(const char *name, size_t len)
{
	_Static_assert(SIM_NR_CONTRACTS <= 64, "struct sim_check has a bit for each");

	for (unsigned i = SIM_CONTRACT_NONE + 1; i < SIM_NR_CONTRACTS; i++)
		if (strlen(checks[i - 1].name) == len && !strncmp(checks[i - 1].name, name, len))
			return (enum sim_contract)i;
	return SIM_CONTRACT_NONE;
}
