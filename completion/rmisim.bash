# SPDX-License-Identifier: BSD-2-Clause
# bash completion for rmisim. Subcommands, options and scenarios are asked of the program itself.

# The words of one kind: __rmisim_words commands | options COMMAND | scenarios | profiles | kernels | exhibits | benchmarks
__rmisim_words()
{
	local folder image

	case $1 in
	commands) command rmisim --help 2>/dev/null | sed -n 's/^  rmisim \([a-z-]*\).*/\1/p' ;;
	options) command rmisim "$2" --help 2>/dev/null | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' ;;
	scenarios) command rmisim list 2>/dev/null | sed -n '2,$s/^\([a-z][a-z0-9-]*\) .*/\1/p' ;;
	profiles) command rmisim decode --profile '?' 2>&1 | sed -n 's/.*there are //p' | tr -d , ;;
	exhibits) command rmisim museum --list 2>/dev/null | sed -n 's/^\([BM][0-9][a-zA-Z0-9-]*\) .*/\1/p' ;;
	benchmarks) command rmisim bench --list 2>/dev/null | sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p' ;;
	kernels)
		echo 4k 16k 64k 4k-folded
		__rmisim_words exhibits
		for folder in ${RMISIM_IMAGES//:/ }; do
			for image in "$folder"/kernel-*.so; do
				[ -e "$image" ] && image=${image##*/kernel-} && echo "${image%.so}"
			done
		done
		;;
	esac
}

_rmisim()
{
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words=

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ]; then
		words="$(__rmisim_words commands) --help --version"
	else
		case $before in
		--kernel) words=$(__rmisim_words kernels) ;;
		--edition) words='bet1 bet2 bet3' ;;
		--profile) words=$(__rmisim_words profiles) ;;
		--granule) words='4k 16k 64k' ;;
		--attr) words='private shared' ;;
		--class) words='legal wrong all' ;;
		*)
			case $command:$current in
			*:-*) words=$(__rmisim_words options "$command") ;;
			decode:*) [ "$COMP_CWORD" = 2 ] && words='desc flags result esr fid ripas donate' ;;
			explore:* | inject:* | lanes:* | compare:* | dump:*) words=$(__rmisim_words scenarios) ;;
			museum:*) words=$(__rmisim_words exhibits) ;;
			bench:*) words=$(__rmisim_words benchmarks) ;;
			help:*) words=$(__rmisim_words commands) ;;
			esac
			;;
		esac
	fi
	# Without words of ours bash offers files.
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -o default -F _rmisim rmisim
