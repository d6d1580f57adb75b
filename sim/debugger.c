/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gdb with the helpers of gdb/ loaded; this process again under it, with a breakpoint where violations are noted.
 * Strands are threads then, because somebody traces it (sim/strand.c).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debugger.h"
#include "replay.h"

#define MAX_WORDS 1024
#define PATH_SIZE 4096
#define SCRIPT    "rmisim-gdb.py"

#ifndef RMISIM_GDB_DIR
#define RMISIM_GDB_DIR "/usr/local/share/rmisim/gdb"
#endif
#ifndef RMISIM_LIBDIR /* relative to the prefix */
#define RMISIM_LIBDIR "lib"
#endif
#ifndef RMISIM_DATADIR /* the same */
#define RMISIM_DATADIR "share"
#endif

/* Finding the helpers */

static bool try_script(char *path, const char *dir, const char *below)
{
	return snprintf(path, PATH_SIZE, "%s%s/" SCRIPT, dir, below) < PATH_SIZE &&
	       !access(path, R_OK);
}

static bool cut_name(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	return slash;
}

/* Beside the program: where it is built, and where it is installed. */
static bool try_beside_program(char *path)
{
	char exe[PATH_SIZE / 2];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len <= 0)
		return false;
	exe[len] = '\0';
	return cut_name(exe) && (try_script(path, exe, "/../../gdb") ||
				 try_script(path, exe, "/../" RMISIM_DATADIR "/rmisim/gdb"));
}

/* Beside the library, when that is shared: a test of somebody else's. */
static bool try_beside_library(char *path)
{
	const size_t tail = strlen("/" RMISIM_LIBDIR);
	char dir[PATH_SIZE / 2];
	Dl_info info;
	size_t len;

	if (!dladdr((const void *)(uintptr_t)sim_replay_under_gdb, &info) || !info.dli_fname ||
	    strlen(info.dli_fname) >= sizeof(dir))
		return false;
	strcpy(dir, info.dli_fname);
	if (!cut_name(dir))
		return false;
	if (try_script(path, dir, "/../gdb"))
		return true;
	len = strlen(dir);
	if (len < tail || strcmp(dir + len - tail, "/" RMISIM_LIBDIR) != 0)
		return false;
	dir[len - tail] = '\0';
	return try_script(path, dir, "/" RMISIM_DATADIR "/rmisim/gdb");
}

static bool find_script(char *path)
{
	return try_beside_program(path) || try_beside_library(path) ||
	       try_script(path, RMISIM_GDB_DIR, "");
}

/* Starting it */

struct words {
	const char *word[MAX_WORDS + 1];
	size_t n;
};

static bool add(struct words *words, const char *word)
{
	if (words->n == MAX_WORDS)
		return false;
	words->word[words->n++] = word;
	words->word[words->n] = NULL;
	return true;
}

/* "gdb", and what makes it load the helpers; `source` has room for that. */
static void begin(struct words *words, char *source)
{
	size_t head = strlen("source ");

	words->n = 0;
	add(words, "gdb");
	add(words, "-q");
	memcpy(source, "source ", head);
	if (!find_script(source + head))
		return; /* gdb alone is better than nothing */
	add(words, "-iex");
	add(words, source);
}

static int start(struct words *words)
{
	fflush(NULL);
	execvp(words->word[0], (char *const *)(uintptr_t)words->word);
	return -errno;
}

int sim_gdb(unsigned nr, const char *const *arguments)
{
	char source[PATH_SIZE + 16];
	struct words words;

	begin(&words, source);
	if (words.n == 2)
		return -ENOENT;
	for (unsigned i = 0; i < nr; i++)
		if (!add(&words, arguments[i]))
			return -E2BIG;
	return start(&words);
}

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

static int exec_gdb(const char *line, size_t size)
{
	static const char *const before[] = {
		"-ex",    "set breakpoint pending on",
		"-ex",    "break sim_at_violation",
		"-ex",    "run",
		"-ex",    "backtrace 16",
		"--args",
	};
	char exe[PATH_SIZE], source[PATH_SIZE + 16];
	struct words words;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len <= 0)
		return -errno;
	exe[len] = '\0';
	begin(&words, source);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		add(&words, before[i]);
	add(&words, exe);
	for (size_t i = strlen(line) + 1; i < size; i += strlen(line + i) + 1)
		if (!add(&words, line + i))
			return -E2BIG;
	return start(&words);
}

int sim_replay_under_gdb(void)
{
	size_t size;
	char *line;
	int err;

	if (sim_is_traced())
		return 0;
	line = read_words(&size);
	err = line && size ? exec_gdb(line, size) : -ENOENT;
	free(line);
	return err;
}
