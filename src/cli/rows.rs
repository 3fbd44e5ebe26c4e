//! The decisions of a plan as lines for people.

use crate::decision::{Decision, Evidence};
use crate::plan::Image;

/// A word for a decision, what was decided, and why.
pub(super) type Row<'a> = (&'static str, String, &'a [Evidence]);

/// The decisions in the order of the Dockerfile.
pub(super) fn rows(image: &Image) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    program(image, &mut rows);
    builder(image, &mut rows);
    build(image, &mut rows);
    runtime(image, &mut rows);
    for template in &image.templates {
        let text = format!("{} from {}", template.value.name, template.value.file);
        rows.push(("template", text, template.because.as_slice()));
    }
    rows
}

fn program<'a>(image: &'a Image, rows: &mut Vec<Row<'a>>) {
    let mut row = |name, value: String, because| rows.push((name, value, because));
    row("binary", image.binary.value.clone(), &image.binary.because);
    for program in &image.runtime.extra_programs {
        let name = program.value.rsplit('/').next().unwrap_or_default();
        row("binary", name.to_owned(), &program.because);
    }
    for alias in &image.runtime.aliases {
        row("alias", alias.value.clone(), &alias.because);
    }
    if let Some(platforms) = &image.platforms {
        let names = &platforms.names;
        row("platforms", names.value.join(", "), &names.because);
        let how = match platforms.is_cross.value {
            true => "on the machine that builds",
            false => "under emulation, where the machine is another",
        };
        row("compiles", how.to_owned(), &platforms.is_cross.because);
    }
}

fn builder<'a>(image: &'a Image, rows: &mut Vec<Row<'a>>) {
    let mut row = |name, value: String, because| rows.push((name, value, because));
    let builder = &image.builder;
    if let Some(rust) = &image.builder.rust_version {
        row("rust", rust.value.clone(), &rust.because);
    }
    row(
        "builder",
        builder.image.value.clone(),
        &builder.image.because,
    );
    row(
        "release",
        builder.release.value.clone(),
        &builder.release.because,
    );
    if let Some(toolchain) = &builder.toolchain {
        row("toolchain", toolchain.value.clone(), &toolchain.because);
    }
    for package in &builder.packages {
        row("installs", package.value.clone(), &package.because);
    }
    for stage in &builder.platforms {
        let packages = stage.compilers.iter().chain(&stage.libraries);
        for package in packages {
            row("installs", package.value.clone(), &package.because);
        }
    }
    for variable in &builder.env {
        let text = format!("{}={}", variable.value.name, variable.value.value);
        row("sets", text, &variable.because);
    }
    for argument in &builder.arguments {
        row("takes", argument.value.clone(), &argument.because);
    }
    if let Some(private) = &image.private {
        for host in &private.hosts {
            row("ssh", host.value.clone(), &host.because);
        }
        for registry in &private.registries {
            row("secret", registry.value.token.clone(), &registry.because);
        }
    }
}

fn build<'a>(image: &'a Image, rows: &mut Vec<Row<'a>>) {
    let mut row = |name, value: String, because| rows.push((name, value, because));
    if let Some(first) = image.build.env.first() {
        let variables = image.build.env.iter().map(|variable| &variable.value);
        let texts: Vec<_> = variables
            .map(|v| format!("{}={}", v.name, v.value))
            .collect();
        row("sets", texts.join(" "), &first.because);
    }
    let linked = if image.build.is_static {
        "static"
    } else {
        "dynamic"
    };
    row(
        "libc",
        format!("{:?}, {linked}", image.build.libc.value).to_lowercase(),
        &image.build.libc.because,
    );
    if let Some(front_end) = &image.front_end {
        row(
            "front end",
            front_end.image.value.clone(),
            &front_end.image.because,
        );
        row(
            "installs",
            front_end.install.value.clone(),
            &front_end.install.because,
        );
        row(
            "builds",
            front_end.build.value.clone(),
            &front_end.build.because,
        );
    }
    let copies = image.context.vendored.iter().chain(&image.context.sources);
    for copy in copies.filter(|copy| !copy.because.is_empty()) {
        row("copies", copy.sources.join(" "), &copy.because);
    }
    let caching = &image.caching;
    row(
        "caching",
        format!("{:?}", caching.strategy.value).to_lowercase(),
        &caching.strategy.because,
    );
    for layer in &caching.layers {
        for package in &layer.packages {
            row("layer", package.value.clone(), &package.because);
        }
    }
}

fn runtime<'a>(image: &'a Image, rows: &mut Vec<Row<'a>>) {
    let mut row = |name, value: String, because| rows.push((name, value, because));
    let runtime = &image.runtime;
    row(
        "runtime",
        runtime.image.value.clone(),
        &runtime.image.because,
    );
    if let Some(libraries) = &runtime.libraries {
        let names = libraries.packages.iter().map(|package| &package.value);
        let names: Vec<_> = names.map(String::as_str).collect();
        let value = match names.as_slice() {
            [] => "libraries that are found".to_owned(),
            names => format!("libraries of {}", names.join(", ")),
        };
        row("copies", value, &libraries.because);
    }
    for package in &runtime.packages {
        row("installs", package.value.clone(), &package.because);
    }
    for file in &runtime.files {
        row("adds", file.value.path.clone(), &file.because);
    }
    let flags: [(&Option<Decision<bool>>, &str); 2] =
        [(&runtime.tmp, "/tmp"), (&runtime.passwd, "/etc/passwd")];
    for (decision, path) in flags {
        if let Some(decision) = decision {
            row("adds", path.to_owned(), &decision.because);
        }
    }
    for asset in &runtime.assets {
        row("adds", asset.sources.join(" "), &asset.because);
    }
    for variable in &runtime.env {
        row(
            "env",
            format!("{}={}", variable.value.name, variable.value.value),
            &variable.because,
        );
    }
    for port in &runtime.ports {
        row("port", port.value.to_string(), &port.because);
    }
    if let Some(signal) = &runtime.stop_signal {
        row("signal", signal.value.clone(), &signal.because);
    }
    row("user", runtime.user.value.clone(), &runtime.user.because);
}
