#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `tools/museum rebase` when the port has moved under the patches: sh rebase.sh SOURCE-ROOT
set -u
. "$1/tests/structure/tap.sh"
root=$1
if ! command -v git >/dev/null; then
	echo "1..0 # SKIP git is not installed"
	exit 0
fi
tap_scratch
tree=$scratch/tree
patch=$tree/tests/museum/099-two-places.patch

# A port of one file, and a patch that changes two places of it with five lines between them.
new_tree()
{
	rm -rf "$tree"
	mkdir -p "$tree/tools" "$tree/sim/kvm" "$tree/tests/museum"
	cp "$root/tools/museum" "$tree/tools"
	cat >"$tree/sim/kvm/mmu.c" <<'EOF'
int first(void);
int fault(int page)
{
	int seq = 0;

	lock();
	seq = sequence();
	if (!is_private(page))
		return -1;
	page = lookup(page);
	if (page < 0)
		return page;
	if (retry(seq))
		return -11;
	unlock();
	return 0;
}
EOF
	(
		cd "$tree" || exit
		git init -q . && git add -A && git -c user.name=x -c user.email=x@localhost commit -qm x
		sed -i '/seq = seq/d; s/if (retry(seq))/if (retry(0))/' sim/kvm/mmu.c
		printf 'Id: B099\nTitle: nothing is sequenced\n\nA paragraph.\n\n' >"$patch"
		git diff sim/kvm >>"$patch"
		git checkout -q sim/kvm
	) >/dev/null
}

# rebases STATUS PATTERN: what is said in one line, and with which status
rebases()
{
	said=$("$tree/tools/museum" rebase 2>&1)
	status=$?
	[ $status = "$1" ] || echo "status $status"
	[ -z "$2" ] && [ -z "$said" ] || printf '%s\n' "$said" | grep -Eq -- "$2" || printf 'said: %s\n' "$said"
}

# The patch applies without offset and fuzz, and its defect is what it was; its head is as it was.
is_as_good()
{
	head -n 4 "$patch" | cmp -s - "$scratch/head" || echo "the header has changed"
	said=$(cd "$tree" && git diff --quiet -- tests 2>/dev/null; patch -p1 --dry-run <"$patch" 2>&1) || echo "does not apply"
	printf '%s\n' "$said" | grep -E 'offset|fuzz'
	grep -q '^-.*seq = sequence();' "$patch" || echo "the first place is gone"
	grep -q '^+.*retry(0)' "$patch" || echo "the second place is gone"
}

keeps_the_patch()
{
	cmp -s "$patch" "$scratch/before" || echo "the patch has changed"
}

new_tree
head -n 4 "$patch" >"$scratch/head"
cp "$patch" "$scratch/before"
holds "nothing has moved, nothing is said" rebases 0 ''
holds "nothing has moved, nothing is written" keeps_the_patch

sed -i '1i int more;\nint and_more;' "$tree/sim/kvm/mmu.c"
holds "lines in front of the place: rewritten" rebases 0 '^099-two-places.patch rewritten$'
holds "lines in front of the place: the patch is as good as it was" is_as_good

for without in '' yes; do
	export MUSEUM_WITHOUT_GIT=$without
	with=${without:+, git has no blob}
	new_tree
	sed -i 's/page = lookup(page);/page = lookup(page, 0);/' "$tree/sim/kvm/mmu.c"
	holds "between the two places: merged$with" rebases 0 '^099-two-places.patch rewritten, merged$'
	holds "between the two places: the patch is as good as it was$with" is_as_good
	new_tree
	cp "$patch" "$scratch/before"
	sed -i 's/seq = sequence();/seq = sequence(page);/' "$tree/sim/kvm/mmu.c"
	holds "the place itself: named$with" rebases 1 'museum: 099-two-places.patch conflicts with the port'
	holds "the place itself: with what the port has there$with" rebases 1 'sim/kvm/mmu.c:[0-9]*: .*sequence\(page\)'
	holds "the place itself: nothing is written$with" keeps_the_patch
	new_tree
	cp "$patch" "$scratch/before"
	(cd "$tree" && patch -s -p1 <"$patch")
	holds "the port has the defect: said$with" rebases 1 '099-two-places.patch (changes nothing any more|conflicts)'
	holds "the port has the defect: nothing is written$with" keeps_the_patch
done

# Real ones.
unset MUSEUM_WITHOUT_GIT
rm -rf "$tree"
mkdir -p "$tree/sim" "$tree/tests/museum" "$tree/tools"
cp -r "$root/sim/kvm" "$tree/sim"
cp "$root/tools/museum" "$tree/tools"
cp "$root"/tests/museum/018-*.patch "$root"/tests/museum/044-*.patch "$root"/tests/museum/061-*.patch "$tree/tests/museum"
chmod -R u+w "$tree"
for file in "$tree"/sim/kvm/*.c; do
	sed -i '1i /* 1 */\n/* 2 */\n/* 3 */' "$file"
done
holds "three real ones follow the port" rebases 0 '^061-.* rewritten$'
no_offset()
{
	for patch in "$tree"/tests/museum/*.patch; do
		(cd "$tree" && patch -p1 --dry-run <"$patch") | grep -E 'offset|fuzz|FAILED'
	done
	true
}
holds "and apply where they say" no_offset
tap_end
