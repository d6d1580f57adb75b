/* SPDX-License-Identifier: BSD-2-Clause */
/* A small JSON writer. Words and addresses are "0x.." strings, as the command line's contract says. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 16

struct json {
	FILE *out;
	unsigned depth;
	bool some[JSON_DEPTH]; /* something was written at this depth */
};

void json_begin(struct json *j, FILE *out); /* opens the object */
void json_finish(struct json *j);           /* closes it, and the line */

/* `key` is NULL inside an array. */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_close(struct json *j, char bracket);
void json_word(struct json *j, const char *key, uint64_t value);
void json_number(struct json *j, const char *key, int64_t value);
void json_unsigned(struct json *j, const char *key, uint64_t value);
/* Six digits that count. */
void json_real(struct json *j, const char *key, double value);
void json_bool(struct json *j, const char *key, bool value);
void json_string(struct json *j, const char *key, const char *value); /* NULL: null */

#endif
