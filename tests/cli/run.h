/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs the command line and looks at what it says. */
#ifndef TESTS_CLI_RUN_H
#define TESTS_CLI_RUN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

struct run {
	int status; /* exit status; 128 + n when signal n ended it */
	char out[262144], err[8192];
};

/* Run $RMISIM with these words (a NULL ends them); the same structure is used again each time. */
const struct run *rmisim(const char *first, ...) __attribute__((sentinel));

/* One line on stderr that holds `say`, nothing on stdout, status 2. */
void assert_bad(const struct run *r, const char *say);
/* One JSON object on stdout, nothing on stderr. */
void assert_json(const struct run *r, int status);
/* stdout has `text` (in JSON: a key with its value). */
#define assert_says(r, text) assert_says_at((r), (text), __FILE__, __LINE__)
void assert_says_at(const struct run *r, const char *text, const char *file, int line);
/* The value of a key of --json, a string; to be freed. */
char *value_of(const struct run *r, const char *key);

#endif
