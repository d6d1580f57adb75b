// SPDX-License-Identifier: BSD-2-Clause
/*
 * Races of the catalogue on a rewound world: as many schedules, and no violation, as with a world made anew for
 * each run.
 */
#include <stdlib.h>

#include <rmisim/explore.h>
#include <rmisim/scenario.h>

#include "fixture.h"

static struct sim_result explore(const struct sim_catalogue_entry *e, bool rewinds)
{
	return sim_explore_named(e->name, e->run,
				 &(struct sim_explore){ .config.kernel = fixture_kernel(),
							.preemptions = 1,
							.rewinds = rewinds });
}

static void a_rewound_search_runs_the_same_schedules(void **state)
{
	static const char *const names[] = { "fault-convert", "fault-punch", "shared-fault-convert",
					     "convert-convert", "populate-populate" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct sim_catalogue_entry *e = sim_catalogue_find(names[i]);
		struct sim_result plain, rewound;

		assert_non_null(e);
		plain = explore(e, false);
		rewound = explore(e, true);
		assert_true(plain.schedules > 20);
		if (plain.schedules != rewound.schedules || rewound.violations)
			fail_msg("%s: %llu schedules, rewound %llu; %s", e->name,
				 (unsigned long long)plain.schedules,
				 (unsigned long long)rewound.schedules, rewound.violation);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rewound_search_runs_the_same_schedules),
	};

	return cmocka_run_group_tests_name("rewind", tests, NULL, NULL);
}
