/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this process has met and asserted of the failure conditions, for `rmisim conditions`. At exit
 * it is written to $RMISIM_STATS/NAME.stats when there is such a variable; docs/model.md has the form.
 * May be called from many threads.
 */
#ifndef TESTS_MODEL_STATS_H
#define TESTS_MODEL_STATS_H

/* The file's name instead of that of the program: where several run at once. */
void stats_name(const char *name);
/* A call reported condition number `condition`, -1: none; profile of the model. */
void stats_hit(int condition, const char *profile);
void stats_asserted(int condition, const char *profile, const char *test);
/* The texts are kept as they are: literals, or from rmm_order_at(). */
void stats_order(const char *command, const char *first, const char *second, const char *test);

#endif
