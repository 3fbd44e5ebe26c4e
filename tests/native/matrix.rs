//! Every project with nothing asked for, and forced onto distroless.

use crate::engine::Image;
use crate::project::Copied;
use crate::projects::{Linkage, Project};
use crate::rootfs::Rootfs;
use crate::{Result, Row, Sink, Wishes, elf};

pub(crate) const HEADER: &str = "\
| project | flags | runs on | linked to | installed in the builder | image | build | |
|---|---|---|---|---|---:|---:|---|";

/// What nobody needs who has the program.
const SHELLS: [&str; 4] = ["/bin/sh", "/usr/bin/sh", "/bin/bash", "/busybox/sh"];
/// The user that every image has.
const USER: &str = "65532:65532";

pub(crate) fn rows(project: &Project, wishes: &Wishes, sink: Sink<'_>) -> Result<()> {
    sink(row(project, wishes, &[]))?;
    match wishes.is_quick {
        true => Ok(()),
        false => sink(row(project, wishes, &["--runtime", "distroless"])),
    }
}

fn row(project: &Project, wishes: &Wishes, flags: &[&str]) -> Row {
    let mut cells = vec![project.name.to_owned()];
    cells.push(match flags {
        [] => "none".to_owned(),
        flags => format!("`{}`", flags.join(" ")),
    });
    let outcome = fill(&mut cells, project, wishes, flags);
    Row { cells, outcome }
}

/// Fills the cells as far as it comes.
fn fill(
    cells: &mut Vec<String>,
    project: &Project,
    wishes: &Wishes,
    flags: &[&str],
) -> Result<String> {
    let copied = Copied::new(project, wishes, flags)?;
    let linkage = copied.linkage()?;
    cells.push(format!("`{}`", copied.runtime()?));
    cells.push(linkage.words().to_owned());
    cells.push(match copied.packages()?.as_slice() {
        [] => "nothing".to_owned(),
        packages => packages.join(" "),
    });
    let image = Image::build(&copied, None)?;
    let size: f64 = image.inspect("{{.Size}}")?.parse()?;
    cells.push(format!("{:.1} MB", size / 1e6));
    cells.push(format!("{:.0} s", image.time.as_secs_f64()));
    match flags {
        [] => is_smallest(&copied, project.linkage)?,
        _ => is_distroless(&copied)?,
    }
    has_what_was_planned(&copied, &image)?;
    project.check.run(&image)?;
    Ok("ok".to_owned())
}

/// A static program needs no image below it, a dynamic one needs the libraries that every program needs.
fn is_smallest(copied: &Copied<'_>, expected: Linkage) -> Result<()> {
    let (runtime, planned) = (copied.runtime()?, copied.linkage()?);
    if planned != expected {
        let (expected, planned) = (expected.words(), planned.words());
        return Err(format!("expected {expected}, planned {planned}").into());
    }
    let is_smallest = match planned {
        Linkage::Musl | Linkage::StaticGlibc => runtime == "scratch",
        Linkage::Dynamic => runtime.starts_with("gcr.io/distroless/cc-"),
    };
    match is_smallest {
        true => Ok(()),
        false => Err(format!("`{runtime}` is not the smallest runtime").into()),
    }
}

fn is_distroless(copied: &Copied<'_>) -> Result<()> {
    let runtime = copied.runtime()?;
    match runtime.starts_with("gcr.io/distroless/") {
        true => Ok(()),
        false => Err(format!("`{runtime}` is not distroless").into()),
    }
}

/// Looks into the image, whatever the plan says.
fn has_what_was_planned(copied: &Copied<'_>, image: &Image) -> Result<()> {
    let rootfs = Rootfs::of(&image.tag)?;
    let planned = copied.linkage()?;
    let linkage = elf::linkage(&rootfs.read(copied.program()?)?)?;
    if linkage != planned {
        let (planned, found) = (planned.words(), linkage.words());
        return Err(format!("planned {planned}, the program is {found}").into());
    }
    let libraries: Vec<_> = rootfs.libraries().collect();
    let needs_libraries = linkage == Linkage::Dynamic;
    if needs_libraries == libraries.is_empty() {
        return Err(format!("{}, and in the image are {libraries:?}", linkage.words()).into());
    }
    if let Some(shell) = SHELLS.iter().find(|shell| rootfs.files.contains(**shell)) {
        return Err(format!("`{shell}` is in the image").into());
    }
    let user = image.inspect("{{.Config.User}}")?;
    match user == USER {
        true => Ok(()),
        false => Err(format!("it runs as {user:?}").into()),
    }
}
