#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the documents point at is there: links with their anchors, and files of the source named between backticks.

usage: links.py SOURCE-ROOT
"""
import re
import sys
from pathlib import Path

FOLDERS = r"(?:lib|sim|tests|tools|examples|include|docs|gdb|man|packaging|completion|\.ci)"


def anchors(text):
    """As GitHub and GitLab make them of headings."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links(page, text):
    wrong, found = [], 0
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        found += 1
        if not file.exists():
            wrong.append(f"{page.name}: {target}: no such file")
        elif anchor and anchor not in anchors(file.read_text()):
            wrong.append(f"{page.name}: {target}: no such heading")
    return wrong, found


def dead_paths(root, page, text):
    wrong, found = [], 0
    for path in re.findall(rf"`({FOLDERS}/[\w./{{}}*,-]+)`", text):
        found += 1
        spread = re.match(r"(.*)\{(.*)\}(.*)", path)
        for one in [spread[1] + w + spread[3] for w in spread[2].split(",")] if spread else [path]:
            if "NNN" not in one and "MNN" not in one and not list(root.glob(one.rstrip("/"))):
                wrong.append(f"{page.name}: {one}: no such file")
    return wrong, found


def main():
    root = Path(sys.argv[1])
    links, paths = [0, []], [0, []]
    for page in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        text = page.read_text()
        for total, (wrong, found) in ((links, dead_links(page, text)), (paths, dead_paths(root, page, text))):
            total[0] += found
            total[1] += wrong
    tests = [("links lead somewhere", links[1]), ("files that are named are there", paths[1]),
             ("there are links and files", [] if links[0] > 50 and paths[0] > 50 else [f"{links[0]} and {paths[0]}"])]
    print(f"1..{len(tests)}")
    for i, (name, wrong) in enumerate(tests, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name}")
        for line in wrong:
            print(f"# {line}")
    return any(wrong for _, wrong in tests)


sys.exit(main())
