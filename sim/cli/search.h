/* SPDX-License-Identifier: BSD-2-Clause */
/* What explore and merge say about a search. */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

#include <rmisim/explore.h>

#define CLI_MAX_SHARDS 4096

/* What was asked for: results add up when all of it is the same but `shard`. */
struct search_asked {
	char version[32], scenario[64], kernel[256], image[16], edition[16], profile[64];
	enum sim_how how;
	uint64_t seed, preemptions, failures, max;
	uint64_t shard, shards; /* 0 of 0: all of it; 0 of n: n parts added up */
};

const char *search_how_name(enum sim_how how);
void search_report_json(const struct search_asked *asked, const struct sim_result *result,
			double seconds);
void search_report(const struct search_asked *asked, const struct sim_result *result,
		   double seconds);

#endif
