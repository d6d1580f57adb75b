/* SPDX-License-Identifier: BSD-2-Clause */
/* What the decoders share among themselves. */
#ifndef LIB_DECODE_H
#define LIB_DECODE_H

#include <rmisim/decode.h>

void decoded_add(struct rmi_decoded *d, const char *name, enum rmi_field_type type, uint64_t value,
		 const char *text);
void decode_esr(uint64_t word, struct rmi_decoded *d);
void decode_fid(enum rmi_edition edition, uint64_t word, struct rmi_decoded *d);

#endif
