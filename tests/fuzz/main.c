/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay: every file, every file of every folder, or standard input, once. A broken invariant is a
 * sentence on stderr and an abort, as AFL and its relatives want it.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

static struct fuzz_stats stats;

static int usage(FILE *file, int status)
{
	fprintf(file, "usage: fuzz-replay [-v] [--tap] [--rows] [FILE | FOLDER]..   - or nothing: "
		      "standard input\n"
		      "       fuzz-replay --engine ..                       see --engine --help\n"
		      "Run inputs of the fuzzer. -v prints every call, --rows what was reached.\n");
	return status;
}

static int run_stream(FILE *file)
{
	static uint8_t data[FUZZ_MAX_SIZE];

	fuzz_one(data, fread(data, 1, sizeof(data), file), &stats);
	return ferror(file) != 0;
}

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	int status;

	if (!file) {
		perror(path);
		return 2;
	}
	if (stats.trace)
		fprintf(stats.trace, "%s\n", path);
	status = run_stream(file) ? 2 : 0;
	fclose(file);
	return status;
}

static int hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_path(const char *path)
{
	struct dirent **names;
	struct stat st;
	int n, status = 0;

	if (stat(path, &st) || !S_ISDIR(st.st_mode))
		return run_file(path);
	n = scandir(path, &names, hidden, alphasort);
	if (n < 0) {
		perror(path);
		return 2;
	}
	for (int i = 0; i < n; i++) {
		char *name = malloc(strlen(path) + strlen(names[i]->d_name) + 2);

		if (name) {
			sprintf(name, "%s/%s", path, names[i]->d_name);
			status |= run_file(name);
		}
		free(name);
		free(names[i]);
	}
	free(names);
	return status;
}

int main(int argc, char **argv)
{
	bool tap = false, rows = false;
	int status = 0, nr = 0;

	if (argc > 1 && !strcmp(argv[1], "--engine"))
		return fuzz_engine(argc - 1, argv + 1);
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help"))
			return usage(stdout, 0);
		if (!strcmp(argv[i], "-v"))
			stats.trace = stdout;
		else if (!strcmp(argv[i], "--tap"))
			tap = true;
		else if (!strcmp(argv[i], "--rows"))
			rows = true;
		else if (argv[i][0] == '-' && argv[i][1])
			return usage(stderr, 2);
		else
			nr++;
	}
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			status |= run_path(argv[i]);
		else if (!argv[i][1])
			status |= run_stream(stdin) ? 2 : 0;
	}
	if (!nr)
		status = run_stream(stdin) ? 2 : 0;
	if (rows)
		fuzz_print_rows(&stats, stdout);
	if (tap)
		printf("%s 1 - %" PRIu64 " inputs, %" PRIu64
		       " calls, %u rows: every invariant holds\n1..1\n",
		       status || !stats.executions ? "not ok" : "ok", stats.executions, stats.calls,
		       fuzz_rows(&stats));
	else
		fprintf(stderr, "%" PRIu64 " inputs, %" PRIu64 " calls, %u rows: no finding\n",
			stats.executions, stats.calls, fuzz_rows(&stats));
	return status;
}
