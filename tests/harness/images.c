/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel images: what may be loaded, what is refused and how, and that each live world has its own.
 */
#include "fake.h"

#include <sys/stat.h>
#include <unistd.h>

static void refused(const char *name, const char *reason)
{
	char why[400] = "";
	struct sim_config config = { .kernel = name };

	assert_null(sim_image_open(name, why, sizeof(why)));
	if (!strstr(why, reason))
		fail_msg("'%s' does not say '%s'", why, reason);
	assert_null(strchr(why, '\n'));
	assert_non_null(strstr(why, name)); /* names the culprit */
	/* The same through a world, also without a buffer, also in a search. */
	assert_null(sim_world_new(&config, why, sizeof(why)));
	assert_non_null(strstr(why, reason));
	assert_null(sim_world_new(&config, NULL, 0));
	assert_int_equal(sim_explore(NULL, &(struct sim_explore){ .config = config }).violations,
			 1);
}

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

static void what_does_not_exist_is_refused_with_a_remedy(void **state)
{
	refused("no-such-image", "RMISIM_IMAGES");
	refused("/no/such/file.so", "there is no kernel image");
	refused("", "there is no kernel image");
}

static void what_is_no_image_is_refused_without_loading_it(void **state)
{
	char dir[] = "/tmp/rmisim-test-XXXXXX", path[512];

	assert_non_null(mkdtemp(dir));
	refused(dir, "not a regular file");
	snprintf(path, sizeof(path), "%s/kernel-text.so", dir);
	write_file(path, "#!/bin/sh\nexit 0\n", 17);
	refused(path, "not an ELF file");
	write_file(path, "", 0);
	refused(path, "empty");
	write_file(path, "\177ELF", 4);
	refused(path, "not an ELF file");
	unlink(path);
	rmdir(dir);
	refused(fake_path(path, "not-an-image.so"), "not a kernel image");
}

/* Every length: none of them may crash the loader. */
static void a_truncated_image_is_refused(void **state)
{
	char dir[] = "/tmp/rmisim-test-XXXXXX", path[512], why[400];
	static unsigned char data[1 << 20];
	FILE *file = fopen(fake_path(path, "fake-image.so"), "rb");
	size_t size, cut;

	assert_non_null(file);
	size = fread(data, 1, sizeof(data), file);
	fclose(file);
	assert_in_range(size, 1000, sizeof(data) - 1);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/kernel-cut.so", dir);
	/* Behind what is loaded come tables for debuggers only: those may be missing. */
	for (cut = 16; cut < size; cut += cut < 256 ? 16 : 997) {
		write_file(path, data, cut);
		sim_image_close(sim_image_open(path, why, sizeof(why)));
	}
	write_file(path, data, size / 8);
	refused(path, "ELF");
	/* Program headers that point anywhere. */
	memset(data + 64, 0xff, 56 * 4);
	write_file(path, data, size);
	refused(path, "ELF");
	unlink(path);
	rmdir(dir);
}

static void an_image_of_another_abi_is_refused(void **state)
{
	char path[512];

	refused(fake_path(path, "other-abi.so"), "another rmisim");
}

static void names_are_looked_up_in_the_folders_of_the_environment(void **state)
{
	char dir[] = "/tmp/rmisim-test-XXXXXX", from[512], to[512], dirs[600], why[400] = "";
	char *before = getenv("RMISIM_IMAGES") ? strdup(getenv("RMISIM_IMAGES")) : NULL;
	struct sim_image *image;

	assert_non_null(mkdtemp(dir));
	snprintf(to, sizeof(to), "%s/kernel-fake.so", dir);
	assert_int_equal(symlink(fake_path(from, "fake-image.so"), to), 0);
	snprintf(dirs, sizeof(dirs), "/nonexistent::%s", dir);
	setenv("RMISIM_IMAGES", dirs, 1);
	image = sim_image_open("fake", why, sizeof(why));
	assert_string_equal(why, "");
	assert_non_null(image);
	assert_string_equal(sim_image_name(image), "fake");
	assert_int_equal(sim_image_page_shift(image), 12);
	assert_null(sim_image_probe(image));
	sim_image_close(image);
	unlink(to);
	rmdir(dir);
	if (before)
		setenv("RMISIM_IMAGES", before, 1);
	else
		unsetenv("RMISIM_IMAGES");
	free(before);
}

/* Counts the increments that this world's image has seen: "private" from two on. */
static bool counted_to_two(struct sim_vm *vm)
{
	return sim_vm_is_private(vm, 0);
}

static void each_live_world_has_an_image_of_its_own(void **state)
{
	char path[512], why[400] = "";
	struct sim_config config = fake_config(path);
	struct sim_image *image = sim_image_open(config.kernel, why, sizeof(why));
	struct sim_world *one, *two, *three;
	struct sim_vm *vm_one, *vm_two, *vm_three;

	assert_non_null(image);
	one = sim_world_new(&config, why, sizeof(why)); /* the file is open already: a copy */
	config.image = image;
	two = sim_world_new(&config, why, sizeof(why));
	three = sim_world_new(&config, why, sizeof(why)); /* the image is taken: a copy */
	assert_non_null(one);
	assert_non_null(two);
	assert_non_null(three);
	vm_one = sim_vm_new(one, NULL);
	vm_two = sim_vm_new(two, NULL);
	vm_three = sim_vm_new(three, NULL);
	assert_non_null(vm_one);
	assert_non_null(vm_two);
	assert_non_null(vm_three);
	sim_vm_populate(vm_two, 0, "x", 1, false, NULL);
	sim_vm_populate(vm_two, 0, "x", 1, false, NULL);
	sim_vm_populate(vm_one, 0, "x", 1, false, NULL);
	assert_false(counted_to_two(vm_one));
	assert_true(counted_to_two(vm_two));
	assert_false(counted_to_two(vm_three));
	sim_world_free(two);
	/* The borrowed image starts afresh in its next world. */
	two = sim_world_new(&config, why, sizeof(why));
	assert_non_null(two);
	vm_two = sim_vm_new(two, NULL);
	assert_non_null(vm_two);
	assert_false(counted_to_two(vm_two));
	sim_world_free(one);
	sim_world_free(two);
	sim_world_free(three);
	sim_image_close(image);
}

static void a_bad_configuration_is_refused_with_a_sentence(void **state)
{
	char path[512], why[400] = "";
	struct sim_config config = fake_config(path);
	struct sim_world *world;

	config.profile = "no-such-profile";
	assert_null(sim_world_new(&config, why, sizeof(why)));
	assert_string_equal(why, "there is no RMM profile 'no-such-profile'");
	config = fake_config(path);
	config.nr_banks = RMM_MAX_BANKS + 1;
	assert_null(sim_world_new(&config, why, sizeof(why)));
	assert_non_null(strstr(why, "banks"));
	config = fake_config(path);
	world = sim_world_new(&config, why, sizeof(why));
	assert_non_null(world);
	assert_null(sim_vm_new(world, &(struct sim_vm_config){ .ipa_bits = 20 }));
	assert_string_equal(sim_error(world), "KVM_CREATE_VM failed: -EINVAL");
	assert_null(sim_vm_new(world, &(struct sim_vm_config){ .vcpus = 100000 }));
	assert_string_equal(sim_error(world), "a VM has at most 256 vCPUs");
	assert_null(sim_violation(world));
	assert_quiescent(world);
	sim_world_free(world);
	sim_world_free(NULL);
	sim_vm_free(NULL);
	sim_image_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_exist_is_refused_with_a_remedy),
		cmocka_unit_test(what_is_no_image_is_refused_without_loading_it),
		cmocka_unit_test(a_truncated_image_is_refused),
		cmocka_unit_test(an_image_of_another_abi_is_refused),
		cmocka_unit_test(names_are_looked_up_in_the_folders_of_the_environment),
		cmocka_unit_test(each_live_world_has_an_image_of_its_own),
		cmocka_unit_test(a_bad_configuration_is_refused_with_a_sentence),
	};

	return cmocka_run_group_tests_name("images", tests, NULL, NULL);
}
