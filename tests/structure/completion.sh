#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What bash and zsh offer behind `rmisim`: sh completion.sh SOURCE-ROOT RMISIM
set -u
. "$(dirname "$0")/tap.sh"

root=$1 rmisim=$2
tap_scratch
PATH=$(cd "$(dirname "$rmisim")" && pwd):$PATH
export PATH
images=${RMISIM_IMAGES:-}
unset RMISIM_IMAGES

# offers SHELL WORD..: what is offered for the last of the words, one a line
offers()
{
	shell=$1
	shift
	if [ "$shell" = bash ]; then
		bash --norc -c '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rmisim; printf "%s\n" "${COMPREPLY[@]}"' \
			"$root/completion/rmisim.bash" "$@"
		return
	fi
	# zsh completes in its line editor only, so its answers are taken from the functions that it would call.
	zsh -f -c 'compadd() { print -l -- $@; }; _describe() { print -l -- ${${(P)2}%%:*}; }; _files() { print files; }
		file=$1; shift; words=("$@"); CURRENT=$#; PREFIX=${words[CURRENT]}; set --; source $file' \
		- "$root/completion/_rmisim" "$@" 2>&1 | grep "^${*##* }" || true
}

# offered SHELL EXPECTED WORD..: exactly these, in any order
offered()
{
	shell=$1
	printf '%s\n' $2 | sort >"$scratch/expected"
	shift 2
	offers "$shell" "$@" | sort -u >"$scratch/got"
	diff "$scratch/expected" "$scratch/got"
}

commands=$(rmisim --help | awk '$1 == "rmisim" && /^  / { print $2 }')
options_of()
{
	rmisim "$1" --help | awk '/^  --/ { print $1 }'
}

exhibits=$(RMISIM_IMAGES=$images rmisim museum --list | sed -n 's/^\(B04[^ ]*\) .*/\1/p')
benchmarks=$(rmisim bench --list | sed -n 's/^\(call-[^ ]*\) .*/\1/p')
scenarios=$(rmisim list --json | tr ',' '\n' | sed -n 's/.*"name":"\(fault-[^"]*\)".*/\1/p')
for shell in bash zsh; do
	if ! command -v $shell >/dev/null; then
		skips "$shell completes" "no $shell here"
		continue
	fi
	holds "$shell: the subcommands" offered $shell "$commands $([ $shell = zsh ] || echo --help --version)" rmisim ''
	holds "$shell: the beginning of one" offered $shell explore rmisim exp
	for command in $commands; do
		holds "$shell: the options of $command" offered $shell "$(options_of "$command")" rmisim "$command" --
	done
	holds "$shell: exhibits" offered $shell "$exhibits" rmisim museum B04
	holds "$shell: an exhibit as a kernel" offered $shell "$exhibits" rmisim explore --kernel B04
	holds "$shell: benchmarks" offered $shell "$benchmarks" rmisim bench call-
	holds "$shell: what there is help for" offered $shell museum rmisim help mu
	holds "$shell: scenarios" offered $shell "$scenarios" rmisim explore fault-
	holds "$shell: editions" offered $shell 'bet1 bet2 bet3' rmisim demo --edition bet
	holds "$shell: profiles" offered $shell 'bet1-leaf bet1-leaf-1' rmisim demo --profile bet1
	holds "$shell: kinds of words" offered $shell 'desc donate' rmisim decode d
done
trips "a word that is missing is seen" '^> ' offered bash 'no-such' rmisim exp
holds "there are exhibits and benchmarks" test -n "$exhibits" -a -n "$benchmarks"
tap_end
