#!/usr/bin/python3
"""Who may include whom (docs/ARCHITECTURE.md), checked on every #include of ours."""
import pathlib
import re
import subprocess
import sys

# folder: the folders of ours whose headers it may include (itself always).
ALLOWED = {
    "firmware/base": [],
    "firmware/domain": ["firmware/base"],
    "firmware/ports": ["firmware/domain", "firmware/base"],
    "firmware/store": ["firmware/ports", "firmware/domain", "firmware/base"],
    "firmware/services": ["firmware/ports", "firmware/domain", "firmware/base"],
    "firmware/api": ["firmware/services", "firmware/ports", "firmware/domain", "firmware/base"],
    "firmware/cli": ["firmware/base"],
    "firmware/app": ["firmware", "drivers"],
    "drivers/bus": ["firmware/ports", "firmware/domain", "firmware/base"],
    # Profiles speak of exchanges, not of buses.
    "drivers/profile": ["drivers/bus/exchange.hpp", "firmware/ports", "firmware/domain",
                        "firmware/base"],
    "drivers/devices": ["drivers/bus", "drivers/profile", "firmware/ports", "firmware/domain",
                        "firmware/base"],
    "cloud-agent/mqtt": ["firmware/base"],
    "cloud-agent/agent": ["cloud-agent/mqtt", "firmware/base"],
    # Of the store, the relay sees the wrapper of SQLite alone.
    "cloud-agent/relay": ["cloud-agent/mqtt", "firmware/store/sqlite.hpp", "firmware/base"],
    # The simulated building shares no code with the product, so that no mistake hides in both.
    "tests/building": [],
    "tests/unit/building": ["tests/building", "tests/fakes/temp_dir.hpp"],
    "tests": ["firmware", "drivers", "cloud-agent", "tests"],
}

# header of a library: the files that wrap it, and no header of ours.
WRAPPED = {
    r"sqlite3\.h": ("firmware/store/", "tests/bench/"),
    r"modbus/": ("drivers/bus/", "tests/bench/"),
    r"mqtt/|MQTT": ("cloud-agent/mqtt/", "tests/"),
    r"openssl/": ("cloud-agent/mqtt/", "tests/"),
    r"mbedtls/": ("firmware/base/", "firmware/api/"),
    r"toml\+\+/": "firmware/base/",
    r"boost/beast": ("firmware/base/", "firmware/api/"),
    r"CLI/": ("firmware/cli/", "tests/unit/cli/"),
    r"date/": "firmware/domain/calendar/",
    r"qrencode\.h|png\.h": "firmware/api/",
}

# One subject in several files, which share a private header.
PRIVATE = ("firmware/cli/line_options.hpp", "cloud-agent/mqtt/paho_session.hpp")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def rule_of(path):
    for folder in sorted(ALLOWED, key=len, reverse=True):
        if path.startswith(folder + "/"):
            return folder
    return None


def faults_of(path):
    folder = rule_of(path)
    text = pathlib.Path(path).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, target = match.groups()
        where = f"{path}:{number}"
        if quote == '"':
            if folder is None:
                yield f"{where}: no rule for this folder in toolchains/dev/includes.py"
                return
            allowed = [folder] + ALLOWED[folder]
            if not any(target == a or target.startswith(a + "/") for a in allowed):
                yield f"{where}: {folder} may not include {target}"
            continue
        for pattern, places in WRAPPED.items():
            if not re.match(pattern, target):
                continue
            places = (places,) if isinstance(places, str) else places
            private = path in PRIVATE
            if not path.startswith(tuple(places)) or (
                    path.endswith(".hpp") and not private and not path.startswith("tests/")):
                yield f"{where}: {target} belongs in a .cpp of {' or '.join(places)}"


def main():
    listed = subprocess.run(["git", "ls-files", "*.cpp", "*.hpp"], check=True,
                            capture_output=True, text=True)
    faults = [fault for path in listed.stdout.split() for fault in faults_of(path)]
    print("\n".join(faults) if faults else "every include is allowed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
