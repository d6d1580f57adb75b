/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

#define MAX_WORDS 24

static void read_all(int fd, char *buf, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while (used < size - 1 && (n = read(fd, buf + used, size - 1 - used)) > 0)
		used += (size_t)n;
	buf[used] = '\0';
	close(fd);
}

static int temporary(void)
{
	char name[] = "/tmp/rmisim-test-XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	return fd;
}

static void child(const char *program, char **argv, int out, int err)
{
	int in = open("/dev/null", O_RDONLY);

	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	alarm(60); /* nothing hangs for ever */
	execv(program, argv);
	_exit(127);
}

const struct run *rmisim(const char *first, ...)
{
	static struct run r;
	const char *program = getenv("RMISIM"), *word;
	char *argv[MAX_WORDS] = { (char *)"rmisim" };
	int out = temporary(), err = temporary(), status = 0, n = 1;
	va_list ap;
	pid_t pid;

	assert_non_null(program);
	va_start(ap, first);
	for (word = first; word && n < MAX_WORDS - 1; word = va_arg(ap, const char *))
		argv[n++] = (char *)(uintptr_t)word;
	va_end(ap);
	fflush(NULL);
	pid = fork();
	if (!pid)
		child(program, argv, out, err);
	assert_true(pid > 0);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	r.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	lseek(out, 0, SEEK_SET);
	lseek(err, 0, SEEK_SET);
	read_all(out, r.out, sizeof(r.out));
	read_all(err, r.err, sizeof(r.err));
	return &r;
}

void assert_bad(const struct run *r, const char *say)
{
	const char *newline = strchr(r->err, '\n');

	if (r->status != 2 || r->out[0] || !newline || newline[1] || !strstr(r->err, say))
		fail_msg("status %d, stdout '%.200s', stderr '%s', wanted one line with '%s'",
			 r->status, r->out, r->err, say);
	assert_true(strlen(r->err) < 500);
}

/* A value, with what is inside; NULL when it is none. */
static const char *value(const char *s)
{
	char close = *s == '{' ? '}' : *s == '[' ? ']' : 0;
	bool object = *s == '{';

	if (*s == '"') {
		for (s++; *s && *s != '"'; s++)
			if (*s == '\\' && !*++s)
				return NULL;
		return *s ? s + 1 : NULL;
	}
	if (!close) {
		const char *start = s;

		while (isalnum((unsigned char)*s) || (*s && strchr("+-.", *s)))
			s++;
		return s == start ? NULL : s;
	}
	s++;
	while (*s != close) {
		if (object) {
			s = *s == '"' ? value(s) : NULL;
			s = s && *s == ':' ? s + 1 : NULL;
		}
		s = s ? value(s) : NULL;
		if (!s)
			return NULL;
		if (*s == ',' && s[1] != close)
			s++;
		else if (*s != close)
			return NULL;
	}
	return s + 1;
}

void assert_json(const struct run *r, int status)
{
	const char *end = r->out[0] == '{' ? value(r->out) : NULL;

	if (r->status != status || r->err[0] || !end || strcmp(end, "\n"))
		fail_msg("status %d (wanted %d), stderr '%s', stdout '%.2000s'", r->status, status,
			 r->err, r->out);
}

void assert_says_at(const struct run *r, const char *text, const char *file, int line)
{
	if (strstr(r->out, text))
		return;
	fprintf(stderr, "no '%s' in '%.3000s' (status %d, stderr '%s')\n", text, r->out, r->status,
		r->err);
	_fail(file, line);
}

char *value_of(const struct run *r, const char *key)
{
	char quoted[64];
	const char *p;

	snprintf(quoted, sizeof(quoted), "\"%s\":\"", key);
	p = strstr(r->out, quoted);
	assert_non_null(p);
	p += strlen(quoted);
	return strndup(p, strcspn(p, "\""));
}
