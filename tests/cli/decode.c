/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmisim decode: every KIND, edition and granule size. The words are those of the fact sheets (rmm-abi 2, 6.2,
 * 7; kvm-fault-dispatch A8), not of an encoder.
 */
#include <stdio.h>
#include <string.h>

#include "run.h"

static void the_descriptor_of_the_real_log_line(void **state)
{
	const struct run *r = rmisim("decode", "--json", "desc", "0xb8b59004", NULL);

	assert_json(r, 0);
	assert_says(r, "\"base\":\"0xb8b59000\"");
	assert_says(r, "\"unit\":4096");
	assert_says(r, "\"count\":1");
	assert_says(r, "\"size\":4096");
	assert_says(r, "\"state\":\"DELEGATED\"");
}

static void a_result_has_status_and_level(void **state)
{
	const struct run *r = rmisim("decode", "--json", "result", "0x204", NULL);

	assert_json(r, 0);
	assert_says(r, "\"status\":\"RMI_ERROR_RTT\"");
	assert_says(r, "\"level\":2");
}

struct desc {
	const char *granule, *edition, *word, *base, *unit, *count, *state;
};

static void descriptors_of_every_granule_size_and_edition(void **state)
{
	static const struct desc rows[] = {
		{ "4k", "bet1", "0x800000004", "0x800000000", "4096", "1", "DELEGATED" },
		{ "4k", "bet1", "0x80000000C", "0x800000000", "4096", "3", "DELEGATED" },
		{ "4k", "bet1", "0x8000000800000004", "0x800000000", "4096", "1", "UNDELEGATED" },
		{ "4k", "bet1", "0x800000005", "0x800000000", "2097152", "1", "DELEGATED" },
		{ "4k", "bet1", "0x800000006", "0x800000000", "1073741824", "1", "DELEGATED" },
		{ "4k", "bet1", "0x10000000007", "0x10000000000", "549755813888", "1",
		  "DELEGATED" },
		{ "4k", "bet1", "0x8800007FC", "0x880000000", "4096", "511", "DELEGATED" },
		{ "16k", "bet1", "0x800000004", "0x800000000", "16384", "1", "DELEGATED" },
		{ "16k", "bet1", "0x800000005", "0x800000000", "33554432", "1", "DELEGATED" },
		{ "16k", "bet1", "0x2000000006", "0x2000000000", "68719476736", "1", "DELEGATED" },
		{ "16k", "bet1", "0x1000000000007", "0x1000000000000", "140737488355328", "1",
		  "DELEGATED" },
		{ "16k", "bet1", "0x880001FFC", "0x880000000", "16384", "2047", "DELEGATED" },
		{ "64k", "bet1", "0x80000000C", "0x800000000", "65536", "3", "DELEGATED" },
		{ "64k", "bet1", "0x8000000800000005", "0x800000000", "536870912", "1",
		  "UNDELEGATED" },
		{ "64k", "bet1", "0x80000000006", "0x80000000000", "4398046511104", "1",
		  "DELEGATED" },
		{ "64k", "bet1", "0x880007FFC", "0x880000000", "65536", "8191", "DELEGATED" },
		/* the largest counts: 10, 12 and 14 bits */
		{ "4k", "bet1", "0x880000FFC", "0x880000000", "4096", "1023", "DELEGATED" },
		{ "16k", "bet1", "0x880003FFC", "0x880000000", "16384", "4095", "DELEGATED" },
		{ "64k", "bet1", "0x88000FFFC", "0x880000000", "65536", "16383", "DELEGATED" },
		{ "4k", "bet2", "0x8000000800000004", "0x800000000", "4096", "1", "UNDELEGATED" },
		{ "4k", "bet3", "0x4000000800000004", "0x800000000", "4096", "1", "UNDELEGATED" },
		{ "16k", "bet3", "0x4000000800000004", "0x800000000", "16384", "1", "UNDELEGATED" },
		{ "64k", "bet3", "0x8000000800000004", "0x800000000", "65536", "1", "CONDITIONAL" },
	};
	char text[100];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct desc *d = &rows[i];
		const struct run *r = rmisim("decode", "desc", d->word, "--json", "--granule",
					     d->granule, "--edition", d->edition, NULL);

		assert_json(r, 0);
		assert_says(r, "\"valid\":true");
		snprintf(text, sizeof(text), "\"base\":\"%s\",\"unit\":%s,\"count\":%s,", d->base,
			 d->unit, d->count);
		assert_says(r, text);
		snprintf(text, sizeof(text), "\"state\":\"%s\"", d->state);
		assert_says(r, text);
	}
}

static void invalid_descriptors_are_told(void **state)
{
	static const char *const rows[][4] = {
		{ "0x4000000800000004", "4k", "bet1", "reserved bits" }, /* bet3's UNDELEGATED */
		{ "0x10000000b8b59004", "4k", "bet3", "reserved bits" },
		{ "0xc000000800000004", "4k", "bet3", "reserved memory state" },
		{ "0x800000007", "64k", "bet1", "BLOCK_L0" },
		{ "0xb8b59005", "4k", "bet1", "not aligned" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct run *r = rmisim("decode", "desc", rows[i][0], "--json", "--granule",
					     rows[i][1], "--edition", rows[i][2], NULL);

		assert_json(r, 0);
		assert_says(r, "\"valid\":false");
		assert_says(r, rows[i][3]);
	}
}

/* kind, word, edition, then two things the answer holds */
static const char *const words[][5] = {
	{ "result", "0x0", "bet1", "\"status\":\"RMI_SUCCESS\"", "\"valid\":true" },
	{ "result", "0x307", "bet1", "\"status\":\"RMI_ERROR_RTT_AUX\"", "\"level\":3" },
	{ "result", "0x50d", "bet1", "\"mem\":\"DONATE\"", "\"cancel\":\"CAN_CANCEL\"" },
	{ "result", "0x10d", "bet2", "\"mem\":\"DONATE\"", "\"cancel\":\"CANNOT_CANCEL\"" },
	{ "result", "0x20d", "bet3", "\"mem\":\"RECLAIM\"", "\"status\":\"RMI_INCOMPLETE\"" },
	{ "result", "0xff04", "bet1", "\"level\":-1", "\"valid\":true" },
	{ "result", "0x211", "bet1", "\"valid\":false", "reserved status" },
	{ "result", "0x201", "bet1", "\"valid\":false", "RMI_ERROR_INPUT" },
	{ "flags", "0x1e0001", "bet1", "\"oaddr_type\":\"SINGLE\"",
	  "\"memattr\":\"NORMAL\",\"s2ap\":\"RW\"" },
	{ "flags", "0x80000", "bet1", "\"s2ap\":\"W\"", "\"oaddr_type\":\"NONE\"" },
	{ "flags", "0x50802", "bet3", "\"list_count\":512", "\"memattr\":\"NORMAL_NC\"" },
	{ "flags", "0x3", "bet1", "\"oaddr_type\":null", "\"valid\":false" },
	{ "flags", "0x8000000000000001", "bet1", "\"valid\":false", "reserved bits" },
	{ "esr", "0x92000007", "bet1", "\"class\":\"DABT_LOW\"", "translation fault, level 3" },
	{ "esr", "0x91c08047", "bet1", "\"isv\":true,\"sas\":3,\"access_size\":8", "\"wnr\":true" },
	{ "esr", "0x9200004f", "bet1", "permission fault, level 3", "\"level\":3" },
	{ "esr", "0x82000006", "bet1", "\"class\":\"IABT_LOW\"", "\"level\":2" },
	{ "fid", "0xc40001fb", "bet1", "\"name\":\"RMI_RTT_UNPROT_MAP\"", "\"interface\":\"RMI\"" },
	{ "fid", "0xc4000197", "bet1", "\"name\":\"RSI_IPA_STATE_SET\"", "\"interface\":\"RSI\"" },
	{ "fid", "0xc4000003", "bet1", "\"name\":\"PSCI_CPU_ON\"", "\"interface\":\"PSCI\"" },
	{ "fid", "0xc40001d6", "bet1", "RMI_VSMMU_EVENT_NOTIFY", "\"valid\":true" },
	{ "fid", "0xc40001d6", "bet3", "RMI_VSMMU_EVENT_HANDLE", "\"valid\":true" },
	{ "fid", "0xc4000170", "bet1", "\"name\":null", "\"valid\":false" },
	{ "fid", "0xc4000170", "bet3", "RMI_ATTEST_PLAT_TOKEN_REFRESH", "\"valid\":true" },
	{ "fid", "0xc400018e", "bet3", "\"name\":null", "\"valid\":false" },
	{ "fid", "0xc4000211", "bet3", "RMI_GPT_INFO", "\"valid\":true" },
	{ "ripas", "1", "bet1", "\"ripas\":\"RAM\"", "\"valid\":true" },
	{ "ripas", "2", "bet3", "\"ripas\":\"DESTROYED\"", "\"valid\":true" },
	{ "ripas", "4", "bet2", "\"ripas\":null", "\"valid\":false" },
	{ "donate", "0x40", "bet1", "\"count\":16",
	  "\"contig\":\"NON_CONTIG\",\"state\":\"DELEGATED\"" },
	{ "donate", "0x30009", "bet1", "\"unit\":2097152,\"count\":2",
	  "\"contig\":\"CONTIG\",\"state\":\"UNDELEGATED\"" },
	{ "donate", "0x20004", "bet3", "\"state\":\"UNDELEGATED\"", "\"valid\":true" },
	{ "donate", "0x40004", "bet3", "\"state\":\"CONDITIONAL\"", "\"valid\":true" },
	{ "donate", "0x40004", "bet2", "\"valid\":false", "reserved bits" },
};

static void words_of_every_kind(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct run *r = rmisim("decode", words[i][0], words[i][1], "--edition",
					     words[i][2], "--json", NULL);

		assert_json(r, 0);
		assert_says(r, words[i][3]);
		assert_says(r, words[i][4]);
	}
}

static void every_kind_edition_and_granule_answers(void **state)
{
	static const char *const kinds[] = { "desc", "flags", "result", "esr",
					     "fid",  "ripas", "donate" };
	static const char *const editions[] = { "bet1", "bet2", "bet3" };
	static const char *const granules[] = { "4k", "16k", "64k" };
	static const char *const any[] = { "0", "0x5", "0xffffffffffffffff" };
	unsigned k, e, g, w;

	for (k = 0; k < 7; k++)
		for (e = 0; e < 3; e++)
			for (g = 0; g < 3; g++)
				for (w = 0; w < 3; w++)
					assert_json(rmisim("decode", "--json", kinds[k], any[w],
							   "--edition", editions[e], "--page-size",
							   granules[g], NULL),
						    0);
}

static void flags_depend_on_the_command(void **state)
{
	const struct run *r =
		rmisim("decode", "flags", "1", "--json", "--command", "RTT_DATA_MAP_INIT", NULL);

	assert_json(r, 0);
	assert_says(r, "\"measure\":\"MEASURE_CONTENT\"");
	r = rmisim("decode", "flags", "0x11", "--json", "--command=RMI_REC_ENTER", NULL);
	assert_says(r, "\"emul_mmio\":true");
	assert_says(r, "\"ripas_response\":\"REJECT\"");
	r = rmisim("decode", "flags", "0x1e0001", "--json", "--command", "RTT_DATA_MAP", NULL);
	assert_says(r, "\"valid\":false");
}

static void text_is_for_people(void **state)
{
	const struct run *r = rmisim("decode", "desc", "0x80000000b8b59004", NULL);

	assert_int_equal(r->status, 0);
	assert_says(r, "UNDELEGATED");
	r = rmisim("decode", "result", "0x304", NULL);
	assert_says(r, "RMI_ERROR_RTT level 3");
}

/* No block of level 0 exists with 64 KiB granules, so there is no size either (kvm-fault-dispatch 1.2). */
static void a_block_that_does_not_exist_has_no_size(void **state)
{
	const struct run *r = rmisim("decode", "--json", "desc", "0x71f", "--granule", "64k", NULL);

	assert_json(r, 0);
	assert_says(r, "\"valid\":false");
	assert_says(r, "\"size\":0");
	r = rmisim("decode", "desc", "0x71f", "--granule", "64k", NULL);
	assert_null(strstr(r->out, "-"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_descriptor_of_the_real_log_line),
		cmocka_unit_test(a_result_has_status_and_level),
		cmocka_unit_test(descriptors_of_every_granule_size_and_edition),
		cmocka_unit_test(invalid_descriptors_are_told),
		cmocka_unit_test(words_of_every_kind),
		cmocka_unit_test(every_kind_edition_and_granule_answers),
		cmocka_unit_test(flags_depend_on_the_command),
		cmocka_unit_test(text_is_for_people),
		cmocka_unit_test(a_block_that_does_not_exist_has_no_size),
	};

	return cmocka_run_group_tests_name("rmisim decode", tests, NULL, NULL);
}
