/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "svg.h"

void svg_text(FILE *out, const char *text, size_t max)
{
	size_t len = strlen(text), n = len > max && max ? max - 1 : len;

	for (size_t i = 0; i < n; i++) {
		switch (text[i]) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		default:
			fputc(text[i] < ' ' || text[i] > '~' ? '?' : text[i], out);
		}
	}
	if (n < len)
		fputs("&gt;", out);
}

void svg_begin(FILE *out, unsigned width, unsigned height, const char *title)
{
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\" font-family=\"'DejaVu Sans Mono', Menlo, Consolas, "
		"monospace\" "
		"font-size=\"11\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
		"<text x=\"10\" y=\"18\" font-size=\"13\" font-weight=\"bold\">",
		width, height, width, height);
	svg_text(out, title, (width - 20) / 8);
	fprintf(out, "</text>\n");
}

void svg_end(FILE *out)
{
	fprintf(out, "</svg>\n");
}

unsigned svg_legend(FILE *out, unsigned x, unsigned y, const char *fill, const char *word)
{
	fprintf(out,
		"<rect x=\"%u\" y=\"%u\" width=\"11\" height=\"11\" fill=\"%s\" "
		"stroke=\"#808080\" stroke-width=\"0.6\"/><text x=\"%u\" y=\"%u\">",
		x, y, fill, x + 16, y + 10);
	svg_text(out, word, 0);
	fprintf(out, "</text>\n");
	return x + 16 + (unsigned)((double)strlen(word) * SVG_CHAR) + 16;
}
