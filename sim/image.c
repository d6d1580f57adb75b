/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel images: finding, loading, and giving each world one in the state it had after loading.
 *
 * A file is looked at before the dynamic linker gets it, because the linker runs constructors of whatever it
 * is given and trusts a truncated file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

#ifndef RMISIM_IMAGE_DIR
#define RMISIM_IMAGE_DIR "/usr/local/lib/rmisim"
#endif
#ifndef RMISIM_LIBDIR /* relative to the prefix */
#define RMISIM_LIBDIR "lib"
#endif

#define MAX_SECTIONS 8
#define PATH_SIZE    4096

/* A writable stretch of the loaded file and what it held after loading. */
struct section {
	unsigned char *at, *saved;
	size_t size;
};

struct sim_image {
	void *handle;
	const struct sim_kernel_image *table;
	const struct sim_kernel_probe *probe;
	const char *exhibit;
	char *path;
	int copy_fd; /* of a private copy, else -1 */
	bool claimed;
	struct section sections[MAX_SECTIONS];
	unsigned nr_sections;
};

/* Looking at the file */

static const char *check_headers(const unsigned char *file, size_t size)
{
	const ElfW(Ehdr) *elf = (const void *)file;
	const ElfW(Phdr) * ph;

	if (size < sizeof(*elf) || memcmp(elf->e_ident, ELFMAG, SELFMAG))
		return "not an ELF file";
	if (elf->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) ||
	    elf->e_type != ET_DYN)
		return "not a loadable file of this machine";
	if (elf->e_phentsize != sizeof(*ph) || elf->e_phoff % sizeof(void *) ||
	    elf->e_phoff > size || elf->e_phnum > (size - elf->e_phoff) / sizeof(*ph))
		return "a damaged ELF file";
	ph = (const void *)(file + elf->e_phoff);
	for (unsigned i = 0; i < elf->e_phnum; i++)
		if (ph[i].p_offset > size || ph[i].p_filesz > size - ph[i].p_offset)
			return "a truncated ELF file";
	if (!memmem(file, size, SIM_KERNEL_IMAGE_SYMBOL, sizeof(SIM_KERNEL_IMAGE_SYMBOL)))
		return "a library, but not a kernel image (no " SIM_KERNEL_IMAGE_SYMBOL ")";
	/* Its run-time library would end the process. */
	if (memmem(file, size, "__asan_init", sizeof("__asan_init")) &&
	    !dlsym(RTLD_DEFAULT, "__asan_init"))
		return "built with AddressSanitizer, and this program is not";
	return NULL;
}

static const char *check_content(int fd, size_t size)
{
	void *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	const char *wrong;

	if (!file || file == MAP_FAILED)
		return "cannot be mapped";
	wrong = check_headers(file, size);
	munmap(file, size);
	return wrong;
}

/* NULL when the file may be loaded, else what it is. */
static const char *check_file(const char *path)
{
	const char *wrong = "empty";
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return strerror(errno);
	if (fstat(fd, &st)) {
		wrong = strerror(errno);
	} else if (!S_ISREG(st.st_mode)) {
		wrong = "not a regular file";
	} else if (st.st_size > 0) {
		wrong = check_content(fd, (size_t)st.st_size);
	}
	close(fd);
	return wrong;
}

/* Finding it */

struct try_name {
	char *path; /* PATH_SIZE bytes */
	const char *name;
	bool found;
};

static void try_folder(void *ctx, const char *folder)
{
	struct try_name *try = ctx;

	if (!try->found)
		try->found = snprintf(try->path, PATH_SIZE, "%s/kernel-%s.so", folder, try->name) <
				     PATH_SIZE &&
			     !access(try->path, F_OK);
}

/* Beside the program: where it is built, and where it is installed. */
static void folders_beside(void (*each)(void *ctx, const char *folder), void *ctx)
{
	static const char *const from_exe[] = {
		"",
		"/../kernel",
		"/../../sim/kernel",
		"/../../tests/museum",
		"/../../tests/museum/model", /* programs, and from there: */
		"/../../../sim/kernel",
		"/../" RMISIM_LIBDIR "/rmisim",
	};
	char exe[PATH_SIZE / 2], dir[PATH_SIZE / 2 + 32];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n <= 0)
		return;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(from_exe) / sizeof(from_exe[0]); i++) {
		snprintf(dir, sizeof(dir), "%s%s", exe, from_exe[i]);
		each(ctx, dir);
	}
}

void sim_image_folders(void (*each)(void *ctx, const char *folder), void *ctx)
{
	const char *dirs = getenv("RMISIM_IMAGES");
	char dir[PATH_SIZE];

	while (dirs && *dirs) {
		size_t len = strcspn(dirs, ":");

		if (len && len < sizeof(dir)) {
			snprintf(dir, sizeof(dir), "%.*s", (int)len, dirs);
			each(ctx, dir);
		}
		dirs += len + (dirs[len] == ':');
	}
	folders_beside(each, ctx);
	each(ctx, RMISIM_IMAGE_DIR);
}

static bool find(char *path, const char *name)
{
	struct try_name try = { path, name, false };
	size_t len = strlen(name);

	if (strchr(name, '/') || (len > 3 && !strcmp(name + len - 3, ".so")))
		return snprintf(path, PATH_SIZE, "%s%s", strchr(name, '/') ? "" : "./", name) <
			       PATH_SIZE &&
		       !access(path, F_OK);
	sim_image_folders(try_folder, &try);
	return try.found;
}

/* Loading it */

/*
 * A copy without a name. The linker knows libraries by name, so the descriptor stays open and its number taken
 * for as long as the copy is loaded.
 */
static void *load_copy(const char *path, int *copy_fd)
{
	char buf[1 << 16], name[64];
	void *handle = NULL;
	ssize_t n = -1;
	int in = open(path, O_RDONLY | O_CLOEXEC);
	int out = memfd_create("kernel-image", MFD_CLOEXEC);

	if (in >= 0 && out >= 0) {
		do {
			n = read(in, buf, sizeof(buf));
		} while (n > 0 && write(out, buf, (size_t)n) == n);
	}
	if (!n) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", out);
		handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	}
	if (in >= 0)
		close(in);
	*copy_fd = out;
	return handle;
}

static void *load(const char *path, int *copy_fd)
{
	void *loaded = dlopen(path, RTLD_NOW | RTLD_NOLOAD);

	if (!loaded)
		return dlopen(path, RTLD_NOW | RTLD_LOCAL);
	dlclose(loaded);
	return load_copy(path, copy_fd);
}

/*
 * Byte by byte in plain words, so that a sanitizer's red zones between the image's variables are copied
 * along and nobody looks at them.
 */
__attribute__((no_sanitize("address", "thread", "undefined"))) static void
copy(volatile unsigned char *to, const volatile unsigned char *from, size_t n)
{
	size_t i = 0;

	for (; i + 8 <= n && !(((uintptr_t)to | (uintptr_t)from) & 7); i += 8, to += 8, from += 8)
		*(volatile uint64_t *)to = *(const volatile uint64_t *)from;
	for (; i < n; i++)
		*to++ = *from++;
}

/* Whole pages that the linker made read-only after relocation stay as they are. */
static bool add_section(struct sim_image *image, uintptr_t start, uintptr_t end,
			uintptr_t relro_start, uintptr_t relro_end)
{
	struct section *section = &image->sections[image->nr_sections];

	if (relro_start < relro_end && relro_end > start && relro_start < end) {
		if (relro_start > start && !add_section(image, start, relro_start, 0, 0))
			return false;
		return relro_end >= end || add_section(image, relro_end, end, 0, 0);
	}
	if (start >= end)
		return true;
	if (image->nr_sections == MAX_SECTIONS)
		return false;
	section->size = end - start;
	section->at = (unsigned char *)start;
	section->saved = malloc(section->size);
	if (!section->saved)
		return false;
	copy(section->saved, section->at, section->size);
	image->nr_sections++;
	return true;
}

struct find_image {
	struct sim_image *image;
	bool found, ok;
};

static int save_sections(struct dl_phdr_info *info, size_t size, void *data)
{
	struct find_image *f = data;
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)f->image->table;
	uintptr_t relro_start = 0, relro_end = 0;
	const ElfW(Phdr) *ph = info->dlpi_phdr;
	unsigned i;

	for (i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t start = info->dlpi_addr + ph[i].p_vaddr;

		if (ph[i].p_type == PT_LOAD && at >= start && at < start + ph[i].p_memsz)
			f->found = true;
		if (ph[i].p_type == PT_GNU_RELRO) {
			relro_start = start & ~(page - 1);
			relro_end = (start + ph[i].p_memsz) & ~(page - 1);
		}
	}
	if (!f->found)
		return 0;
	for (f->ok = true, i = 0; i < info->dlpi_phnum && f->ok; i++) {
		uintptr_t start = info->dlpi_addr + ph[i].p_vaddr;

		if (ph[i].p_type == PT_LOAD && (ph[i].p_flags & PF_W))
			f->ok = add_section(f->image, start, start + ph[i].p_memsz, relro_start,
					    relro_end);
	}
	return 1;
}

static const char *take_tables(struct sim_image *image)
{
	struct find_image f = { .image = image };

	image->table = dlsym(image->handle, SIM_KERNEL_IMAGE_SYMBOL);
	image->probe = dlsym(image->handle, SIM_KERNEL_PROBE_SYMBOL);
	image->exhibit = dlsym(image->handle, SIM_KERNEL_EXHIBIT_SYMBOL);
	if (!image->table)
		return "a library, but not a kernel image (no " SIM_KERNEL_IMAGE_SYMBOL ")";
	if (image->table->abi != SIM_KERNEL_ABI || image->table->size != sizeof(*image->table))
		return "a kernel image of another rmisim; build it again";
	if (image->probe &&
	    (image->probe->abi != SIM_KERNEL_ABI || image->probe->size != sizeof(*image->probe)))
		image->probe = NULL;
	dl_iterate_phdr(save_sections, &f);
	return f.ok ? NULL : "an image whose writable sections cannot be saved";
}

static struct sim_image *open_path(const char *path, bool private_copy, char *why, size_t size)
{
	struct sim_image *image = calloc(1, sizeof(*image));
	const char *wrong = image ? check_file(path) : "memory is short";

	if (image)
		image->copy_fd = -1;
	if (image && !wrong) {
		image->path = strdup(path);
		image->handle = private_copy ? load_copy(path, &image->copy_fd)
					     : load(path, &image->copy_fd);
		if (!image->handle) {
			wrong = dlerror();
			if (!wrong)
				wrong = "cannot be copied";
		} else {
			wrong = take_tables(image);
		}
	}
	if (!wrong)
		return image;
	if (why && size)
		snprintf(why, size, "cannot use kernel image '%s': %s", path, wrong);
	sim_image_close(image);
	return NULL;
}

struct sim_image *sim_image_open(const char *name, char *why, size_t size)
{
	char path[PATH_SIZE];

	if (find(path, name))
		return open_path(path, false, why, size);
	if (why && size)
		snprintf(why, size,
			 "there is no kernel image '%s'; give a file or set RMISIM_IMAGES to the "
			 "folder of kernel-NAME.so",
			 name);
	return NULL;
}

void sim_image_close(struct sim_image *image)
{
	if (!image)
		return;
	for (unsigned i = 0; i < image->nr_sections; i++)
		free(image->sections[i].saved);
	if (image->handle)
		dlclose(image->handle);
	if (image->copy_fd >= 0)
		close(image->copy_fd);
	free(image->path);
	free(image);
}

struct sim_image *sim_image_claim(struct sim_image *image, bool *own, char *why, size_t size)
{
	*own = false;
	if (image->claimed) {
		image = open_path(image->path, true, why, size);
		if (!image)
			return NULL;
		*own = true;
	}
	image->claimed = true;
	for (unsigned i = 0; i < image->nr_sections; i++)
		copy(image->sections[i].at, image->sections[i].saved, image->sections[i].size);
	return image;
}

void sim_image_release(struct sim_image *image)
{
	image->claimed = false;
}

bool sim_image_section(const struct sim_image *image, unsigned i, void **at, size_t *size)
{
	if (i >= image->nr_sections)
		return false;
	*at = image->sections[i].at;
	*size = image->sections[i].size;
	return true;
}

const struct sim_kernel_image *sim_image_table(const struct sim_image *image)
{
	return image->table;
}

const char *sim_image_name(const struct sim_image *image)
{
	return image->table->name;
}

const char *sim_image_path(const struct sim_image *image)
{
	return image->path;
}

unsigned sim_image_page_shift(const struct sim_image *image)
{
	return image->table->page_shift;
}

const void *sim_image_probe(const struct sim_image *image)
{
	return image->probe;
}

const char *sim_image_exhibit(const struct sim_image *image)
{
	return image->exhibit;
}
