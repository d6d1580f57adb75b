/* SPDX-License-Identifier: BSD-2-Clause */
/* Fresh processes: a test's own program again, with RMISIM_TEST_FAILS=1, and the line that it prints. */
#ifndef TESTS_HARNESS_FRESH_H
#define TESTS_HARNESS_FRESH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rmisim/cmocka.h>

struct output {
	int status;
	char text[65536];
};

/* A shell's command with stdout and stderr together. */
static inline void shell(struct output *o, const char *command)
{
	char line[16384];
	size_t n;
	FILE *f;

	snprintf(line, sizeof(line), "{ %s; } 2>&1", command);
	f = popen(line, "r");
	assert_non_null(f);
	n = fread(o->text, 1, sizeof(o->text) - 1, f);
	o->text[n] = '\0';
	o->status = WEXITSTATUS(pclose(f));
}

static inline void this_program(struct output *o, const char *before, const char *after)
{
	char exe[1024], command[8192];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	assert_true(n > 0);
	exe[n] = '\0';
	snprintf(command, sizeof(command), "%s RMISIM_TEST_FAILS=1 '%s' %s", before, exe, after);
	shell(o, command);
}

/* The line that the failing test prints to be pasted. */
static inline const char *printed_line(const struct output *o)
{
	const char *line = strstr(o->text, "RMISIM_REPLAY='");
	char *copy;

	if (!line)
		fail_msg("no line to paste in: %s", o->text);
	copy = strndup(line, strcspn(line, "\n"));
	assert_non_null(copy);
	return copy;
}

#endif
