/* SPDX-License-Identifier: BSD-2-Clause */
/* What the compiler's checks of undefined behaviour call (-fsanitize=shift-exponent), in place of its run-time. */
#include "env.h"

struct ubsan_location {
	const char *file;
	u32 line, column;
};

/* `data` begins with the place; operands that fit into a register come in it. */
void __ubsan_handle_shift_out_of_bounds(void *data, void *value, void *by);

void __ubsan_handle_shift_out_of_bounds(void *data, void *value, void *by)
{
	const struct ubsan_location *at = data;

	const char *name = at->file;

	for (const char *c = at->file; *c; c++)
		if (*c == '/')
			name = c + 1;
	__sim_violation("shift", "%s, line %u: a shift by %d", name, at->line, (int)(long)by);
}
