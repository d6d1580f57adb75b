/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of the ABI taken apart by the library (rmm-abi 1, 2, 6.1, 7; OP-2, OP-3, OP-22, OP-58; the
 * architecture's ISS of aborts). tests/cli/decode.c asks the same of the command line.
 */
#include <string.h>

#include <rmisim/decode.h>

#include "host.h"

static const struct rmi_format_config bet1 = { .edition = RMI_BET1 };
static const struct rmi_format_config bet3 = { .edition = RMI_BET3 };
static const struct rmi_format_config large = { .edition = RMI_BET1, .granule_shift = 16 };
static const struct rmi_format_config bit0_read = { .s2ap_bit0_is_read = true };

struct row {
	const struct rmi_format_config *config;
	enum rmi_kind kind;
	uint64_t word;
	const char *text;    /* rmi_format() */
	const char *problem; /* a part of it, NULL: none */
};

static void check(const struct row *r)
{
	struct rmi_decoded d;
	char text[128];

	rmi_decode(r->config, r->kind, r->word, &d);
	if (!d.problem != !r->problem || (r->problem && !strstr(d.problem, r->problem)))
		fail_msg("%#llx: %s, expected %s", (unsigned long long)r->word,
			 d.problem ? d.problem : "no problem", r->problem ? r->problem : "none");
	assert_int_equal(rmi_format(text, sizeof(text), r->config, r->kind, r->word),
			 strlen(r->text));
	assert_string_equal(text, r->text);
	/* and in no room at all */
	assert_int_equal(rmi_format(text, 0, r->config, r->kind, r->word), strlen(r->text));
	assert_int_equal(rmi_format(text, 3, r->config, r->kind, r->word), strlen(r->text));
	assert_memory_equal(text, r->text, strlen(r->text) < 2 ? strlen(r->text) : 2);
}

#define CHECK(rows)                                                         \
	for (size_t row = 0; row < sizeof(rows) / sizeof((rows)[0]); row++) \
	check(&(rows)[row])

static void a_result_names_its_status_and_what_goes_with_it(void **state)
{
	static const struct row rows[] = {
		{ &bet1, RMI_KIND_RESULT, 0, "RMI_SUCCESS" },
		{ &bet1, RMI_KIND_RESULT, 1, "RMI_ERROR_INPUT" },
		{ NULL, RMI_KIND_RESULT, 0x204, "RMI_ERROR_RTT level 2" },
		{ &bet1, RMI_KIND_RESULT, 0x307, "RMI_ERROR_RTT_AUX level 3" },
		{ &bet1, RMI_KIND_RESULT, 0x108, "RMI_ERROR_PSMMU_ST level 1" },
		{ &bet1, RMI_KIND_RESULT, 0x109, "RMI_ERROR_DPT level 1" },
		{ &bet1, RMI_KIND_RESULT, 0xff04, "RMI_ERROR_RTT level -1" },
		{ &bet1, RMI_KIND_RESULT, 0x50d, "RMI_INCOMPLETE DONATE CAN_CANCEL" },
		{ &bet1, RMI_KIND_RESULT, 0x10d, "RMI_INCOMPLETE DONATE CANNOT_CANCEL" },
		{ &bet1, RMI_KIND_RESULT, 0x00d, "RMI_INCOMPLETE NONE CANNOT_CANCEL" },
		{ &bet1, RMI_KIND_RESULT, 0x20d, "RMI_INCOMPLETE RECLAIM CANNOT_CANCEL" },
		{ &bet1, RMI_KIND_RESULT, 0x30d, "RMI_INCOMPLETE ? CANNOT_CANCEL",
		  "reserved memory request" },
		{ &bet1, RMI_KIND_RESULT, 0x80d, "RMI_INCOMPLETE NONE CANNOT_CANCEL",
		  "does not define" },
		{ &bet1, RMI_KIND_RESULT, 0x101, "RMI_ERROR_INPUT", "does not define" },
		{ &bet1, RMI_KIND_RESULT, 0x11, "0x11", "reserved status" },
		{ &bet1, RMI_KIND_RESULT, UINT64_MAX, "NOT_SUPPORTED", "NOT_SUPPORTED" },
		{ &bet1, RMI_KIND_RESULT, 12, "RMI_ERROR_TRACKING" },
		{ &bet1, RMI_KIND_RESULT, 0x8000010c, "RMI_ERROR_TRACKING", "does not define" },
		{ &bet3, RMI_KIND_RESULT, 0x8000010c, "RMI_ERROR_TRACKING level 1" },
		{ &bet3, RMI_KIND_RESULT, 0x8000020f, "RMI_ERROR_GPT level 2" },
		{ &bet3, RMI_KIND_RESULT, 0x80000209, "RMI_ERROR_DPT level 2" },
		{ &bet3, RMI_KIND_RESULT, 0x80000204, "RMI_ERROR_RTT level 2", "does not define" },
	};
	const struct rmi_field *address;
	struct rmi_decoded d;

	CHECK(rows);
	/* PA >> granule shift, from bit 16 up */
	rmi_decode(&bet3, RMI_KIND_RESULT, UINT64_C(0x80001) << 16 | 0x10c, &d);
	address = rmi_decoded_field(&d, "address");
	assert_non_null(address);
	assert_hex(address->value, 0x80001000);
	rmi_decode(&bet1, RMI_KIND_RESULT, 12, &d);
	assert_null(rmi_decoded_field(&d, "address"));
	assert_null(rmi_decoded_field(&d, "level"));
}

static void a_descriptor_tells_base_blocks_and_state(void **state)
{
	static const struct row rows[] = {
		{ &bet1, RMI_KIND_DESC, 0, "0" },
		{ &bet1, RMI_KIND_DESC, 0xb8b59004, "0xb8b59000 4KiB DELEGATED" },
		{ &bet1, RMI_KIND_DESC, UINT64_C(1) << 63 | 0xb8b59004,
		  "0xb8b59000 4KiB UNDELEGATED" },
		{ &bet1, RMI_KIND_DESC, 0x8000000d, "0x80000000 3*2MiB DELEGATED" },
		{ &bet1, RMI_KIND_DESC, 0x80001005, "0x80001000 2MiB DELEGATED invalid",
		  "aligned" },
		{ &bet1, RMI_KIND_DESC, 0x7, "0x0 512GiB DELEGATED" },
		{ &bet3, RMI_KIND_DESC, UINT64_C(2) << 62 | 4, "0x0 4KiB CONDITIONAL" },
		{ &bet3, RMI_KIND_DESC, UINT64_C(3) << 62 | 4, "0x0 4KiB ? invalid",
		  "reserved memory state" },
		{ &bet1, RMI_KIND_DESC, UINT64_C(1) << 52 | 4, "0x0 4KiB DELEGATED invalid",
		  "reserved bits" },
	};
	struct rmi_decoded d;

	CHECK(rows);
	rmi_decode(&large, RMI_KIND_DESC, 7, &d);
	assert_string_equal(d.problem, "BLOCK_L0 does not exist with 64 KiB granules");
	assert_int_equal(rmi_decoded_field(&d, "size")->value, 0);
}

static void a_request_for_memory_tells_what_is_wanted(void **state)
{
	static const struct row rows[] = {
		{ &bet1, RMI_KIND_DONATE_REQ, 0, "0" },
		{ &bet1, RMI_KIND_DONATE_REQ, 16 << 2, "16*4KiB NON_CONTIG DELEGATED" },
		{ &bet1, RMI_KIND_DONATE_REQ, 1 << 16 | 2 << 2 | 1, "2*2MiB CONTIG DELEGATED" },
		{ &bet1, RMI_KIND_DONATE_REQ, 1 << 17 | 4, "1*4KiB NON_CONTIG UNDELEGATED" },
		{ &bet1, RMI_KIND_DONATE_REQ, 1 << 18 | 4, "1*4KiB NON_CONTIG DELEGATED invalid",
		  "reserved bits" },
		{ &bet3, RMI_KIND_DONATE_REQ, 2 << 17 | 4, "1*4KiB NON_CONTIG CONDITIONAL" },
		{ &bet3, RMI_KIND_DONATE_REQ, 3 << 17 | 4, "1*4KiB NON_CONTIG ? invalid",
		  "reserved memory state" },
	};
	struct rmi_decoded d;

	CHECK(rows);
	rmi_decode(&large, RMI_KIND_DONATE_REQ, 7, &d);
	assert_string_equal(d.problem, "BLOCK_L0 does not exist with 64 KiB granules");
}

static void flags_are_named_and_zero_numbers_left_out(void **state)
{
	static const struct row rows[] = {
		{ NULL, RMI_KIND_UNPROT_FLAGS, 0x1e0001, "SINGLE|memattr=NORMAL|s2ap=RW" },
		{ NULL, RMI_KIND_PROT_FLAGS, 0x802, "LIST|list_count=512" },
		{ NULL, RMI_KIND_PROT_FLAGS, 3, "0x3", "reserved value" },
		{ NULL, RMI_KIND_PROT_FLAGS, 1 << 16, "0x10000", "reserved bits" },
		{ NULL, RMI_KIND_REC_FLAGS, 0, "0" },
		{ NULL, RMI_KIND_REC_FLAGS, 1, "runnable" },
		{ NULL, RMI_KIND_AUX_UNMAP_FLAGS, 3, "tree_index=3" },
	};

	CHECK(rows);
}

/* OP-58: which bit of direct s2ap reads. */
static void which_bit_of_s2ap_reads_is_configured(void **state)
{
	struct rmi_decoded d;

	for (unsigned bits = 1; bits <= 2; bits++) {
		rmi_decode(&bet1, RMI_KIND_UNPROT_FLAGS, bits << 19 | 1, &d);
		assert_string_equal(rmi_decoded_field(&d, "s2ap")->text, bits == 1 ? "W" : "R");
		rmi_decode(&bit0_read, RMI_KIND_UNPROT_FLAGS, bits << 19 | 1, &d);
		assert_string_equal(rmi_decoded_field(&d, "s2ap")->text, bits == 1 ? "R" : "W");
	}
}

static void other_words_are_numbers_and_names(void **state)
{
	static const struct row rows[] = {
		{ NULL, RMI_KIND_DEC, 17, "17" },
		{ NULL, RMI_KIND_LEVEL, UINT64_MAX, "-1" },
		{ NULL, RMI_KIND_VERSION, 0x20000, "2.0" },
		{ NULL, RMI_KIND_VERSION, 0x10001, "1.1" },
		{ NULL, RMI_KIND_PA, 0x80001000, "0x80001000" },
		{ NULL, RMI_KIND_HANDLE, 0, "0x0" },
		{ NULL, RMI_KIND_FID, 0xc4000150, "RMI_VERSION" },
		{ &bet3, RMI_KIND_FID, 0xc400015c, "RMI_REC_ENTER" },
		{ NULL, RMI_KIND_FID, 0x12345, "0x12345", "not a function" },
		{ NULL, RMI_KIND_ESR, 0x92000007, "0x92000007" },
	};

	CHECK(rows);
}

/* The architecture's fault status codes of ISS; -2: no level. */
static void a_fault_status_code_has_a_kind_and_a_level(void **state)
{
	static const struct {
		unsigned first, last;
		enum rmi_fault fault;
		int level;
	} rows[] = {
		{ 0x00, 0x03, RMI_FAULT_ADDRESS_SIZE, 0 },
		{ 0x04, 0x07, RMI_FAULT_TRANSLATION, 0 },
		{ 0x08, 0x0b, RMI_FAULT_ACCESS_FLAG, 0 },
		{ 0x0c, 0x0f, RMI_FAULT_PERMISSION, 0 },
		{ 0x10, 0x10, RMI_FAULT_EXTERNAL, -2 },
		{ 0x11, 0x12, RMI_FAULT_OTHER, -2 },
		{ 0x13, 0x17, RMI_FAULT_EXTERNAL_WALK, -1 },
		{ 0x18, 0x22, RMI_FAULT_OTHER, -2 },
		{ 0x23, 0x27, RMI_FAULT_GPF_WALK, -1 },
		{ 0x28, 0x28, RMI_FAULT_GPF, -2 },
		{ 0x29, 0x29, RMI_FAULT_ADDRESS_SIZE, -1 },
		{ 0x2b, 0x2b, RMI_FAULT_TRANSLATION, -1 },
		{ 0x30, 0x40, RMI_FAULT_OTHER, -2 },
	};
	struct rmi_decoded d;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (unsigned fsc = rows[i].first; fsc <= rows[i].last; fsc++) {
			int level = -2, step = (int)(fsc - rows[i].first);

			assert_int_equal(rmi_fsc_fault(fsc, &level), rows[i].fault);
			assert_int_equal(level, rows[i].level == -2 ? -2 : rows[i].level + step);
		}
	}
	assert_string_equal(rmi_fsc_name(0x07), "translation fault, level 3");
	assert_null(rmi_fsc_name(0x12));
	assert_null(rmi_fsc_name(64));
	assert_string_equal(rmi_ec_name(0x24), "DABT_LOW");
	assert_null(rmi_ec_name(0x3f));
	assert_null(rmi_ec_name(64));
	/* external: no level to show */
	rmi_decode(NULL, RMI_KIND_ESR, 0x92000010, &d);
	assert_null(d.problem);
	assert_null(rmi_decoded_field(&d, "level"));
	rmi_decode(NULL, RMI_KIND_ESR, 0x92000012, &d);
	assert_string_equal(d.problem, "reserved fault status code");
}

/* EC 0x20, 0x21: no ISV; 0x24, 0x25: the access; anything else: its ISS as it is. */
static void an_abort_shows_the_access_and_another_class_its_iss(void **state)
{
	struct rmi_decoded d;

	for (unsigned ec = 0; ec < 64; ec++) {
		bool data = ec == 0x24 || ec == 0x25, abort = data || ec == 0x20 || ec == 0x21;

		rmi_decode(NULL, RMI_KIND_ESR, (uint64_t)ec << 26 | 1 << 25 | 7, &d);
		assert_int_equal(rmi_decoded_field(&d, "ec")->value, ec);
		assert_int_equal(!!rmi_decoded_field(&d, "iss"), !abort);
		assert_int_equal(!!rmi_decoded_field(&d, "level"), abort);
		assert_int_equal(!!rmi_decoded_field(&d, "isv"), data);
		assert_int_equal(!!rmi_decoded_field(&d, "wnr"), data);
		assert_null(rmi_decoded_field(&d, "srt"));
		assert_int_equal(!d.problem, !!rmi_ec_name(ec));
	}
	/* ISV, SAS 3, SRT 5 */
	rmi_decode(NULL, RMI_KIND_ESR, 0x93c50007, &d);
	assert_int_equal(rmi_decoded_field(&d, "access_size")->value, 8);
	assert_int_equal(rmi_decoded_field(&d, "srt")->value, 5);
}

/* rmm-abi 3: it has a number, and no edition that is modelled has the function. */
static void a_function_of_bet0_is_named_and_told(void **state)
{
	for (int e = RMI_BET1; e <= RMI_BET3; e++) {
		const struct rmi_format_config config = { .edition = (enum rmi_edition)e };
		struct rmi_decoded d;

		rmi_decode(&config, RMI_KIND_FID, RMI_FID_BASE + 0x1eb, &d);
		assert_string_equal(rmi_decoded_field(&d, "name")->text, "RMI_CMEM_UNPOPULATE");
		assert_non_null(strstr(d.problem, "bet0"));
		rmi_decode(&config, RMI_KIND_FID, RMI_RTT_CREATE, &d);
		assert_null(d.problem);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_result_names_its_status_and_what_goes_with_it),
		TEST(a_descriptor_tells_base_blocks_and_state),
		TEST(a_request_for_memory_tells_what_is_wanted),
		TEST(flags_are_named_and_zero_numbers_left_out),
		TEST(which_bit_of_s2ap_reads_is_configured),
		TEST(other_words_are_numbers_and_names),
		TEST(a_fault_status_code_has_a_kind_and_a_level),
		TEST(an_abort_shows_the_access_and_another_class_its_iss),
		TEST(a_function_of_bet0_is_named_and_told),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
