/* SPDX-License-Identifier: BSD-2-Clause */
/* What all pictures share: text that stays text, and a light page. */
#ifndef SIM_SVG_H
#define SIM_SVG_H

#include <stdio.h>

#define SVG_CHAR \
	6.65 /* width of a character of 11 pixels in a monospaced font, a little more than most have */

/* At most `max` characters, escaped; a text that is cut ends with '>'. */
void svg_text(FILE *out, const char *text, size_t max);
/* The page, white, with a title above. */
void svg_begin(FILE *out, unsigned width, unsigned height, const char *title);
void svg_end(FILE *out);
/* A coloured square with a word behind it; returns where the next one begins. */
unsigned svg_legend(FILE *out, unsigned x, unsigned y, const char *fill, const char *word);

#endif
