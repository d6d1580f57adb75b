#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The tools on machines that lack something, and how test cases are counted: sh tools.sh SOURCE-ROOT
set -u
. "$(dirname "$0")/tap.sh"
root=$1

# A command of that machine: stand_in NAME SCRIPT
stand_in()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

# A PATH with the plain commands that a minimal machine has, and no compiler. They are scripts and not
# links, so that nothing here can ever write to this machine's own commands.
minimal_machine()
{
	mkdir -p "$scratch/bin"
	for command in sh dirname cat env grep id mkdir mktemp printf rm sed awk; do
		path=$(command -v "$command")
		[ -x "$path" ] && stand_in "$command" "exec $path \"\$@\""
	done
}

# tools/test there; prints what it says.
run_there()
{
	tool=$1
	shift
	env -i PATH="$scratch/bin" HOME="$scratch" RMISIM_BUILD="$scratch/build" \
		RMISIM_OS_RELEASE="$scratch/os-release" "$(command -v sh)" "$root/tools/$tool" "$@" </dev/null 2>&1
	echo "status $?"
}

# says PATTERN COMMAND..: an objection unless a line matches
says()
{
	pattern=$1
	shift
	said=$("$@")
	printf '%s\n' "$said" | grep -Eq -- "$pattern" || printf 'expected %s in:\n%s\n' "$pattern" "$said"
}

count()
{
	awk -f "$root/tools/count.awk" "$scratch/log"
	echo "status $?"
}

tap_scratch
minimal_machine
everything='gcc libc6-dev pkg-config patch libcmocka-dev libbsd-dev libmd-dev'

echo 'ID=slackware' >"$scratch/os-release"
for tool in test demo fuzz; do
	holds "on an unknown system tools/$tool names what is needed" \
		says 'install meson .*ninja.*CMocka, libbsd and libmd' run_there $tool
done
holds "and stops with status 2" says '^status 2' run_there test
for arguments in '--seconds 0' '--jobs x' --seed '--plant nothing' more; do
	# shellcheck disable=SC2086
	holds "tools/fuzz $arguments is a mistake of usage" says '^status 2' run_there fuzz $arguments
	# shellcheck disable=SC2086
	holds "and its usage is shown" says '^usage: tools/fuzz' run_there fuzz $arguments
done

holds "tools/coverage names gcovr, in one line" \
	says '^gcovr is missing, run: sudo apt-get install -y .*gcovr$' run_there coverage
holds "and stops with status 2 without it" says '^status 2' run_there coverage

echo 'ID=debian' >"$scratch/os-release"
stand_in apt-get 'echo "apt-get called" >>"$HOME/apt.log"; exit 1'
stand_in id 'echo 1000'
holds "without privileges the one line to run is printed" \
	says "^Run this, .*sudo apt-get update && sudo apt-get install -y .*$everything" run_there demo
holds "and stops with status 2 there too" says '^status 2' run_there demo
stand_in sudo 'exit 1'
holds "a sudo that would ask is no privilege" says '^Run this' run_there test
trips "nothing was installed without privileges" 'No such file' cat "$scratch/apt.log"

stand_in id 'echo 0'
holds "root installs and says so" says '^Running: apt-get update' run_there test
holds "a failing apt-get is reported" says 'apt-get failed' run_there test
trips "apt-get was called" 'apt-get called' cat "$scratch/apt.log"
stand_in id 'echo 1000'
stand_in sudo '[ "$1" = -n ] && shift && exec "$@"'
stand_in true 'exit 0'
holds "sudo -n is used when it asks nothing" says '^Running: sudo -n apt-get update' run_there test

# One line a program, as meson writes it.
cat >"$scratch/log" <<'EOF'
{"name": "a", "stdout": "1..3\nok 1 - one\nnot ok 2 - says \"no\"\n# ok not a case\nok 3 # SKIP later\n", "result": "FAIL", "stderr": "ok 9 - not TAP\n"}
{"name": "crash", "stdout": "1..2\nok 1 - first\n", "result": "ERROR"}
EOF
holds "cases are counted from the programs' TAP" says '^2 passed, 2 failed$' count
holds "a failure is a failure" says '^status 1' count
printf '%s\n' '{"name": "known", "result": "OK", "stdout": "1..2\nok 1 - one\nnot ok 2 - two # TODO later\n"}' >"$scratch/log"
holds "what is known not to hold yet is no failure" says '^1 passed, 0 failed$' count
holds "and is named" says '^1 open' count
echo '{"name": "quiet", "result": "OK", "stdout": ""}' >"$scratch/log"
holds "a program without TAP counts once" says '^1 passed, 0 failed$' count
holds "success is success" says '^status 0' count
: >"$scratch/log"
holds "no test at all is a failure" says '^status 1' count
tap_end
