/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ESR_EL2 of an exception that a REC exit reports: class, and for aborts the syndrome.
 * Field places: DEN0137 2.0 A4.3.4 and the Arm architecture, ISS of Data and Instruction Aborts.
 */
#include <stdio.h>
#include <string.h>

#include "decode.h"

static const char *const ec_names[64] = {
	[0x00] = "UNKNOWN",  [0x01] = "WFx",         [0x07] = "FP_ASIMD",    [0x0e] = "ILL",
	[0x11] = "SVC32",    [0x12] = "HVC32",       [0x13] = "SMC32",       [0x15] = "SVC64",
	[0x16] = "HVC64",    [0x17] = "SMC64",       [0x18] = "SYS64",       [0x19] = "SVE",
	[0x1d] = "SME",      [0x20] = "IABT_LOW",    [0x21] = "IABT_CUR",    [0x22] = "PC_ALIGN",
	[0x24] = "DABT_LOW", [0x25] = "DABT_CUR",    [0x26] = "SP_ALIGN",    [0x2c] = "FP_EXC64",
	[0x2f] = "SERROR",   [0x30] = "BREAKPT_LOW", [0x32] = "SOFTSTP_LOW", [0x34] = "WATCHPT_LOW",
	[0x3c] = "BRK64",
};

static const char *const fsc_names[64] = {
	[0x00] = "address size fault, level 0",
	[0x01] = "address size fault, level 1",
	[0x02] = "address size fault, level 2",
	[0x03] = "address size fault, level 3",
	[0x04] = "translation fault, level 0",
	[0x05] = "translation fault, level 1",
	[0x06] = "translation fault, level 2",
	[0x07] = "translation fault, level 3",
	[0x08] = "access flag fault, level 0",
	[0x09] = "access flag fault, level 1",
	[0x0a] = "access flag fault, level 2",
	[0x0b] = "access flag fault, level 3",
	[0x0c] = "permission fault, level 0",
	[0x0d] = "permission fault, level 1",
	[0x0e] = "permission fault, level 2",
	[0x0f] = "permission fault, level 3",
	[0x10] = "external abort",
	[0x11] = "tag check fault",
	[0x13] = "external abort on a walk, level -1",
	[0x14] = "external abort on a walk, level 0",
	[0x15] = "external abort on a walk, level 1",
	[0x16] = "external abort on a walk, level 2",
	[0x17] = "external abort on a walk, level 3",
	[0x21] = "alignment fault",
	[0x23] = "granule protection fault on a walk, level -1",
	[0x24] = "granule protection fault on a walk, level 0",
	[0x25] = "granule protection fault on a walk, level 1",
	[0x26] = "granule protection fault on a walk, level 2",
	[0x27] = "granule protection fault on a walk, level 3",
	[0x28] = "granule protection fault",
	[0x29] = "address size fault, level -1",
	[0x2b] = "translation fault, level -1",
	[0x30] = "TLB conflict abort",
	[0x31] = "unsupported atomic hardware update",
	[0x35] = "unsupported exclusive or atomic access",
};

const char *rmi_ec_name(unsigned ec)
{
	return ec < 64 ? ec_names[ec] : NULL;
}

const char *rmi_fsc_name(unsigned fsc)
{
	return fsc < 64 ? fsc_names[fsc] : NULL;
}

enum rmi_fault rmi_fsc_fault(unsigned fsc, int *level)
{
	static const enum rmi_fault by_block[4] = { RMI_FAULT_ADDRESS_SIZE, RMI_FAULT_TRANSLATION,
						    RMI_FAULT_ACCESS_FLAG, RMI_FAULT_PERMISSION };

	if (fsc < 0x10) {
		*level = (int)(fsc & 3);
		return by_block[fsc >> 2];
	}
	switch (fsc) {
	case 0x10:
		return RMI_FAULT_EXTERNAL;
	case 0x13:
	case 0x14:
	case 0x15:
	case 0x16:
	case 0x17:
		*level = (int)fsc - 0x14;
		return RMI_FAULT_EXTERNAL_WALK;
	case 0x23:
	case 0x24:
	case 0x25:
	case 0x26:
	case 0x27:
		*level = (int)fsc - 0x24;
		return RMI_FAULT_GPF_WALK;
	case 0x28:
		return RMI_FAULT_GPF;
	case 0x29:
		*level = -1;
		return RMI_FAULT_ADDRESS_SIZE;
	case 0x2b:
		*level = -1;
		return RMI_FAULT_TRANSLATION;
	}
	return RMI_FAULT_OTHER;
}

struct rmi_esr rmi_esr_decode(uint64_t esr)
{
	return (struct rmi_esr){
		.ec = esr >> 26 & 0x3f,
		.il = esr >> 25 & 1,
		.isv = esr >> 24 & 1,
		.sas = esr >> 22 & 3,
		.sse = esr >> 21 & 1,
		.srt = esr >> 16 & 0x1f,
		.sf = esr >> 15 & 1,
		.fnv = esr >> 10 & 1,
		.ea = esr >> 9 & 1,
		.cm = esr >> 8 & 1,
		.s1ptw = esr >> 7 & 1,
		.wnr = esr >> 6 & 1,
		.fsc = esr & 0x3f,
	};
}

void decode_esr(uint64_t word, struct rmi_decoded *d)
{
	struct rmi_esr e = rmi_esr_decode(word);
	int level;

	decoded_add(d, "ec", RMI_FIELD_HEX, e.ec, NULL);
	decoded_add(d, "class", RMI_FIELD_NAME, e.ec, rmi_ec_name(e.ec));
	decoded_add(d, "il", RMI_FIELD_BOOL, e.il, NULL);
	if (e.ec != RMI_EC_IABT_LOW && e.ec != RMI_EC_DABT_LOW && e.ec != 0x21 && e.ec != 0x25) {
		decoded_add(d, "iss", RMI_FIELD_HEX, word & 0x1ffffff, NULL);
		if (!rmi_ec_name(e.ec))
			d->problem = "unknown exception class";
		return;
	}
	if (e.ec == RMI_EC_DABT_LOW || e.ec == 0x25) {
		decoded_add(d, "isv", RMI_FIELD_BOOL, e.isv, NULL);
		if (e.isv) {
			decoded_add(d, "sas", RMI_FIELD_DEC, e.sas, NULL);
			decoded_add(d, "access_size", RMI_FIELD_DEC, UINT64_C(1) << e.sas, NULL);
			decoded_add(d, "sse", RMI_FIELD_BOOL, e.sse, NULL);
			decoded_add(d, "srt", RMI_FIELD_DEC, e.srt, NULL);
			decoded_add(d, "sf", RMI_FIELD_BOOL, e.sf, NULL);
		}
		decoded_add(d, "cm", RMI_FIELD_BOOL, e.cm, NULL);
		decoded_add(d, "wnr", RMI_FIELD_BOOL, e.wnr, NULL);
	}
	decoded_add(d, "set", RMI_FIELD_DEC, word >> 11 & 3, NULL);
	decoded_add(d, "fnv", RMI_FIELD_BOOL, e.fnv, NULL);
	decoded_add(d, "ea", RMI_FIELD_BOOL, e.ea, NULL);
	decoded_add(d, "s1ptw", RMI_FIELD_BOOL, e.s1ptw, NULL);
	decoded_add(d, "fsc", RMI_FIELD_HEX, e.fsc, NULL);
	decoded_add(d, "fault", RMI_FIELD_NAME, e.fsc, rmi_fsc_name(e.fsc));
	level = -2;
	rmi_fsc_fault(e.fsc, &level);
	if (level != -2)
		decoded_add(d, "level", RMI_FIELD_DEC, (uint64_t)(int64_t)level, NULL);
	if (!rmi_fsc_name(e.fsc))
		d->problem = "reserved fault status code";
}
