/* SPDX-License-Identifier: BSD-2-Clause */
/* A small strict JSON reader: objects as json.h writes them, from files that anything may have got into. */
#ifndef CLI_JSON_READ_H
#define CLI_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_TEXT 32768 /* a report, a replay string */

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_WHOLE, /* a number without sign, point and exponent, below 2^64 */
	JSON_OTHER, /* any other number */
	JSON_STRING,
	JSON_NESTED, /* an object or array: checked and left out */
};

/* A member of the outermost object. */
struct json_member {
	char key[64];
	enum json_kind kind;
	uint64_t number; /* WHOLE; BOOL: 0 or 1 */
	double real;     /* WHOLE, OTHER */
	char text[JSON_MAX_TEXT];
};

/*
 * Read one object from *at, which moves behind it and the white space that follows. `member` is told of each of its
 * members and returns NULL, or a sentence that ends the reading. Returns that, or what is wrong with the text, or
 * NULL. Strings are bytes: \u0080 to \u00ff is one byte, as json.h writes them, more becomes '?', and so do
 * \u0000 and half a pair.
 */
const char *json_read(const char **at, const char *end,
		      const char *(*member)(void *ctx, const struct json_member *m), void *ctx);

#endif
