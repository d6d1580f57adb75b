/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "json.h"

static void quoted(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

static void item(struct json *j, const char *key)
{
	if (j->some[j->depth])
		fputc(',', j->out);
	j->some[j->depth] = true;
	if (key) {
		quoted(j->out, key);
		fputc(':', j->out);
	}
}

static void descend(struct json *j, char bracket)
{
	fputc(bracket, j->out);
	if (j->depth + 1 < JSON_DEPTH)
		j->depth++;
	j->some[j->depth] = false;
}

void json_begin(struct json *j, FILE *out)
{
	*j = (struct json){ .out = out };
	descend(j, '{');
}

void json_finish(struct json *j)
{
	fputs("}\n", j->out);
}

void json_object(struct json *j, const char *key)
{
	item(j, key);
	descend(j, '{');
}

void json_array(struct json *j, const char *key)
{
	item(j, key);
	descend(j, '[');
}

void json_close(struct json *j, char bracket)
{
	fputc(bracket, j->out);
	j->depth--;
}

void json_word(struct json *j, const char *key, uint64_t value)
{
	item(j, key);
	fprintf(j->out, "\"0x%" PRIx64 "\"", value);
}

void json_number(struct json *j, const char *key, int64_t value)
{
	item(j, key);
	fprintf(j->out, "%" PRId64, value);
}

void json_unsigned(struct json *j, const char *key, uint64_t value)
{
	item(j, key);
	fprintf(j->out, "%" PRIu64, value);
}

void json_real(struct json *j, const char *key, double value)
{
	item(j, key);
	fprintf(j->out, "%.6g", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	item(j, key);
	fputs(value ? "true" : "false", j->out);
}

void json_string(struct json *j, const char *key, const char *value)
{
	item(j, key);
	if (value)
		quoted(j->out, value);
	else
		fputs("null", j->out);
}
