/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many real threads on one model: every call is answered as it may be, nothing is lost, no lock stays behind,
 * and in the end all of it can be taken down.
 */
#include "crowd.h"
#include "host.h"

#define ROUNDS 2
#define OPS    400 /* of all workers together, in a round */

static const char *const profiles[] = { "strict", "linux-friendly", "bet1-leaf", "bet1-leaf-1",
					"tf-rmm-2026-07" };

/* Did they do anything at all? Most calls of a crowd fail; so many succeed in the slowest of them. */
static void check_activity(const struct crowd *c)
{
	unsigned long successes = 0;

	for (unsigned i = 0; i < c->nr_workers; i++)
		successes += c->worker[i].successes;
	assert_true(successes > ROUNDS * OPS / 4);
}

static void crowd(unsigned workers, enum sharing sharing)
{
	unsigned long entered = 0, accesses = 0;

	for (unsigned i = 0; i < 2 * sizeof(profiles) / sizeof(profiles[0]); i++) {
		struct crowd_setup s = { .workers = workers,
					 .sharing = sharing,
					 .profile = profiles[i / 2],
					 .edition = i / 2 == 1 ? RMI_BET3 : RMI_BET1,
					 .check_locks = i % 2,
					 .ops = OPS / workers + 30,
					 .seed = 100 * workers + 10 * i + sharing };
		struct crowd c;

		crowd_new(&c, &s);
		for (unsigned round = 0; round < ROUNDS; round++) {
			crowd_start(&c);
			crowd_join(&c);
			crowd_check(&c);
		}
		check_activity(&c);
		for (unsigned w = 0; w < workers; w++) {
			entered += c.worker[w].entered;
			accesses += c.worker[w].accesses;
		}
		crowd_end(&c);
	}

	assert_true(entered > 0 && accesses > 0);
}

#define CROWD(name, workers, sharing)    \
	static void name(void **state)   \
	{                                \
		crowd(workers, sharing); \
	}

CROWD(two_threads_share_a_realm, 2, ONE_REALM)
CROWD(two_threads_have_a_realm_each, 2, REALM_EACH)
CROWD(four_threads_share_a_realm, 4, ONE_REALM)
CROWD(four_threads_have_a_realm_each, 4, REALM_EACH)
CROWD(four_threads_share_realms_by_two, 4, REALM_PAIRS)
CROWD(eight_threads_share_a_realm, 8, ONE_REALM)
CROWD(eight_threads_have_a_realm_each, 8, REALM_EACH)
CROWD(eight_threads_share_realms_by_two, 8, REALM_PAIRS)

/* What one thread makes of a model does not depend on what becomes of another model meanwhile. */
static void two_models_never_touch_each_other(void **state)
{
	struct crowd_setup alone = { 1, ONE_REALM, "strict", RMI_BET1, true, 400, 7 };
	struct crowd_setup other = { 3, ONE_REALM, "strict", RMI_BET1, true, 400, 8 };
	struct crowd a, b;
	uint64_t hash;

	crowd_new(&a, &alone);
	crowd_start(&a);
	crowd_join(&a);
	hash = rmm_state_hash(a.rmm);
	crowd_end(&a);

	crowd_new(&a, &alone);
	crowd_new(&b, &other);
	crowd_start(&b);
	crowd_start(&a);
	crowd_join(&a);
	crowd_join(&b);
	assert_true(rmm_state_hash(a.rmm) == hash);
	crowd_check(&a);
	crowd_end(&b);
	crowd_check(&a);
	crowd_end(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_threads_share_a_realm),         TEST(two_threads_have_a_realm_each),
		TEST(four_threads_share_a_realm),        TEST(four_threads_have_a_realm_each),
		TEST(four_threads_share_realms_by_two),  TEST(eight_threads_share_a_realm),
		TEST(eight_threads_have_a_realm_each),   TEST(eight_threads_share_realms_by_two),
		TEST(two_models_never_touch_each_other),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
