#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/porting.md names each correction of the port once, and the command that prints its diff works for each; what the
newest trees still have is in docs/findings.md.

usage: corrections.py SOURCE-ROOT

The rows of "Differences from v14" with a number are the exhibits of v14 and of the newest trees; those of other versions
are in the sentence behind the table, and what the port keeps is in neither.
"""
import re
import subprocess
import sys
from pathlib import Path

import museum

ROWS, OTHERS, KEPT, END = ("## Differences from v14", "Exhibits of other versions", "## Kept on purpose", "## ")


def part(text, begin, end):
    at = text.index(begin) + len(begin)
    return text[at:text.index(end, at)]


def numbers(text):
    """B7, B07, B40-B42"""
    found = []
    for first, last in re.findall(r"\bB(\d+)(?:-B(\d+))?", text):
        found += range(int(first), int(last or first) + 1)
    return found


def names(found):
    return " ".join(f"B{n}" for n in sorted(found))


def is_of_newest(patch):
    versions = re.sub(r"\([^)]*\)", "", patch.field.get("In", ""))
    return "newest" in versions or versions.startswith("all")


def not_found(root, host):
    """What findings.md does not say of the exhibits of the newest trees: shown ones have a title, others stand at the end."""
    found, _, left = (root / "docs/findings.md").read_text().partition("## Not reproduced, or wrong")
    titles = numbers(" ".join(re.findall(r"^### (B\d+):", found, flags=re.M)))
    shown = {p.number for p in host if p.shown and is_of_newest(p)}
    hidden = {p.number for p in host if is_of_newest(p)} - shown
    wrong = [f"no title: {names(shown - set(titles))}"] if shown - set(titles) else []
    return wrong + ([f"not at the end: {names(hidden - set(numbers(left)))}"] if hidden - set(numbers(left)) else [])


def lacks_diff(root, name):
    """None, or what is wrong with `tools/museum correction` of it."""
    got = subprocess.run([root / "tools/museum", "correction", name], capture_output=True, text=True)
    if got.returncode or got.stderr:
        return f"{name}: status {got.returncode}: {got.stderr.strip()}"
    diff = re.search(r"^--- a/(sim/kvm/\S+)\n\+\+\+ b/\1\n@@ .*\n(?:[ +-].*\n)*?[+-]", got.stdout, flags=re.M)
    if not diff:
        return f"{name}: no diff of the port"
    if len(got.stdout[:diff.start()].partition("\n\n")[2].strip()) < 80:
        return f"{name}: no mechanism"
    return None


def main():
    root = Path(sys.argv[1])
    text = (root / "docs/porting.md").read_text()
    table = [line.split("|")[1] for line in part(text, ROWS, OTHERS).split("\n") if line.startswith("| B")]
    rows = set(numbers(" ".join(table)))
    others = numbers(part(text, OTHERS, KEPT))
    kept = numbers(part(text, KEPT, END))
    host = [p for p in museum.read_patches(root)[0] if p.kind != "planted"]
    corrected = {p.number for p in host if p.number}
    ours = {p.number for p in host if p.number and (p.is_of_v14() or is_of_newest(p))}
    ids = [f"B{n}" for n in sorted(corrected)] + [p.image for p in host if "-" in p.image]
    what_is_left = {83, 123}  # a part of it is kept, and the list says which
    tests = [
        ("each exhibit of v14 and of the newest trees has a row", [f"no row: {names(ours - rows)}"] if ours - rows else []),
        ("each row with a number has an exhibit of them", [f"no patch: {names(rows - ours)}"] if rows - ours else []),
        ("the sentence has the exhibits of other versions, once",
         [f"differs: {names(set(others) ^ (corrected - ours))}"] if sorted(others) != sorted(corrected - ours) else []),
        ("what is kept has no correction",
         [f"corrected: {names((set(kept) & ours) - what_is_left)}"] if (set(kept) & ours) - what_is_left else []),
        ("`tools/museum correction` prints a diff of each", [w for w in (lacks_diff(root, i) for i in ids) if w]),
        ("what the newest trees still have is in docs/findings.md", not_found(root, host)),
        ("the table is there", [] if len(rows) > 50 and kept else [f"{len(rows)} rows, {len(kept)} kept"]),
    ]
    print(f"1..{len(tests)}")
    for i, (name, wrong) in enumerate(tests, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name}")
        for line in wrong:
            print(f"# {line}")
    return any(wrong for _, wrong in tests)


sys.exit(main())
