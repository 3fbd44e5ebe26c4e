"""Random odd projects for every command; see `run`, which starts this in a container with nothing to lose."""

import collections
import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import time

CASE = "/case"
PROJECT = CASE + "/project"
OUT = CASE + "/out"
NEIGHBOUR = CASE + "/neighbour"
# What the kernel, cargo and this program change.
NOT_OURS = ("/proc", "/sys", "/dev", CASE, "/usr/local/cargo/.package-cache", "/usr/local/cargo/.global-cache",
            os.path.expanduser("~/.cargo"), "/whole_tool.py")
TIMEOUT = 20
COMMANDS = [
    [], ["--dry-run"], ["--force"], ["check"], ["plan"], ["plan", "--format", "json"],
    ["skeleton"], ["skeleton", "--output", "sk"], ["skeleton", "--output", OUT], ["explain", "serde"], ["explain", "app"],
    ["templates"], ["templates", "eject"], ["templates", "eject", "--output", OUT], ["schema"],
    ["--workspace"], ["--workspace", "--force"], ["plan", "--workspace"], ["check", "--workspace"],
    ["--output", OUT + "/Dockerfile"], ["--output", "docker/Dockerfile"], ["-p", "app"], ["--bin", "app"],
    ["--manifest-path", "Cargo.toml"], ["--libc", "musl"], ["--locked"], ["--all-features"],
]
NAMES = ["a", "web", "src", "main.rs", "lib.rs", "build.rs", "Dockerfile", "Dockerfile.dockerignore", "docker-bake.hcl",
         "Rocket.toml", "Settings.toml", ".env", "a b", "it's", "$HOME", "${x}", "-rf", "\u202eevil", "\x1b[31m", "*", "?",
         "[a]", "..a", "#", "!", "%2e", "é", "sk", "docker", "templates", "migrations", "CACHEDIR.TAG", ".git", "proto",
         "package.json", "a.proto", ".sqlx", "rust-toolchain", "rust-toolchain.toml", "target", "Trunk.toml"]
PATHS = [".", "..", "/", "", "../..", "../neighbour", NEIGHBOUR, "../../etc", "/etc", "/tmp", "~", "a/../../neighbour",
         "/usr/local", "./.", "//", "src", "sub", "../neighbour/file", "\x00", "a\nb", "sk", "/root/x"]
TEXTS = PATHS + NAMES + ["8080", "true", "x" * 5000, "\"", "'; rm -rf /", "$(rm -rf /)", "`id`", "{{#if", "::error::x",
                         "((((" * 2000, "debian:trixie-slim", "scratch", "musl", "layers", "mounts", "hybrid", "1.95"]
KEYS = ["output", "template", "partials", "runtime", "builder-image", "libc", "strategy", "port", "env", "include", "assets",
        "bin", "extra-bins", "features", "profile", "platforms", "layers", "members", "exclude", "images", "crates", "user",
        "labels", "bake", "snippets", "front-end", "unknown"]
# Values of the kind that a key takes.
FIT = {"output": "%s", "template": "%s", "partials": "[%s]", "include": "[%s]", "assets": "[%s]", "port": "[8080]",
       "libc": '"musl"', "strategy": '"hybrid"', "env": "{ A = %s }", "labels": "{ a = %s }", "user": "%s",
       "layers": '"auto"', "platforms": '["linux/amd64"]', "exclude": "[%s]", "unknown": "%s"}
LINES = ["fn main() {}", "mod a;", "include_str!(\"../%s\");", "std::fs::read(\"%s\");", "ServeDir::new(\"%s\");",
         "const PORT: u16 = 8080;", "#[path = \"%s\"] mod b;", "println!(\"cargo:rerun-if-changed=%s\");",
         "#[derive(Embed)] #[folder = \"%s\"] struct A;", "((((((((", "\"", "/*"]


# How often each outcome was seen: a fuzzer that is always refused tries nothing.
OUTCOMES = collections.Counter()


class Case:
    """One project, from one number."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        return self.random.choice(TEXTS)

    def plain(self):
        return json.dumps(self.random.choice(PATHS + NAMES))

    def value(self, depth=0):
        kind = self.random.randrange(8)
        if kind < 4:
            return json.dumps(self.text())
        if kind == 4:
            return self.random.choice(["1", "0", "70000", "true", "false"])
        if kind == 5 and depth < 3:
            return "[" + ", ".join(self.value(depth + 1) for _ in range(self.random.randrange(3))) + "]"
        if kind == 6 and depth < 3:
            return "{ " + json.dumps(self.text()) + " = " + self.value(depth + 1) + " }"
        return json.dumps(self.random.choice(PATHS))

    def path(self):
        parts = [self.random.choice(NAMES) for _ in range(self.random.randrange(1, 4))]
        return os.path.join(PROJECT, *parts)

    def source(self):
        lines = [self.random.choice(LINES) for _ in range(self.random.randrange(8))]
        return "\n".join(line.replace("%s", json.dumps(self.text())[1:-1]) for line in lines) + "\n"

    def odd_files(self):
        for _ in range(self.random.randrange(8)):
            path = self.path()
            # A link that is there already may lead out of the project: this program must not follow it.
            is_inside = os.path.realpath(os.path.dirname(path)).startswith(PROJECT)
            if not is_inside or os.path.lexists(path):
                continue
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                match self.random.randrange(6):
                    case 0:
                        os.symlink(self.random.choice(PATHS[:-4] or ["/"]) or "/", path)
                    case 1:
                        os.mkfifo(path)
                    case 2:
                        os.symlink(self.random.choice(["/dev/zero", "/dev/random", "/proc/kmsg", "/dev/null"]), path)
                    case 3:
                        os.makedirs(path)
                    case 4:
                        with open(path, "wb") as file:
                            file.write(self.random.randbytes(self.random.randrange(3000)))
                    case _:
                        with open(path, "w") as file:
                            file.write(self.source())
            except (OSError, ValueError):
                pass

    def manifest(self, name):
        lines = ["[package]", f'name = "{name}"', 'version = "0.1.0"', 'edition = "2021"']
        if self.random.random() < 0.2:
            lines.append("build = " + json.dumps(self.random.choice(["build.rs", "../build.rs", "/etc/passwd"])))
        if self.random.random() < 0.2:
            lines += ["[[bin]]", f'name = "{name}"', "path = " + json.dumps(self.random.choice(PATHS + ["src/main.rs"]))]
        table = self.random.choice(["package", "package", "workspace"])
        lines.append(f"[{table}.metadata.dockerize]")
        for key in self.random.sample(KEYS, self.random.randrange(4)):
            fit = FIT.get(key)
            value = self.value() if fit is None or self.random.random() < 0.2 else fit.replace("%s", self.plain())
            lines.append(f"{key} = {value}")
        return "\n".join(lines) + "\n"

    def build(self):
        shutil.rmtree(CASE, ignore_errors=True)
        os.makedirs(PROJECT + "/src")
        os.makedirs(OUT)
        os.makedirs(NEIGHBOUR)
        for name in ["file", "Cargo.toml", "Dockerfile"]:
            with open(f"{NEIGHBOUR}/{name}", "w") as file:
                file.write("not yours\n")
        with open(PROJECT + "/src/main.rs", "w") as file:
            file.write("fn main() {}\n" + self.source())
        text = self.manifest("app")
        if self.random.random() < 0.4:
            os.makedirs(PROJECT + "/sub/src")
            with open(PROJECT + "/sub/Cargo.toml", "w") as file:
                file.write(self.manifest("sub").replace("[workspace.", "[package."))
            with open(PROJECT + "/sub/src/main.rs", "w") as file:
                file.write("fn main() {}\n")
            text += '\n[workspace]\nmembers = ["sub"]\n'
        with open(PROJECT + "/Cargo.toml", "w") as file:
            file.write(text)
        self.odd_files()

    def metadata(self):
        """What a cargo prints that nobody should believe."""
        root = self.random.choice(PATHS + [PROJECT] * 6)
        target = lambda kind: {"name": self.random.choice(["app", self.text()]), "kind": [kind], "crate_types": [kind],
                               "src_path": self.random.choice([PROJECT + "/src/main.rs", self.text()]), "edition": "2021"}
        ids = [self.random.choice(["app 0.1.0", self.text()]) for _ in range(self.random.randrange(1, 3))]
        packages = [{
            "name": self.random.choice(["app", "sub", self.text()]), "version": "0.1.0", "id": id, "source": None,
            "dependencies": [], "targets": [target(self.random.choice(["bin", "lib", "custom-build"])) for _ in range(2)],
            "features": {}, "edition": "2021", "metadata": None,
            "manifest_path": self.random.choice([PROJECT + "/Cargo.toml"] * 3 + [PROJECT + "/sub/Cargo.toml", self.text()]),
        } for id in ids]
        nodes = [{"id": self.random.choice(ids + [self.text()]), "dependencies": [], "deps": [], "features": []} for _ in ids]
        return json.dumps({
            "packages": packages, "workspace_members": ids[:1], "workspace_default_members": ids[:1], "version": 1,
            "resolve": {"root": ids[0], "nodes": nodes}, "target_directory": self.text(), "workspace_root": root,
            "metadata": None,
        }), root

    def run(self):
        """Runs one command; says what went wrong, and which root the metadata had."""
        self.build()
        environment = {"PATH": os.environ["PATH"], "HOME": "/root", "CARGO_NET_OFFLINE": "true",
                       "CARGO_HOME": "/usr/local/cargo", "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", "/usr/local/rustup")}
        root = PROJECT
        if self.random.random() < 0.4:
            text, root = self.metadata()
            with open(CASE + "/metadata.json", "w") as file:
                file.write(text)
            with open(CASE + "/cargo", "w") as file:
                file.write(f"#!/bin/sh\ncat {CASE}/metadata.json\n")
            os.chmod(CASE + "/cargo", 0o755)
            environment["CARGO"] = CASE + "/cargo"
        else:
            # cargo opens whatever has the name of a manifest; it is not what is tried here.
            environment["CARGO"] = shutil.which("cargo")
        arguments = self.random.choice(COMMANDS)
        before = snapshot([CASE], [PROJECT, OUT])
        try:
            # `timeout` ends what was started along with it, too: pipes of a child that is left would stay open.
            ran = subprocess.run(["timeout", "--signal=KILL", str(TIMEOUT), "cargo-dockerize", "dockerize", *arguments],
                                 cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL, capture_output=True)
        except ValueError as error:
            return arguments, f"cannot run: {error}", root
        said = ran.stderr.decode(errors="replace")
        refused = re.search(r"error\[([a-z-]+)\]", said)
        OUTCOMES[refused[1] if refused else f"exit code {ran.returncode}"] += 1
        fault = None
        if ran.returncode in (-9, 137):
            fault = "hangs"
        elif ran.returncode < 0 or ran.returncode > 128:
            fault = f"signal, exit code {ran.returncode}"
        elif "panicked at" in said:
            fault = "panics: " + said[said.index("panicked at"):][:120].replace("\n", " ")
        elif ran.returncode not in (0, 1, 2, 101):
            fault = f"exit code {ran.returncode}"
        changes = difference(before, snapshot([CASE], [PROJECT, OUT]))
        return arguments, fault or (f"changes {changes[:4]}" if changes else None), root


def snapshot(tops, leave):
    """Everything below, with what says that it changed."""
    found = {}
    folders = [top for top in tops]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            path = entry.path
            if any(path == other or path.startswith(other + "/") for other in leave):
                continue
            try:
                state = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(state.st_mode):
                found[path] = ("folder", state.st_mode)
                folders.append(path)
            else:
                found[path] = (state.st_mode, state.st_size, state.st_mtime_ns, state.st_ino)
    return found


def difference(before, after):
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def main():
    is_container = os.environ.get("WHOLE_TOOL") == "container" and os.path.exists("/.dockerenv")
    if not is_container:
        sys.exit("whole_tool.py deletes what it finds: start it with `run`, in a container")
    runs, seed = int(sys.argv[1]), int(sys.argv[2])
    # The compiler is asked once, so that what rustup and cargo keep is there before.
    Case(0).run()
    whole = snapshot(["/"], NOT_OURS)
    small = [path for path in os.listdir("/") if path not in ("usr", "proc", "sys", "dev")]
    tops = ["/" + path for path in small] + ["/usr/local/cargo"]
    near = snapshot(tops, NOT_OURS)
    names = sorted(os.listdir("/"))
    findings, begin = 0, time.monotonic()
    for number in range(seed, seed + runs):
        arguments, fault, root = Case(number).run()
        if fault is None:
            now = snapshot(tops, NOT_OURS)
            changes = difference(near, now)
            top = sorted(os.listdir("/"))
            if top != names:
                changes += sorted(set(top) ^ set(names))
            if changes:
                fault = f"changes {changes[:4]}"
                near, names = now, top
        if fault:
            findings += 1
            print(f"{number}: {' '.join(arguments)!r} root {root!r}: {fault}", flush=True)
    shutil.rmtree(CASE, ignore_errors=True)
    changes = difference(whole, snapshot(["/"], NOT_OURS))
    if changes:
        findings += 1
        print(f"the file system is not what it was: {changes[:20]}")
    used = os.times()
    print(f"{runs} runs from {seed}, {findings} findings, {len(whole)} files watched, "
          f"{time.monotonic() - begin:.0f} s, {used.children_user + used.children_system:.0f} s of CPU")
    print(", ".join(f"{count} {outcome}" for outcome, count in OUTCOMES.most_common()))
    sys.exit(findings > 0)


main()
