/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fingerprints: of a kernel image and of a configuration, for strings that shall fit no other.
 *
 * Of an image what the machine loads is taken, without its notes: a build elsewhere, with other paths in what it
 * tells debuggers, is the same image.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replay.h"

/* Images */

/* Bytes [at, end) of the file without those of notes from the i-th header on. */
static void add_bytes(SHA2_CTX *sha, const unsigned char *file, const ElfW(Phdr) * ph, unsigned nr,
		      unsigned i, uint64_t at, uint64_t end)
{
	for (; i < nr; i++) {
		uint64_t note = ph[i].p_offset, behind = note + ph[i].p_filesz;

		if (ph[i].p_type != PT_NOTE || note >= end || behind <= at)
			continue;
		if (note > at)
			add_bytes(sha, file, ph, nr, i + 1, at, note);
		if (behind < end)
			add_bytes(sha, file, ph, nr, i + 1, behind, end);
		return;
	}
	SHA256Update(sha, file + at, (size_t)(end - at));
}

static bool add_file(SHA2_CTX *sha, const unsigned char *file, size_t size)
{
	const ElfW(Ehdr) *elf = (const void *)file;
	const ElfW(Phdr) * ph;
	uint64_t headers;

	if (size < sizeof(*elf) || elf->e_phentsize != sizeof(*ph) ||
	    elf->e_phoff % sizeof(void *) || elf->e_phoff > size ||
	    elf->e_phnum > (size - elf->e_phoff) / sizeof(*ph))
		return false;
	ph = (const void *)(file + elf->e_phoff);
	headers = elf->e_phoff + (uint64_t)elf->e_phnum * sizeof(*ph);
	for (unsigned i = 0; i < elf->e_phnum; i++) {
		uint64_t at = ph[i].p_offset, end = at + ph[i].p_filesz;

		if (at > size || ph[i].p_filesz > size - at)
			return false;
		if (ph[i].p_type != PT_LOAD)
			continue;
		SHA256Update(sha, (const void *)&ph[i].p_vaddr, sizeof(ph[i].p_vaddr));
		/* the file's own headers say where the sections for debuggers are */
		if (at < headers)
			at = headers < end ? headers : end;
		add_bytes(sha, file, ph, elf->e_phnum, 0, at, end);
	}
	return true;
}

bool sim_image_fingerprint(const struct sim_image *image, uint32_t *print, char *why, size_t size)
{
	const char *path = sim_image_path(image);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *file = MAP_FAILED;
	unsigned char digest[32];
	struct stat st = { 0 };
	bool ok = false;
	SHA2_CTX sha;

	if (fd >= 0 && !fstat(fd, &st) && st.st_size > 0)
		file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file != MAP_FAILED) {
		SHA256Init(&sha);
		ok = add_file(&sha, file, (size_t)st.st_size);
		SHA256Final(digest, &sha);
		munmap(file, (size_t)st.st_size);
	}
	if (fd >= 0)
		close(fd);
	if (!ok)
		snprintf(why, size, "the file of kernel image '%s' is no longer what was loaded",
			 sim_image_name(image));
	else
		*print = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 |
			 (uint32_t)digest[2] << 8 | digest[3];
	return ok;
}

/* Configurations */

static void add(uint64_t *hash, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		*hash = (*hash ^ (value >> 8 * i & 0xff)) * UINT64_C(0x100000001b3);
}

/* All but the name; a member at a time, since what lies between them is nothing. */
static void add_profile(uint64_t *hash, const struct rmm_profile *p)
{
	add(hash, p->extent);
	add(hash, p->one_granule);
	add(hash, p->poison);
	add(hash, p->unprot_unmap_needs_mapped);
	add(hash, p->unmap_needs_alignment);
	add(hash, p->sro_cannot_cancel);
	add(hash, p->donate_finishes);
	add(hash, p->hide_wnr);
	add(hash, p->s2ap_bit0_is_read);
	add(hash, p->rem_unpadded);
	add(hash, p->rim_of_params);
	add(hash, p->granule_tables);
	add(hash, p->rec_granules);
	add(hash, p->config_get_any_state);
	add(hash, p->tracking_granules);
	add(hash, p->rec_contig);
	add(hash, p->tf_rmm);
	for (unsigned i = 0; i < 5; i++)
		add(hash, p->features[i]);
	add(hash, p->donate_granules);
}

static const struct rmm_profile *profile_of(const struct sim_config *config)
{
	if (config->custom_profile)
		return config->custom_profile;
	return rmm_profile_find(config->profile ? config->profile : "strict");
}

uint32_t sim_config_fingerprint(const struct sim_config *config)
{
	const struct rmm_profile *profile = profile_of(config);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	if (profile)
		add_profile(&hash, profile);
	add(&hash, config->nr_banks);
	for (unsigned i = 0; i < config->nr_banks && i < RMM_MAX_BANKS; i++) {
		add(&hash, config->banks[i].base);
		add(&hash, config->banks[i].size);
		add(&hash, config->banks[i].kind);
	}
	add(&hash, config->answer != NULL);
	if (config->first_bank)
		add(&hash, config->first_bank);
	if (config->spare_pages || config->pages_downwards || config->ipa_offset) {
		add(&hash, config->spare_pages);
		add(&hash, config->pages_downwards);
		add(&hash, config->ipa_offset);
	}
	return (uint32_t)(hash ^ hash >> 32);
}

void sim_replay_describe(const struct runner *r, const char *name, struct sim_replay_about *about)
{
	const struct rmm_profile *profile = profile_of(&r->config);

	*about = (struct sim_replay_about){
		.edition = r->config.edition,
		.granule_points = r->config.granule_points,
		.first_bank = r->config.first_bank,
		.spare_pages = r->config.spare_pages,
		.pages_downwards = r->config.pages_downwards,
		.ipa_offset = r->config.ipa_offset,
		.failures = r->config.failures & (SIM_LEGAL_FAILURES | SIM_WRONG_ANSWERS),
	};
	snprintf(about->scenario, sizeof(about->scenario), "%s", name && *name ? name : "?");
	snprintf(about->kernel, sizeof(about->kernel), "%s", sim_image_name(r->config.image));
	snprintf(about->profile, sizeof(about->profile), "%s",
		 profile && profile->name && *profile->name ? profile->name : "?");
}
