// SPDX-License-Identifier: BSD-2-Clause
/*
 * The warnings of the RMI driver: delegation, and operations that go on for longer than one call.
 * Errors are those of kvm-fault-dispatch A13 and B9.
 */
#include "warned.h"

#define RETRIES 64 /* docs/porting.md, B07 */

static const struct sim_vm_config private_memory;

/* An INCOMPLETE; request: RMI_OP_MEM_REQ_*. */
#define INCOMPLETE(request, can_cancel) RMI_RESULT(RMI_INCOMPLETE, (request) | (can_cancel) << 2)

/* --- delegation --- */

static void patience_with_a_delegation_has_an_end(void **state)
{
	static const uint64_t waits[] = { RMI_BUSY, RMI_BLOCKED };
	struct warned w;

	warned_start(&w, private_memory);
	for (unsigned i = 0; i < 2; i++) {
		/* one less is patience, and no warning */
		LIES(&w, REFUSAL(RMI_GRANULE_RANGE_DELEGATE, waits[i], RETRIES - 1));
		assert_done(store_private(&w, RAM_BASE + 2 * i * w.page));
		assert_int_equal(w.nr_lines, i);
		/* nothing is delegated, and no other vCPU has been first */
		LIES(&w, REFUSAL(RMI_GRANULE_RANGE_DELEGATE, waits[i], RETRIES));
		assert_int_equal(store_private(&w, RAM_BASE + (2 * i + 1) * w.page).ret, -ENXIO);
		warned(&w, "rmi_invoke_retry", "WARN_ON(rmi_must_retry(out.a0))");
		assert_int_equal(w.nr_lines, i + 1);
	}
	warned_goes_on(&w, NOTHING);
}

static void come_nowhere(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] = RMI_SUCCESS;
	out->x[1] = in->x[1];
}

static void come_too_far(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] = RMI_SUCCESS;
	out->x[1] = in->x[2] + 0x10000;
}

static void a_delegation_that_got_nowhere_is_an_error(void **state)
{
	struct warned w;

	warned_open(&w, private_memory);
	LIES(&w, { .fid = RMI_GRANULE_RANGE_DELEGATE, .bend = come_nowhere });
	assert_int_equal(sim_vm_start(w.vm), -ENXIO);
	warned(&w, "rmi_range", "WARN_ON(next <= *done || next > top)");
	LIES(&w, { .fid = RMI_GRANULE_RANGE_DELEGATE, .bend = come_too_far });
	assert_int_equal(sim_vm_start(w.vm), -ENXIO);
	assert_int_equal(w.nr_lines, 2);
	warned(&w, "rmi_range", "WARN_ON(next <= *done || next > top)");
	/* the realm does not exist yet, and can still be had */
	LIES(&w, { 0 });
	assert_int_equal(sim_vm_start(w.vm), 0);
	warned_goes_on(&w, NOTHING);
}

/* --- commands that move no memory --- */

static void a_command_without_memory_that_asks_for_some_is_cancelled(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	LIES(&w,
	     { .fid = RMI_GRANULE_RANGE_DELEGATE,
	       .set = X0 | X1,
	       .x = { INCOMPLETE(RMI_OP_MEM_REQ_DONATE, 1), 0x1234 } },
	     { .fid = RMI_OP_CANCEL, .set = X0, .x = { RMI_SUCCESS } });
	assert_int_equal(store_private(&w, RAM_BASE).ret, -ENXIO);
	warned(&w, "rmi_sro_execute",
	       "WARN_ON(RMI_RETURN_MEMREQ(regs->a0) != RMI_OP_MEM_REQ_NONE || "
	       "++rounds > RMI_RETRY_MAX)");
	warned_goes_on(&w, NOTHING);
}

static void a_command_that_is_never_complete_is_given_up(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	LIES(&w,
	     { .fid = RMI_GRANULE_RANGE_DELEGATE,
	       .set = X0 | X1,
	       .x = { INCOMPLETE(RMI_OP_MEM_REQ_NONE, 0), 0x1234 } },
	     { .fid = RMI_OP_CONTINUE,
	       .times = RETRIES,
	       .set = X0,
	       .x = { INCOMPLETE(RMI_OP_MEM_REQ_NONE, 0) } });
	assert_int_equal(store_private(&w, RAM_BASE).ret, -ENXIO);
	assert_int_equal(w.lies[1].told, RETRIES);
	warned(&w, "rmi_sro_execute",
	       "WARN_ON(RMI_RETURN_MEMREQ(regs->a0) != RMI_OP_MEM_REQ_NONE || "
	       "++rounds > RMI_RETRY_MAX)");
	warned_goes_on(&w, NOTHING);
}

/* --- operations that move memory: REC_CREATE takes some, REC_DESTROY gives it back --- */

static void patience_with_an_operation_has_an_end_and_it_is_cancelled(void **state)
{
	struct warned w;

	warned_open(&w, private_memory);
	LIES(&w, REFUSAL(RMI_OP_MEM_DONATE, RMI_BUSY, RETRIES));
	assert_int_equal(sim_vm_start(w.vm), -ECANCELED);
	warned(&w, "rmi_invoke_retry", "WARN_ON(rmi_must_retry(out.a0))");
	/* activation has failed for good */
	assert_int_equal(sim_vm_start(w.vm), -EINVAL);
	warned_goes_on(&w, NOTHING);
}

static void an_operation_that_cannot_be_cancelled_stays_open(void **state)
{
	struct warned w;

	warned_open(&w, private_memory);
	LIES(&w, REFUSAL(RMI_OP_MEM_DONATE, RMI_BUSY, RETRIES),
	     REFUSAL(RMI_OP_CANCEL, RMI_ERROR_INPUT, 1));
	assert_int_equal(sim_vm_start(w.vm), -ECANCELED);
	warned(&w, "rmi_sro_memxfer_execute",
	       "WARN_ON(RMI_RETURN_STATUS(sro->regs.a0) != RMI_INCOMPLETE)");
	warned_goes_on(&w, MORE_WARNS);
}

static void deny_cancel(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[0] &= ~UINT64_C(0x400);
}

static void an_operation_that_may_not_be_cancelled_stays_open(void **state)
{
	struct warned w;

	warned_open(&w, private_memory);
	LIES(&w, { .fid = RMI_REC_CREATE, .done = true, .bend = deny_cancel },
	     REFUSAL(RMI_OP_MEM_DONATE, RMI_BUSY, RETRIES));
	assert_int_equal(sim_vm_start(w.vm), -EBUSY);
	warned(&w, "rmi_sro_memxfer_execute", "WARN_ON(cancelled || !can_cancel)");
	warned_goes_on(&w, MORE_WARNS);
}

static void an_operation_whose_cancellation_does_not_end_stays_open(void **state)
{
	struct warned w;

	warned_open(&w, private_memory);
	LIES(&w, REFUSAL(RMI_OP_MEM_DONATE, RMI_BUSY, RETRIES),
	     REFUSAL(RMI_OP_CONTINUE, RMI_BUSY, RETRIES));
	assert_int_equal(sim_vm_start(w.vm), -EBUSY);
	warned(&w, "rmi_sro_memxfer_execute", "WARN_ON(cancelled || !can_cancel)");
	warned_goes_on(&w, MORE_WARNS);
}

static void take_more(struct warned *w, const struct rmm_regs *in, struct rmm_regs *out)
{
	out->x[1] += 1000;
}

static void more_taken_than_was_given_is_told(void **state)
{
	struct warned w;

	warned_open(&w, private_memory);
	LIES(&w, { .fid = RMI_OP_MEM_DONATE, .done = true, .bend = take_more });
	assert_int_equal(sim_vm_start(w.vm), 0);
	warned(&w, "rmi_sro_taken", "WARN_ON(granules)");
	assert_done(store_private(&w, RAM_BASE));
	warned_goes_on(&w, NOTHING);
}

static void more_given_back_than_there_is_room_for_is_not_believed(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	LIES(&w, { .fid = RMI_OP_MEM_RECLAIM, .done = true, .bend = take_more });
	warned_end_vm(&w);
	warned(&w, "rmi_sro_reclaim", "WARN_ON(sro->regs.a1 > room)");
	/* such an operation cannot be cancelled: it stays open, and the REC leaks */
	warned(&w, "rmi_sro_memxfer_execute", "WARN_ON(cancelled || !can_cancel)");
	warned(&w, "kvm_destroy_rec",
	       "WARN_ON(rmi_rec_destroy(virt_to_phys(rec->rec_page), rec->sro))");
	warned_goes_on(&w, MORE_WARNS);
}

/* --- memory that the RMM keeps --- */

static void what_the_rmm_keeps_at_the_end_is_told_and_leaks(void **state)
{
	struct warned w;

	warned_start(&w, private_memory);
	assert_done(store_private(&w, RAM_BASE));
	LIES(&w, { .fid = RMI_GRANULE_RANGE_UNDELEGATE,
		   .done = true,
		   .times = ALWAYS,
		   .set = X0,
		   .x = { RMI_ERROR_INPUT } });
	warned_end_vm(&w);
	warned(&w, "realm_unmap_private_range", "WARN_ON(undelegate_range_desc(out_range))");
	warned(&w, "rmi_free_range", "WARN_ON(rmi_undelegate_range(phys, size))");
	warned(&w, "rmi_free_delegated_page", "WARN_ON(rmi_undelegate_page(phys))");
	warned(&w, "realm_undelegate", "WARN_ON(rmi_undelegate_range(phys, size))");
	warned_no_more(&w);
	warned_goes_on(&w, NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patience_with_a_delegation_has_an_end),
		cmocka_unit_test(a_delegation_that_got_nowhere_is_an_error),
		cmocka_unit_test(a_command_without_memory_that_asks_for_some_is_cancelled),
		cmocka_unit_test(a_command_that_is_never_complete_is_given_up),
		cmocka_unit_test(patience_with_an_operation_has_an_end_and_it_is_cancelled),
		cmocka_unit_test(an_operation_that_cannot_be_cancelled_stays_open),
		cmocka_unit_test(an_operation_that_may_not_be_cancelled_stays_open),
		cmocka_unit_test(an_operation_whose_cancellation_does_not_end_stays_open),
		cmocka_unit_test(more_taken_than_was_given_is_told),
		cmocka_unit_test(more_given_back_than_there_is_room_for_is_not_believed),
		cmocka_unit_test(what_the_rmm_keeps_at_the_end_is_told_and_leaks),
	};

	return cmocka_run_group_tests_name("warnings of the RMI driver", tests, NULL, NULL);
}
