/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This process again, under gdb, with a breakpoint where violations are noted. Strands are threads then, because
 * somebody traces it (sim/strand.c).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay.h"

#define MAX_WORDS 1024

/* The words of this process's command line, as they stand in `buf`; NULL when they are too many. */
static char *read_words(size_t *size)
{
	char *buf = NULL, *more;
	size_t room = 0;
	ssize_t n;
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);

	*size = 0;
	if (fd < 0)
		return NULL;
	do {
		if (*size + 4096 > room) {
			room += 65536;
			more = realloc(buf, room);
			if (!more)
				break;
			buf = more;
		}
		n = read(fd, buf + *size, 4095);
		*size += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	close(fd);
	if (buf)
		buf[*size] = '\0';
	return buf;
}

static int exec_gdb(char *words, size_t size)
{
	static const char *const before[] = {
		"gdb",    "-q",
		"-ex",    "set breakpoint pending on",
		"-ex",    "break sim_at_violation",
		"-ex",    "run",
		"-ex",    "backtrace 16",
		"--args",
	};
	const char *argv[MAX_WORDS + 1];
	char exe[4096];
	size_t n = 0, i;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len <= 0)
		return -errno;
	exe[len] = '\0';
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		argv[n++] = before[i];
	argv[n++] = exe;
	for (i = strlen(words) + 1; i < size; i += strlen(words + i) + 1) {
		if (n == MAX_WORDS)
			return -E2BIG;
		argv[n++] = words + i;
	}
	argv[n] = NULL;
	fflush(NULL);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	return -errno;
}

int sim_replay_under_gdb(void)
{
	size_t size;
	char *words;
	int err;

	if (sim_is_traced())
		return 0;
	words = read_words(&size);
	err = words && size ? exec_gdb(words, size) : -ENOENT;
	free(words);
	return err;
}
