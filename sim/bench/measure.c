/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock, and how long a benchmark is repeated.
 *
 * The first batch warms up. A sample is as many batches as take a fiftieth of the asked time; samples are taken
 * until the timed parts add up to it. A batch that takes very long is a sample itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define MAX_SAMPLES 256
#define MIN_SAMPLES 3
#define POLL_MS     50

/* What the child works on and hands back; bench_fail() finds its pipe here. */
struct child {
	struct bench_state state;
	struct bench_result result;
	int fd;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Instructions of this process in user space; -1 where the machine or the kernel counts none. */
static int open_counter(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static uint64_t counted(const struct bench_state *s)
{
	uint64_t n = 0;

	if (s->counter < 0 || read(s->counter, &n, sizeof(n)) != sizeof(n))
		return 0;
	return n;
}

void bench_begin(struct bench_state *s, enum bench_phase phase)
{
	if (!(phase & s->bench->timed))
		return;
	s->began_instructions = counted(s);
	s->began = now();
}

void bench_end(struct bench_state *s, enum bench_phase phase)
{
	if (!(phase & s->bench->timed))
		return;
	s->ns += now() - s->began;
	s->instructions += counted(s) - s->began_instructions;
}

int64_t bench_resident(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	char line[128];
	long long kib = -1;

	while (f && kib < 0 && fgets(line, sizeof(line), f))
		if (sscanf(line, "Rss: %lld", &kib) != 1)
			kib = -1;
	if (f)
		fclose(f);
	return kib < 0 ? -1 : kib * 1024;
}

static void send_result(struct child *c)
{
	ssize_t n;

	do
		n = write(c->fd, &c->result, sizeof(c->result));
	while (n < 0 && errno == EINTR);
	_exit(n == sizeof(c->result) ? 0 : 1);
}

void bench_fail(struct bench_state *s, const char *fmt, ...)
{
	struct child *c = (struct child *)((char *)s - offsetof(struct child, state));
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->result.failure, sizeof(c->result.failure), fmt, ap);
	va_end(ap);
	send_result(c);
	abort();
}

/* One batch; what it leaves behind must be what it found. */
static void run_batch(struct bench_state *s)
{
	uint64_t before = s->rmm ? rmm_delegated(s->rmm) : 0;

	s->bench->batch(s);
	if (!s->rmm)
		return;
	if (rmm_delegated(s->rmm) != before)
		bench_fail(s, "%llu granules are delegated after a batch, %llu before",
			   (unsigned long long)rmm_delegated(s->rmm), (unsigned long long)before);
	if (rmm_locks_held(s->rmm) || rmm_open_operations(s->rmm))
		bench_fail(s, "a lock or an operation is left behind");
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void forget(struct bench_state *s)
{
	s->ns = s->instructions = s->ops = 0;
}

static void measure(struct child *c)
{
	struct bench_state *s = &c->state;
	struct bench_result *r = &c->result;
	uint64_t min = s->options->min_ns, start = now(), total = 0;
	double samples[MAX_SAMPLES], instructions = 0;

	if (s->bench->prepare)
		s->bench->prepare(s);
	start = now();
	run_batch(s);
	if (now() - start < 5 * min)
		forget(s);
	start = now();
	while (r->samples < MAX_SAMPLES && (total < min || r->samples < MIN_SAMPLES)) {
		uint64_t sample = now();

		while (!s->ops || (s->ns < min / 50 && now() - sample < min / 10))
			run_batch(s);
		samples[r->samples++] = (double)s->ns / (double)s->ops;
		total += s->ns;
		r->ops += s->ops;
		instructions += (double)s->instructions;
		forget(s);
		if (now() - start > 20 * min)
			break;
	}
	qsort(samples, r->samples, sizeof(samples[0]), compare);
	r->ns = samples[0];
	r->median_ns = samples[r->samples / 2];
	r->instructions = s->counter >= 0 ? instructions / (double)r->ops : -1;
	r->resident = s->resident;
}

static void run_child(const struct bench *b, const struct bench_options *options, int fd)
{
	struct child c = { .fd = fd };

	c.state.bench = b;
	c.state.options = options;
	c.state.counter = open_counter();
	c.state.resident = -1;
	measure(&c);
	send_result(&c);
}

/* Half of what this machine has to spare: a benchmark that takes more is stopped, not the machine. */
static uint64_t memory_limit(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	unsigned long long kib = 0;
	char line[128];

	while (f && !kib && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu", &kib) != 1)
			kib = 0;
	if (f)
		fclose(f);
	return kib ? kib * 1024 / 2 : UINT64_MAX;
}

static uint64_t resident_of(pid_t pid)
{
	unsigned long long pages = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%*u %llu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Wait until there is something to read; false when `pid` was stopped for its memory. */
static bool wait_for(int fd, pid_t pid, uint64_t limit)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, POLL_MS) <= 0) {
		if (resident_of(pid) > limit) {
			kill(pid, SIGKILL);
			return false;
		}
	}
	return true;
}

static void receive(int fd, pid_t pid, struct bench_result *result)
{
	uint64_t limit = memory_limit();
	size_t used = 0;
	bool stopped;
	int status = 0;
	ssize_t n = 1;

	stopped = !wait_for(fd, pid, limit);
	while (!stopped && n && used < sizeof(*result)) {
		n = read(fd, (char *)result + used, sizeof(*result) - used);
		if (n > 0)
			used += (size_t)n;
		else if (n < 0 && errno != EINTR)
			break;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (used == sizeof(*result) && WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	memset(result, 0, sizeof(*result));
	if (stopped)
		snprintf(result->failure, sizeof(result->failure),
			 "stopped at %llu MiB, half of the memory that was free",
			 (unsigned long long)(limit >> 20));
	else if (WIFSIGNALED(status))
		snprintf(result->failure, sizeof(result->failure), "ended by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(result->failure, sizeof(result->failure), "ended without a result");
}

void bench_run(const struct bench *b, const struct bench_options *options,
	       struct bench_result *result)
{
	int fds[2];
	pid_t pid;

	memset(result, 0, sizeof(*result));
	if (pipe(fds)) {
		snprintf(result->failure, sizeof(result->failure), "no pipe (%s)", strerror(errno));
		return;
	}
	fflush(NULL);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		run_child(b, options, fds[1]);
		_exit(1);
	}
	close(fds[1]);
	if (pid > 0)
		receive(fds[0], pid, result);
	else
		snprintf(result->failure, sizeof(result->failure), "no process (%s)",
			 strerror(errno));
	close(fds[0]);
}
