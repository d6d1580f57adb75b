/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ghost against the model alone: a realm's life, and states that change without a call. With an argument: the
 * model has a planted fault, and the ghost says that sentence.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/host.h"

#include "ghost.h"
#include "granule.h"
#include "model.h"
#include "realm.h"
#include "rtt.h"

#define BLOCK UINT64_C(0x200000)

struct fixture {
	struct host h;
	struct ghost *ghost;
	char said[512];
};

static void *allocate(void *ctx, size_t size)
{
	return calloc(1, size);
}

static void release(void *ctx, void *p, size_t size)
{
	free(p);
}

static void follow(struct host *h, const struct rmm_event *event)
{
	struct fixture *f = h->hook_ctx;
	const char *differs;

	if (!f->ghost)
		f->ghost = ghost_new(&(struct ghost_config){
			.rmm = h->rmm, .mem = { allocate, release }, .edition = h->cfg.edition });
	assert_non_null(f->ghost);
	differs = ghost_event(f->ghost, event);
	if (differs && !f->said[0])
		snprintf(f->said, sizeof(f->said), "%s", differs);
}

static void begin(struct fixture *f, enum rmi_edition edition)
{
	memset(f, 0, sizeof(*f));
	host_realm(&f->h, &(struct setup){ .edition = edition, .on_event = follow, .hook_ctx = f });
}

static const char *compare(struct fixture *f)
{
	const char *differs = ghost_compare_all(f->ghost);

	if (differs && !f->said[0])
		snprintf(f->said, sizeof(f->said), "%s", differs);
	return f->said;
}

static void end(struct fixture *f)
{
	ghost_free(f->ghost);
	host_end(&f->h);
}

/*
 * Tables come and go, pages and blocks are mapped, unfolded, folded and unmapped; and each is tried where the state
 * forbids it, which no command may let pass. What a faulty model answers is not looked at.
 *
 *	IPA	0         4         8        512 pages        4 MiB
 *	RIPAS	[ RAM    ][ EMPTY    ..               ]       [ EMPTY block ]
 *	HIPAS	[ D D . . . .	..                    ]       [ DATA  block ]
 */
static void live(struct fixture *f)
{
	struct host *h = &f->h;
	rmm_pa rd = h->rd, block, table;
	uint64_t page = h->page;

	host_tables(h, 0, 3);
	smc_regs(h, RMI_RTT_INIT_RIPAS, rd, 0, 4 * page);
	smc_regs(h, RMI_RTT_FOLD, rd, 0, 3); /* RAM and EMPTY: not alike */
	host_tables(h, 0, 3);
	smc_regs(h, RMI_RTT_DATA_MAP, rd, 0, page, RMI_ADDR_SINGLE,
		 host_desc(h, host_delegated(h, 1), 3, 1));
	smc_regs(h, RMI_RTT_DESTROY, rd, 0, 3); /* live */
	host_tables(h, 0, 3);
	smc_regs(h, RMI_RTT_DATA_UNMAP, rd, 0, 4 * page, RMI_ADDR_NONE, 0);
	smc_regs(h, RMI_RTT_DESTROY, rd, 0, 3);

	host_tables(h, 2 * BLOCK, 2);
	block = host_aligned(h, BLOCK);
	host_delegate(h, block, BLOCK);
	smc_regs(h, RMI_RTT_DATA_MAP, rd, 2 * BLOCK, 3 * BLOCK, RMI_ADDR_SINGLE,
		 host_desc(h, block, 2, 1));
	table = host_delegated(h, 1);
	smc_regs(h, RMI_RTT_CREATE, rd, table, 2 * BLOCK, 3);
	smc_regs(h, RMI_RTT_FOLD, rd, 2 * BLOCK, 3);
	smc_regs(h, RMI_RTT_DATA_UNMAP, rd, 2 * BLOCK, 3 * BLOCK, RMI_ADDR_NONE, 0);
	smc_regs(h, RMI_GRANULE_RANGE_UNDELEGATE, block, block + BLOCK);
	smc_regs(h, RMI_REALM_TERMINATE, rd);
	smc_regs(h, RMI_RTT_DESTROY, rd, 0, 2);
	smc_regs(h, RMI_REALM_DESTROY, rd);
}

static void ghost_and_model_agree_over_the_life_of_a_realm(void **state)
{
	struct fixture f;

	for (unsigned edition = RMI_BET1; edition <= RMI_BET3; edition++) {
		begin(&f, (enum rmi_edition)edition);
		live(&f);
		assert_string_equal(compare(&f), "");
		/* It has come to its end, and was no exercise in refusals. */
		assert_state(&f.h, f.h.rd, DELEGATED);
		end(&f);
	}
}

static void memory_that_changes_by_itself_is_told_as_one_range(void **state)
{
	struct fixture f;
	char text[200];
	rmm_pa pa;

	begin(&f, RMI_BET1);
	pa = host_delegated(&f.h, 4);
	host_map(&f.h, 0);
	assert_string_equal(compare(&f), "");
	for (unsigned i = 1; i < 3; i++)
		granule_set_state(f.h.rmm, granule_peek(f.h.rmm, pa + i * f.h.page), RMM_INTERNAL);
	snprintf(text, sizeof(text),
		 "after everything: PA 0x%llx-0x%llx: ghost DELEGATED, model INTERNAL",
		 (unsigned long long)(pa + f.h.page), (unsigned long long)(pa + 3 * f.h.page - 1));
	assert_string_equal(compare(&f), text);
	/* It follows nothing behind its first difference. */
	assert_null(ghost_compare_all(f.ghost));
	end(&f);
}

static void a_neighbour_that_changes_with_a_call_is_noticed_at_once(void **state)
{
	struct fixture f;
	rmm_pa pa;

	begin(&f, RMI_BET1);
	pa = host_delegated(&f.h, 2);
	granule_set_state(f.h.rmm, granule_peek(f.h.rmm, pa), RMM_INTERNAL);
	smc_regs(&f.h, RMI_GRANULE_RANGE_UNDELEGATE, pa + f.h.page, pa + 2 * f.h.page);
	assert_non_null(strstr(f.said, "after GRANULE_RANGE_UNDELEGATE: PA "));
	assert_non_null(strstr(f.said, "ghost DELEGATED, model INTERNAL"));
	end(&f);
}

static void an_entry_that_changes_by_itself_is_told_with_its_realm(void **state)
{
	struct fixture f;
	struct rtt_walk w;
	char text[300];
	rmm_pa pa;

	begin(&f, RMI_BET1);
	pa = host_map(&f.h, 0);
	w = rtt_look(f.h.rmm, ((struct realm *)granule_peek(f.h.rmm, f.h.rd)->object)->root, 0, 3);
	w.e.ripas = RMI_DESTROYED;
	rtt_update(&w, w.e);
	snprintf(text, sizeof(text),
		 "after everything: IPA 0x0-0x%llx of the realm at 0x%llx: ghost DATA EMPTY at "
		 "0x%llx, "
		 "model DATA DESTROYED at 0x%llx",
		 (unsigned long long)f.h.page - 1, (unsigned long long)f.h.rd,
		 (unsigned long long)pa, (unsigned long long)pa);
	assert_string_equal(compare(&f), text);
	end(&f);
}

static const char *planted;

/* First what needs no realm: a host that checks its own steps could not make one on such a model. */
static void granules(struct fixture *f)
{
	struct host *h = &f->h;

	memset(f, 0, sizeof(*f));
	host_boot(h, &(struct setup){ .on_event = follow, .hook_ctx = f });
	smc_regs(h, RMI_GRANULE_RANGE_DELEGATE, HOST_BASE + BLOCK, HOST_BASE + BLOCK + h->page);
}

static void the_ghost_notices_the_planted_fault(void **state)
{
	struct fixture f;

	granules(&f);
	if (!f.said[0]) {
		ghost_free(f.ghost);
		rmm_free(f.h.rmm);
		begin(&f, RMI_BET1);
		live(&f);
		compare(&f);
	}
	if (!strstr(f.said, planted))
		fail_msg("the ghost says '%s', not '%s'", f.said, planted);
	ghost_free(f.ghost);
	rmm_free(f.h.rmm);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest with_fault[] = {
		TEST(the_ghost_notices_the_planted_fault),
	};
	const struct CMUnitTest tests[] = {
		TEST(ghost_and_model_agree_over_the_life_of_a_realm),
		TEST(memory_that_changes_by_itself_is_told_as_one_range),
		TEST(a_neighbour_that_changes_with_a_call_is_noticed_at_once),
		TEST(an_entry_that_changes_by_itself_is_told_with_its_realm),
	};

	if (argc > 1) {
		planted = argv[1];
		return cmocka_run_group_tests_name("harness/ghost", with_fault, NULL, NULL);
	}
	return cmocka_run_group_tests_name("harness/ghost", tests, NULL, NULL);
}
