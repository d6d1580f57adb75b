#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Traces as files for other programs: the rules of the Trace Event Format, and the keys of an object a line."""
import json, os, subprocess, sys, tempfile

RMISIM = os.environ["RMISIM"]
RUNS = {
    "two CPUs and a conversion": ["lanes", "fault-convert"],
    "a lock that is waited for": ["lanes", "populate-populate", "--choices", "0*30.1"],
    "the violation of an exhibit": ["explore", "activate-activate", "--preemptions", "1", "--kernel", "B900"],
    "the story of a realm": ["demo"],
    "a pasted fault": ["fault", "fault_ipa=0x10046880000, esr=0x92000007"],
    "a filtered run": ["lanes", "fault-convert", "--ipa", "0x400000:0x401000"],
    "one kind of events": ["lanes", "fault-convert", "--kind", "lock,sched"],
}
failed = 0
number = 0


def check(name, problem):
    global failed, number
    number += 1
    print(f"{'not ok' if problem else 'ok'} {number} - {name}")
    if problem:
        print(f"# {problem}")
        failed = 1


def run(words):
    """Both files of one run, and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        chrome, lines = os.path.join(folder, "a.json"), os.path.join(folder, "a.jsonl")
        done = subprocess.run([RMISIM, *words, "--trace-json", chrome, "--trace-jsonl", lines],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode > 1 or done.stderr:
            return None, None, f"status {done.returncode}: {done.stderr}"
        with open(chrome) as a, open(lines) as b:
            return json.load(a), [json.loads(line) for line in b], done.stdout


def clock(document):
    """Strictly increasing, whatever the thread."""
    last = -1.0
    for e in document["traceEvents"]:
        if e["ph"] == "M":
            if "ts" in e:
                return f"metadata has a time: {e}"
            continue
        if not e["ts"] > last:
            return f"time {e['ts']} behind {last}: {e}"
        last = e["ts"]
    return None if last >= 0 else "no record has a time"


def nesting(document):
    """Per thread each E ends a B, and nothing stays open."""
    open_slices = {}
    for e in document["traceEvents"]:
        stack = open_slices.setdefault((e["pid"], e["tid"]), [])
        if e["ph"] == "B":
            if not e.get("name"):
                return f"a slice without a name: {e}"
            stack.append(e["name"])
        elif e["ph"] == "E":
            if not stack:
                return f"an end without a beginning: {e}"
            stack.pop()
    left = {k: v for k, v in open_slices.items() if v}
    return f"never ended: {left}" if left else None


def shape(document):
    """Keys and phases that viewers know; every thread has a name."""
    named = {(e["pid"], e["tid"]) for e in document["traceEvents"] if e["ph"] == "M" and e["name"] == "thread_name"}
    for e in document["traceEvents"]:
        if e["ph"] not in ("B", "E", "i", "M"):
            return f"phase {e['ph']}"
        if not isinstance(e["pid"], int) or not isinstance(e["tid"], int):
            return f"pid and tid are numbers: {e}"
        if e["ph"] == "i" and e.get("s") not in ("t", "g"):
            return f"an instant has a scope: {e}"
        if e["ph"] != "M" and (e["pid"], e["tid"]) not in named:
            return f"a thread without a name: {e}"
    return None


def baton(document):
    """One actor runs at a time: what happens on a thread happens while that one has the slice of who runs."""
    names = {e["tid"]: e["args"]["name"] for e in document["traceEvents"]
             if e["ph"] == "M" and e["name"] == "thread_name" and e["pid"] == 1}
    last = max((e["ts"] for e in document["traceEvents"] if "ts" in e), default=0)
    runs = None
    for e in document["traceEvents"]:
        if e["pid"] == 2 and e["ph"] == "B":
            runs = e["name"]
        elif e["pid"] == 1 and e["ph"] in "Bi" and runs and names[e["tid"]] != runs:
            return f"{names[e['tid']]} does something while {runs} runs: {e}"
    return None if last else "empty"


def keys(lines):
    seqs = [e["seq"] for e in lines]
    if not lines or seqs != sorted(set(seqs)):
        return "numbers do not increase"
    for e in lines:
        missing = {"seq", "actor", "actor_name", "kind", "line"} - e.keys()
        if e["kind"] in ("rmi-call", "rmi-return"):
            missing |= {"name", "fid", "args"} - e.keys()
        if e["kind"] == "rmi-return":
            missing |= {"result", "status"} - e.keys()
        if e["kind"] == "access":
            missing |= {"access", "ipa", "size", "ends"} - e.keys()
        if missing:
            return f"no {missing} in {e}"
    return None


def names(e, base, top):
    """Does an object name an IPA of the range? Counted anew from its own words."""
    def hit(text):
        value = int(text, 16) & ~(1 << 35)
        return base <= value < top
    if "ipa" in e:
        return hit(e["ipa"])
    if "args" in e and "ipa" in e["args"]:
        return True  # a table command: what its level covers
    if "args" in e and "base" in e["args"]:
        return int(e["args"]["base"], 16) & ~(1 << 35) < top and base < int(e["args"]["top"], 16)
    return any(word in e["line"] for word in ("gfn=0x400", "ipa=0x400000", "gpa 0x400000", "gpa=0x400000"))


print(f"1..{4 * len(RUNS) + len(RUNS) + 6}")
seen = {}
for title, words in RUNS.items():
    document, lines, out = run(words)
    seen[title] = (document, lines, out)
    for what in (clock, nesting, shape, baton):
        problem = out if document is None else what(document)
        check(f"{what.__name__} of {title}", problem)
    check(f"keys of {title}", out if lines is None else keys(lines))

document, lines, _ = seen["two CPUs and a conversion"]
calls = [e for e in lines if e["kind"] == "rmi-return"]
slices = [e for e in document["traceEvents"] if e["ph"] == "B" and e.get("cat") == "rmi"]
check("each call is a slice", None if len(calls) == len(slices) > 20 else f"{len(calls)} calls, {len(slices)} slices")
document, lines, _ = seen["a lock that is waited for"]
waits = [e for e in lines if e["kind"] == "wait"]
slices = [e for e in document["traceEvents"] if e.get("cat") == "wait"]
check("a wait says who has the lock, and is a slice",
      None if waits and "held by " in waits[0]["line"] and waits[0]["value"] >= 0 and len(slices) == len(waits) else f"{waits} {slices}")
document, lines, _ = seen["the violation of an exhibit"]
marks = [e for e in document["traceEvents"] if e.get("cat") == "violation"]
check("the violation is a mark over all threads",
      None if marks and all(m["s"] == "g" for m in marks) and marks[0]["name"] == "violation: run-errno" else str(marks))
document, lines, _ = seen["a filtered run"]
strange = [e for e in lines if not names(e, 0x400000, 0x401000)]
check("a range of IPAs leaves nothing else", strange[0] if strange else None)
check("and what names it is there", None if {"RTT_DATA_MAP", "RTT_CREATE", "RTT_DATA_UNMAP"} <= {e.get("name") for e in lines}
      and not {"mutex_lock", "REALM_CREATE"} & {e.get("name") for e in lines} else sorted({str(e.get("name")) for e in lines}))
document, lines, _ = seen["one kind of events"]
check("kinds leave no others", None if {e["kind"] for e in lines} == {"lock", "sched"} else str({e["kind"] for e in lines}))
sys.exit(failed)
