/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of code addresses. The dynamic linker knows which file an address belongs to, and what the file exports;
 * the port's functions are static, so the symbol table of the file itself is read.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "symbols.h"

struct file {
	const unsigned char *at;
	size_t size;
};

static bool map_file(struct file *file, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *at = MAP_FAILED;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && st.st_size > 0)
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return false;
	*file = (struct file){ at, (size_t)st.st_size };
	return true;
}

/* `n` elements at `offset`, or NULL when the file has not so much. */
static const void *part(const struct file *file, uint64_t offset, uint64_t n, size_t element)
{
	if (offset % 8 || offset > file->size || n > (file->size - offset) / element)
		return NULL;
	return file->at + offset;
}

/* The section headers; NULL for a file without. */
static const ElfW(Shdr) * sections(const struct file *file, unsigned *n)
{
	const ElfW(Ehdr) *elf = part(file, 0, 1, sizeof(*elf));

	if (!elf || memcmp(elf->e_ident, ELFMAG, SELFMAG) || elf->e_shentsize != sizeof(ElfW(Shdr)))
		return NULL;
	*n = elf->e_shnum;
	return part(file, elf->e_shoff, elf->e_shnum, sizeof(ElfW(Shdr)));
}

static void copy_name(struct symbol *symbol, const struct file *file, const ElfW(Shdr) * strings,
		      uint32_t at)
{
	uint64_t room;

	if (strings->sh_offset > file->size || at >= strings->sh_size)
		return;
	room = file->size - strings->sh_offset;
	if (room > strings->sh_size)
		room = strings->sh_size;
	if (at < room)
		snprintf(symbol->name, sizeof(symbol->name), "%.*s", (int)(room - at),
			 (const char *)file->at + strings->sh_offset + at);
}

/* The function of one symbol table that has `address` in it. */
static bool find_in_table(struct symbol *symbol, const struct file *file, const ElfW(Shdr) * table,
			  const ElfW(Shdr) * strings, uint64_t address)
{
	uint64_t n = table->sh_size / sizeof(ElfW(Sym));
	const ElfW(Sym) *sym = part(file, table->sh_offset, n, sizeof(*sym));

	for (uint64_t i = 0; sym && i < n; i++) {
		if ((sym[i].st_info & 15) != STT_FUNC || !sym[i].st_size ||
		    address - sym[i].st_value >= sym[i].st_size)
			continue;
		copy_name(symbol, file, strings, sym[i].st_name);
		symbol->offset = address - sym[i].st_value;
		symbol->size = sym[i].st_size;
		return true;
	}
	return false;
}

static void find_in_file(struct symbol *symbol, const struct file *file, uint64_t address)
{
	static const uint32_t types[] = { SHT_SYMTAB, SHT_DYNSYM };
	unsigned n = 0;
	const ElfW(Shdr) *section = sections(file, &n);

	for (unsigned t = 0; t < 2; t++)
		for (unsigned i = 0; section && i < n; i++)
			if (section[i].sh_type == types[t] && section[i].sh_link < n &&
			    find_in_table(symbol, file, &section[i], &section[section[i].sh_link],
					  address))
				return;
}

/* "kernel-4k" of a path to kernel-4k.so.1 */
static void set_module(struct symbol *symbol, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *end = strstr(name, ".so");
	size_t len = end ? (size_t)(end - name) : strlen(name);

	snprintf(symbol->module, sizeof(symbol->module), "%.*s", (int)len, name);
}

void sim_symbol_find(struct symbol *symbol, const void *pc, bool return_address)
{
	uintptr_t address = (uintptr_t)pc - return_address;
	struct link_map *map = NULL;
	struct file file;
	Dl_info info;

	*symbol = (struct symbol){ .offset = (uintptr_t)pc };
	if (!dladdr1((const void *)address, &info, (void **)&map, RTLD_DL_LINKMAP) || !map)
		return;
	symbol->base = info.dli_fbase;
	symbol->offset = address - (uintptr_t)info.dli_fbase;
	set_module(symbol, map->l_name[0] ? map->l_name : program_invocation_short_name);
	if (map_file(&file, map->l_name[0] ? map->l_name : "/proc/self/exe")) {
		find_in_file(symbol, &file, address - map->l_addr);
		munmap((void *)file.at, file.size);
	}
	symbol->offset += return_address;
}
