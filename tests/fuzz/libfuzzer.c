/* SPDX-License-Identifier: BSD-2-Clause */
/* The target for libFuzzer. RMISIM_FUZZ_ROWS names a file for what was reached. */
#include <inttypes.h>
#include <stdlib.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct fuzz_stats stats;

static void write_rows(void)
{
	const char *path = getenv("RMISIM_FUZZ_ROWS");
	FILE *file = path ? fopen(path, "w") : NULL;

	if (!file)
		return;
	fuzz_print_rows(&stats, file);
	fclose(file);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	atexit(write_rows);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_one(data, size, &stats);
}
