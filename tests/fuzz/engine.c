/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mutational engine for where no compiler helps: it keeps an input that meets a condition, a
 * status of a command or a pair of them in a row for the first time, and makes new inputs from those it has kept. The same seed and
 * number of runs give the same inputs.
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define MAX_KEPT 8192

struct input {
	uint8_t *data;
	size_t size;
};

struct engine {
	struct fuzz_stats stats;
	uint64_t random;
	struct input kept[MAX_KEPT];
	unsigned nr_kept;
	uint8_t data[FUZZ_MAX_SIZE];
	size_t size;
	uint64_t seed, runs, seconds;
	const char *artifact, *rows, *save;
	int fd;
};

static uint64_t next(struct engine *e)
{
	e->random ^= e->random >> 12;
	e->random ^= e->random << 25;
	e->random ^= e->random >> 27;
	return e->random * UINT64_C(0x2545f4914f6cdd1d);
}

static unsigned below(struct engine *e, size_t n)
{
	return n ? (unsigned)(next(e) % n) : 0;
}

/* Corpus */

static void keep(struct engine *e)
{
	struct input *in = &e->kept[e->nr_kept < MAX_KEPT ? e->nr_kept : below(e, MAX_KEPT)];
	uint8_t *copy = malloc(e->size ? e->size : 1);

	if (!copy)
		return;
	memcpy(copy, e->data, e->size);
	free(in->data);
	*in = (struct input){ copy, e->size };
	if (e->nr_kept < MAX_KEPT)
		e->nr_kept++;
}

static void save(const struct engine *e)
{
	char path[512];
	FILE *file;

	if (!e->save)
		return;
	snprintf(path, sizeof(path), "%s/%016" PRIx64 "-%" PRIu64, e->save, e->seed,
		 e->stats.executions);
	file = fopen(path, "wb");
	if (!file)
		return;
	fwrite(e->data, 1, e->size, file);
	fclose(file);
}

/* The input stands in the file before it runs: a finding leaves it there. */
static void run(struct engine *e)
{
	if (e->fd >= 0 && (pwrite(e->fd, e->data, e->size, 0) != (ssize_t)e->size ||
			   ftruncate(e->fd, (off_t)e->size))) {
		perror(e->artifact);
		exit(2);
	}
	fuzz_one(e->data, e->size, &e->stats);
}

static void load(struct engine *e, const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return;
	e->size = fread(e->data, 1, sizeof(e->data), file);
	fclose(file);
	run(e);
	if (e->stats.fresh)
		keep(e);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void load_folder(struct engine *e, const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, visible, alphasort);
	char name[512];

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, names[i]->d_name);
		load(e, name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* Mutations */

static void insert(struct engine *e, const uint8_t *from, size_t n)
{
	unsigned at = below(e, e->size + 1);

	if (e->size + n > sizeof(e->data))
		n = sizeof(e->data) - e->size;
	memmove(e->data + at + n, e->data + at, e->size - at);
	memcpy(e->data + at, from, n);
	e->size += n;
}

static void insert_random(struct engine *e)
{
	uint8_t bytes[16];
	unsigned n = 1 + below(e, sizeof(bytes));

	for (unsigned i = 0; i < n; i++)
		bytes[i] = (uint8_t)next(e);
	insert(e, bytes, n);
}

/* A piece of this or of another input. */
static void insert_piece(struct engine *e)
{
	const struct input *from = &e->kept[below(e, e->nr_kept)];
	uint8_t piece[256];
	size_t n, at;

	if (!e->nr_kept || !from->size)
		return;
	at = below(e, from->size);
	n = 1 + below(e, from->size - at < sizeof(piece) ? from->size - at : sizeof(piece));
	n = n > from->size - at ? from->size - at : n;
	memcpy(piece, from->data + at, n);
	insert(e, piece, n);
}

static void erase(struct engine *e)
{
	unsigned at = below(e, e->size), n = 1 + below(e, 16);

	if (!e->size)
		return;
	n = n > e->size - at ? (unsigned)(e->size - at) : n;
	memmove(e->data + at, e->data + at + n, e->size - at - n);
	e->size -= n;
}

static void mutate(struct engine *e)
{
	static const uint8_t values[] = { 0, 1, 2, 0x10, 0x40, 0x7f, 0x80, 0xff };

	switch (below(e, 8)) {
	case 0:
		if (e->size)
			e->data[below(e, e->size)] ^= (uint8_t)(1u << below(e, 8));
		break;
	case 1:
		if (e->size)
			e->data[below(e, e->size)] = values[below(e, sizeof(values))];
		break;
	case 2:
	case 3:
		if (e->size)
			e->data[below(e, e->size)] = (uint8_t)next(e);
		break;
	case 4:
		insert_random(e);
		break;
	case 5:
	case 6:
		insert_piece(e);
		break;
	default:
		erase(e);
		break;
	}
}

static void make_input(struct engine *e)
{
	const struct input *from = &e->kept[below(e, e->nr_kept)];
	unsigned n = 1 + below(e, 6);

	if (e->nr_kept && below(e, 32)) {
		e->size = from->size;
		memcpy(e->data, from->data, from->size);
	} else {
		e->size = 3 + below(e, 200);
		for (size_t i = 0; i < e->size; i++)
			e->data[i] = (uint8_t)next(e);
	}
	while (n--)
		mutate(e);
}

/* Progress, and the end */

static void print(const struct engine *e, const char *what)
{
	fprintf(stderr,
		"%s: executions=%" PRIu64 " calls=%" PRIu64 " rows=%u corpus=%u seed=%" PRIu64 "\n",
		what, e->stats.executions, e->stats.calls, fuzz_rows(&e->stats), e->nr_kept,
		e->seed);
}

static bool is_over(const struct engine *e, time_t start, time_t *shown, uint64_t done)
{
	time_t now;

	if (e->runs)
		return done >= e->runs;
	now = time(NULL);
	if (now - *shown >= 5) {
		*shown = now;
		print(e, "engine");
	}
	return (uint64_t)(now - start) >= e->seconds;
}

static void end(struct engine *e)
{
	FILE *file = e->rows ? fopen(e->rows, "w") : NULL;

	print(e, "done");
	if (file) {
		fuzz_print_rows(&e->stats, file);
		fclose(file);
	}
	if (e->fd >= 0) {
		close(e->fd);
		unlink(e->artifact);
	}
	for (unsigned i = 0; i < e->nr_kept; i++)
		free(e->kept[i].data);
}

static int usage(FILE *file, int status)
{
	fprintf(file,
		"usage: fuzz-replay --engine (--runs N | --seconds N) [--seed S] [--artifact "
		"FILE]\n"
		"                   [--rows FILE] [--save FOLDER] [FOLDER]..\n"
		"Run the inputs of the folders, then mutations of those that reached something "
		"new.\n"
		"  --artifact FILE  holds the input that runs; it stays when that is a finding\n"
		"  --rows FILE      what was reached, a line each\n"
		"  --save FOLDER    keep there what reached something new\n");
	return status;
}

static bool number(const char *text, uint64_t *value)
{
	char *rest;

	*value = strtoull(text, &rest, 0);
	return *text && !*rest;
}

/* Options that take a value; false: not one of them, or a bad value. */
static bool option(struct engine *e, const char *name, const char *value)
{
	if (!value)
		return false;
	if (!strcmp(name, "--runs"))
		return number(value, &e->runs);
	if (!strcmp(name, "--seconds"))
		return number(value, &e->seconds);
	if (!strcmp(name, "--seed"))
		return number(value, &e->seed);
	if (!strcmp(name, "--artifact"))
		e->artifact = value;
	else if (!strcmp(name, "--rows"))
		e->rows = value;
	else if (!strcmp(name, "--save"))
		e->save = value;
	else
		return false;
	return true;
}

int fuzz_engine(int argc, char **argv)
{
	static struct engine e = { .seed = 1, .fd = -1 };
	time_t start = time(NULL), shown = start;
	int first = 1;

	for (; first < argc && argv[first][0] == '-'; first += 2) {
		if (!strcmp(argv[first], "--help"))
			return usage(stdout, 0);
		if (!option(&e, argv[first], argv[first + 1]))
			return usage(stderr, 2);
	}
	if (!e.runs && !e.seconds)
		return usage(stderr, 2);
	if (e.artifact) {
		e.fd = open(e.artifact, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
		if (e.fd < 0) {
			perror(e.artifact);
			return 2;
		}
	}
	e.random = e.seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (int i = first; i < argc; i++)
		load_folder(&e, argv[i]);
	for (uint64_t done = 0; !is_over(&e, start, &shown, done); done++) {
		make_input(&e);
		run(&e);
		if (e.stats.fresh) {
			keep(&e);
			save(&e);
		}
	}
	end(&e);
	return 0;
}
