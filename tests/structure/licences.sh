#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every source file names its licence, and the right one; no file knows the machine it was written on:
# sh licences.sh SOURCE-ROOT
set -u
. "$(dirname "$0")/tap.sh"

# Every file of the project below DIR, without build folders and what git keeps.
project_files()
{
	(cd "$1" && find . \( -name .git -o -path './build*' -type d -o -name __pycache__ \) -prune -o -type f -print |
		sed 's|^\./||' | sort)
}

expected_licence()
{
	case $1 in
	sim/kvm/* | tests/museum/* | tests/planted/*) echo GPL-2.0-only ;;
	*) echo BSD-2-Clause ;;
	esac
}

# The SPDX line is the first line, or the second one below "#!".
sources_name_their_licence()
{
	root=$1
	project_files "$root" | while read -r file; do
		case $file in
		*.c | *.h | *.sh | *.awk | *.py | *.S | *.patch | meson.build | */meson.build | tools/* | .ci/*) ;;
		*) continue ;;
		esac
		case $(head -n 2 "$root/$file") in
		*"SPDX-License-Identifier: $(expected_licence "$file")"*) ;;
		*SPDX-License-Identifier:*) echo "$file: licence is not $(expected_licence "$file")" ;;
		*) echo "$file: licence is missing" ;;
		esac
	done
}

licences_have_their_text()
{
	for licence in BSD-2-Clause GPL-2.0-only; do
		[ -s "$1/LICENSES/$licence.txt" ] || echo "LICENSES/$licence.txt is missing"
	done
}

# Paths that mean something on one machine only. This file, which has to name them, is left out.
no_file_knows_its_machine()
{
	(cd "$1" && project_files . | grep -v '^tests/structure/licences\.sh$' | tr '\n' '\0' |
		xargs -0 grep -nIHE '(^|[^A-Za-z0-9_.}/-])/(work|home|root|Users|mnt|tmp/b-[A-Z])(/|$)')
	return 0
}

root=$1
holds "every source file names the licence of its folder" sources_name_their_licence "$root"
holds "the texts of both licences are there" licences_have_their_text "$root"
holds "no file names a path of one machine" no_file_knows_its_machine "$root"

tap_scratch
mkdir -p "$scratch/lib" "$scratch/sim/kvm" "$scratch/docs"
echo '/* SPDX-License-Identifier: BSD-2-Clause */' >"$scratch/lib/good.c"
holds "a good tree is accepted" sources_name_their_licence "$scratch"
echo 'int x;' >"$scratch/lib/bare.c"
trips "a file without a licence is refused" "lib/bare.c: licence is missing" \
	sources_name_their_licence "$scratch"
echo '/* SPDX-License-Identifier: BSD-2-Clause */' >"$scratch/sim/kvm/mmu.c"
trips "a port under the wrong licence is refused" "sim/kvm/mmu.c: licence is not GPL-2.0-only" \
	sources_name_their_licence "$scratch"
trips "a missing licence text is refused" 'GPL-2.0-only.txt is missing' licences_have_their_text "$scratch"
holds "a tree without paths is accepted" no_file_knows_its_machine "$scratch"
echo 'run /home/somebody/rmisim' >"$scratch/docs/note.md"
trips "a path of one machine is refused" 'docs/note.md:1:' no_file_knows_its_machine "$scratch"
tap_end
