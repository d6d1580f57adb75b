/* SPDX-License-Identifier: BSD-2-Clause */
/* Failure conditions of the realm's life (rmm-commands Part 4; B4.5.45-.48). */
#include "conditions.h"

/* REALM_ACTIVATE */

static void valid_activate(struct trial *t)
{
	host_realm(&t->h, &t->table->setup);
	t->x[1] = t->h.rd;
}

static void activate_realm(struct trial *t, const struct breaker *b)
{
	assert_hex(smc(&t->h, RMI_REALM_ACTIVATE, t->h.rd), 0);
}

static const struct breaker activate_rows[] = {
	BREAK_RD(1),
	{ "realm_state", RMI_ERROR_REALM, activate_realm },
};

static const struct condition_table realm_activate = { "REALM_ACTIVATE", RMI_REALM_ACTIVATE,
						       valid_activate, BREAKERS(activate_rows) };

CONDITION_TEST(realm_activate)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(realm_activate_reports_each_condition_in_its_place),
	};

	return cmocka_run_group_tests_name("conditions of realms", tests, NULL, NULL);
}
