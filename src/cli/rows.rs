//! The decisions of a plan as lines for people.

use crate::decision::{Decision, Evidence, Origin};
use crate::diagnostic::Code;
use crate::plan::{Build, Image, Runtime, Variable};

/// A word for a decision, what was decided, and why.
pub(super) type Row<'a> = (&'static str, String, &'a [Evidence]);

struct Rows<'a>(Vec<Row<'a>>);

impl<'a> Rows<'a> {
    fn row(&mut self, name: &'static str, value: String, because: &'a [Evidence]) {
        self.0.push((name, value, because));
    }

    fn text(&mut self, name: &'static str, decision: &'a Decision<String>) {
        self.row(name, decision.value.clone(), &decision.because);
    }
}

/// The C library, and how the program is linked with it: `glibc, static`.
pub(super) fn linkage(build: &Build) -> String {
    let linked = if build.is_static { "static" } else { "dynamic" };
    format!("{}, {linked}", build.libc.value)
}

/// The decisions in the order of the Dockerfile.
pub(super) fn rows(image: &Image) -> Vec<Row<'_>> {
    let mut rows = Rows(Vec::new());
    program(image, &mut rows);
    builder(image, &mut rows);
    build(image, &mut rows);
    runtime(image, &mut rows);
    for (at, allowed) in image.allowed.iter().enumerate() {
        let code = allowed.value.code;
        // One line for each code.
        if image.allowed[..at]
            .iter()
            .all(|other| other.value.code != code)
        {
            rows.row("allowed", code.to_string(), &allowed.because);
        }
    }
    for template in &image.templates {
        let text = format!("{} from {}", template.value.name, template.value.file);
        rows.row("template", text, &template.because);
    }
    rows.0
}

fn program<'a>(image: &'a Image, rows: &mut Rows<'a>) {
    rows.text("binary", &image.binary);
    for program in &image.runtime.extra_programs {
        let name = program.value.rsplit('/').next().unwrap_or_default();
        rows.row("binary", name.to_owned(), &program.because);
    }
    for alias in &image.runtime.aliases {
        rows.text("alias", alias);
    }
    if let Some(platforms) = &image.platforms {
        let names = &platforms.names;
        rows.row("platforms", names.value.join(", "), &names.because);
        let how = match platforms.is_cross.value {
            true => "on the machine that builds",
            false => "under emulation, where the machine is another",
        };
        rows.row("compiles", how.to_owned(), &platforms.is_cross.because);
    }
}

fn builder<'a>(image: &'a Image, rows: &mut Rows<'a>) {
    let builder = &image.builder;
    if let Some(rust) = &image.builder.rust_version {
        rows.text("rust", rust);
    }
    rows.text("builder", &builder.image);
    rows.text("release", &builder.release);
    if let Some(toolchain) = &builder.toolchain {
        rows.text("toolchain", toolchain);
    }
    for component in &builder.components {
        rows.text("component", component);
    }
    for package in &builder.packages {
        rows.text("installs", package);
    }
    for stage in &builder.platforms {
        let packages = stage.compilers.iter().chain(&stage.libraries);
        for package in packages {
            rows.text("installs", package);
        }
    }
    for variable in &builder.env {
        let text = format!("{}={}", variable.value.name, variable.value.value);
        rows.row("sets", text, &variable.because);
    }
    for argument in &builder.arguments {
        rows.text("takes", argument);
    }
    if let Some(private) = &image.private {
        for host in &private.hosts {
            rows.text("ssh", host);
        }
        for registry in &private.registries {
            rows.row("secret", registry.value.token.clone(), &registry.because);
        }
    }
}

fn build<'a>(image: &'a Image, rows: &mut Rows<'a>) {
    if let Some(first) = image.build.env.first() {
        let variables = image.build.env.iter().map(|variable| &variable.value);
        let texts: Vec<_> = variables
            .map(|v| format!("{}={}", v.name, v.value))
            .collect();
        rows.row("sets", texts.join(" "), &first.because);
    }
    rows.row("libc", linkage(&image.build), &image.build.libc.because);
    if let Some(front_end) = &image.front_end {
        rows.text("front end", &front_end.image);
        let commands = [
            ("installs", &front_end.install),
            ("builds", &front_end.build),
        ];
        for (name, command) in commands {
            rows.row(name, command.value.to_string(), &command.because);
        }
    }
    let copies = image.context.vendored.iter().chain(&image.context.sources);
    for copy in copies.filter(|copy| !copy.because.is_empty()) {
        rows.row("copies", copy.sources.join(" "), &copy.because);
    }
    let caching = &image.caching;
    rows.row(
        "caching",
        caching.strategy.value.to_string(),
        &caching.strategy.because,
    );
    for layer in &caching.layers {
        for package in &layer.packages {
            rows.text("layer", package);
        }
    }
}

/// What the image has beside the program.
fn files<'a>(runtime: &'a Runtime, rows: &mut Rows<'a>) {
    if let Some(libraries) = &runtime.libraries {
        let names = libraries.packages.iter().map(|package| &package.value);
        let names: Vec<_> = names.map(String::as_str).collect();
        let value = match names.as_slice() {
            [] => "libraries that are found".to_owned(),
            names => format!("libraries of {}", names.join(", ")),
        };
        rows.row("copies", value, &libraries.because);
    }
    for package in &runtime.packages {
        rows.text("installs", package);
    }
    for file in &runtime.files {
        rows.row("adds", file.value.path.clone(), &file.because);
    }
    if let Some(tmp) = &runtime.tmp {
        rows.row("adds", "/tmp".to_owned(), &tmp.because);
    }
    if let Some(passwd) = &runtime.passwd {
        rows.row("adds", "/etc/passwd".to_owned(), &passwd.because);
    }
    for asset in &runtime.assets {
        rows.row("adds", asset.sources.join(" "), &asset.because);
    }
}

fn runtime<'a>(image: &'a Image, rows: &mut Rows<'a>) {
    let runtime = &image.runtime;
    // What a template takes back is not repeated.
    let is_kept = |code: Code| {
        let allowed = image.allowed.iter().map(|allowed| &allowed.value);
        let mut all = image.diagnostics.iter().chain(allowed);
        all.all(|diagnostic| diagnostic.code != code)
    };
    if is_kept(Code::TemplateRuntime) {
        rows.text("runtime", &runtime.image);
    }
    files(runtime, rows);
    for variable in &runtime.env {
        rows.row(
            "env",
            format!("{}={}", variable.value.name, variable.value.value),
            &variable.because,
        );
    }
    for name in &runtime.required_env {
        rows.text("needs", name);
    }
    for port in &runtime.ports {
        rows.row("port", port.value.to_string(), &port.because);
    }
    for port in &runtime.udp_ports {
        rows.row("port", format!("{}/udp", port.value), &port.because);
    }
    if let Some(signal) = &runtime.stop_signal {
        rows.text("signal", signal);
    }
    if let Some(workdir) = &runtime.workdir {
        rows.text("workdir", workdir);
    }
    for folder in &runtime.folders {
        rows.text("writes", folder);
    }
    for volume in &runtime.volumes {
        rows.text("volume", volume);
    }
    // Those from the manifest are no choice of anybody.
    let is_set = |label: &&Decision<Variable>| {
        let mut because = label.because.iter();
        because.any(|evidence| !matches!(evidence.origin, Origin::File { .. }))
    };
    for label in runtime.labels.iter().filter(is_set) {
        let text = format!("{}={}", label.value.name, label.value.value);
        rows.row("label", text, &label.because);
    }
    for argument in &runtime.cmd {
        rows.text("argument", argument);
    }
    if let Some(health) = &runtime.healthcheck {
        rows.row("health", health.command.join(" "), &health.because);
    }
    if is_kept(Code::TemplateUser) {
        rows.text("user", &runtime.user);
    }
}
