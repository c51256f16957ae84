#!/usr/bin/python3
"""./dev bench [NAME…]: runs the benchmark programs, prints a table, writes build/bench.json.

A program prints one JSON line a figure: {"name", "value", "unit", "floor", "ratio", "goal", "met"}
(floor, ratio, goal and met may be null), and lines beginning with '#' as remarks."""
import json
import pathlib
import subprocess
import sys
import threading

PROGRAMS = pathlib.Path("build/release/tests/bench")
LONG = {"soak": pathlib.Path("build/soak.json"), "fleet": pathlib.Path("build/fleet.json")}
SECONDS = 1800  # a program that takes longer is broken


def number(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def verdict(figure):
    met = figure.get("met")
    return "" if met is None else "met" if met else "MISSED"


def show(figure):
    print(f"{figure['name']:<58} {number(figure['value']):>10} {figure['unit']:<10}"
          f" {number(figure.get('floor')):>9} {number(figure.get('ratio')):>7}"
          f" {str(figure.get('goal') or ''):>14}  {verdict(figure)}", flush=True)


def run(program):
    figures = []
    with subprocess.Popen([program], stdout=subprocess.PIPE, text=True) as process:
        limit = threading.Timer(SECONDS, process.kill)
        limit.start()
        for line in process.stdout:
            line = line.strip()
            if line.startswith("{"):
                figures.append(json.loads(line))
                show(figures[-1])
            elif line.startswith("#"):
                print("    " + line.lstrip("# "), flush=True)
        status = process.wait()
        limit.cancel()
        if status != 0:
            print(f"{program.name} failed", flush=True)
            return figures, False
    return figures, True


def main():
    wanted = sys.argv[1:]
    programs = sorted(PROGRAMS.glob("*_bench"))
    known = [p.name.removesuffix("_bench") for p in programs]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"dev bench: no bench {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    print(f"{'figure':<58} {'value':>10} {'unit':<10} {'floor':>9} {'ratio':>7} {'goal':>14}")
    figures, right = [], True
    for name, program in zip(known, programs):
        if not wanted or name in wanted:
            found, ok = run(program)
            figures += found
            right = right and ok
    for name, path in LONG.items():
        if path.exists() and not wanted:
            print(f"    from the last ./dev {name}:")
            for figure in json.loads(path.read_text()):
                figures.append(figure)
                show(figure)
    pathlib.Path("build/bench.json").write_text(json.dumps(figures, indent=1) + "\n")
    missed = [figure["name"] for figure in figures if figure.get("met") is False]
    print(f"{len(figures)} figures, {len(missed)} missed" + (": " + "; ".join(missed) if missed else ""))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
