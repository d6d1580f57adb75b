/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file decode.h
 * Words of the ABI taken apart: pure functions, for every edition and granule size.
 */
#ifndef RMISIM_DECODE_H
#define RMISIM_DECODE_H

#include <rmisim/rmi.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/** What the meaning of a word depends on; zero is 2.0-bet1 with 4 KiB granules. */
struct rmi_format_config {
	enum rmi_edition edition;
	unsigned granule_shift; /**< 12, 14, 16; 0 means 12 */
	bool s2ap_bit0_is_read; /**< direct s2ap: bit 0 is read, bit 1 write (OP-58) */
};

/** How a field is printed. */
enum rmi_field_type {
	RMI_FIELD_HEX, /**< an address or a word */
	RMI_FIELD_DEC, /**< a number */
	RMI_FIELD_BOOL,
	RMI_FIELD_NAME, /**< `text` is the meaning; NULL: the value is reserved */
};

/** One field of a word. */
struct rmi_field {
	const char *name; /**< static */
	const char *text; /**< static; RMI_FIELD_NAME only */
	uint64_t value;
	enum rmi_field_type type;
};

/** No word has more fields. */
#define RMI_MAX_FIELDS 20

/** A word with its meaning. */
struct rmi_decoded {
	struct rmi_field fields[RMI_MAX_FIELDS];
	unsigned nr;
	const char *problem; /**< why the word is no valid encoding, NULL when it is one; static */
};

/** Take `word` apart. Kinds without fields (numbers, addresses) give one field, "value". */
void rmi_decode(const struct rmi_format_config *config, enum rmi_kind kind, uint64_t word,
		struct rmi_decoded *decoded);

/** The field called `name`, or NULL. */
const struct rmi_field *rmi_decoded_field(const struct rmi_decoded *decoded, const char *name);

/**
 * One word in short, as a trace shows it: "RMI_ERROR_RTT level 2", "0xb8b59000 4KiB UNDELEGATED".
 * @return the length it needs without the final 0, as snprintf does
 */
size_t rmi_format(char *buf, size_t size, const struct rmi_format_config *config,
		  enum rmi_kind kind, uint64_t word);

/** "RMI_RTT_UNPROT_MAP", "RSI_HOST_CALL", "PSCI_CPU_ON"; NULL when the edition has no such function. */
const char *rmi_fid_name(enum rmi_edition edition, uint64_t fid);
/** The i-th named FID of an edition, in ascending order; 0 behind the last. */
uint64_t rmi_fid_at(enum rmi_edition edition, unsigned i);

/** Fields of ESR_EL2 for an abort. */
struct rmi_esr {
	unsigned ec, sas, srt, fsc;
	bool il, isv, sse, sf, fnv, ea, cm, s1ptw, wnr;
};

/** Class of an abort, from its fault status code. */
enum rmi_fault {
	RMI_FAULT_OTHER,
	RMI_FAULT_ADDRESS_SIZE,
	RMI_FAULT_TRANSLATION,
	RMI_FAULT_ACCESS_FLAG,
	RMI_FAULT_PERMISSION,
	RMI_FAULT_EXTERNAL,
	RMI_FAULT_EXTERNAL_WALK,
	RMI_FAULT_GPF,
	RMI_FAULT_GPF_WALK,
};

/** @{ */
/** Exception class (ESR_EL2.EC) of an instruction or data abort of the guest. */
#define RMI_EC_IABT_LOW 0x20u
#define RMI_EC_DABT_LOW 0x24u
/** @} */

/** Take ESR_EL2 apart as that of an abort, whatever its class. */
struct rmi_esr rmi_esr_decode(uint64_t esr);
const char *rmi_ec_name(unsigned ec); /**< "DABT_LOW"; NULL when not known */
/** What a fault status code says; *level is -1..3, untouched when the code has none. */
enum rmi_fault rmi_fsc_fault(unsigned fsc, int *level);
/** "translation fault, level 3"; NULL when reserved. */
const char *rmi_fsc_name(unsigned fsc);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
#endif
