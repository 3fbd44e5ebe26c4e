//! What scanners are told of the libraries in an image, and what is there.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{Image, docker};
use crate::project::Copied;
use crate::projects::{Linkage, Project};
use crate::rootfs::{Rootfs, is_library};
use crate::{Result, Row, Sink, Wishes};

pub(crate) const HEADER: &str = "\
| project | flags | copied libraries | packages recorded | |
|---|---|---:|---|---|";

/// Where distroless images have the records of their packages.
const RECORDS: &str = "/var/lib/dpkg/status.d/";

/// Names of packages and their versions.
type Packages = BTreeMap<String, String>;

/// What the script of a package writes: the database does not know whose it is.
const WRITTEN: (&str, &str) = ("/etc/ssl/certs/ca-certificates.crt", "ca-certificates");

pub(crate) fn rows(project: &Project, wishes: &Wishes, sink: Sink<'_>) -> Result<()> {
    let scratch = ["--runtime", "scratch"];
    for flags in [&[][..], &scratch] {
        let copied = Copied::new(project, wishes, flags)?;
        // Without flags a static program is on scratch already.
        let is_new = flags.is_empty() || is_dynamic(&copied);
        if !is_new || !(is_dynamic(&copied) || copied.brings_files()) {
            continue;
        }
        let mut cells = vec![project.name.to_owned()];
        cells.push(match flags {
            [] => "none".to_owned(),
            flags => format!("`{}`", flags.join(" ")),
        });
        let outcome = fill(&mut cells, project, &copied);
        sink(Row { cells, outcome })?;
    }
    Ok(())
}

fn is_dynamic(copied: &Copied<'_>) -> bool {
    matches!(copied.linkage(), Ok(Linkage::Dynamic))
}

/// Fills the cells as far as it comes.
fn fill(cells: &mut Vec<String>, project: &Project, copied: &Copied<'_>) -> Result<String> {
    let image = Image::build(copied, None)?;
    let rootfs = Rootfs::of(&image.tag)?;
    let (base_files, base_records) = match copied.runtime()? {
        "scratch" => (BTreeSet::new(), Packages::new()),
        base => {
            let base = Rootfs::of(base)?;
            let records = records(&base)?;
            (base.files, records)
        }
    };
    let added = rootfs.files.difference(&base_files);
    let added: Vec<&str> = added.map(String::as_str).collect();
    let is_copied = |path: &&str| is_library(path);
    let libraries: Vec<&str> = added.iter().copied().filter(is_copied).collect();
    cells.push(libraries.len().to_string());
    if libraries.is_empty() && is_dynamic(copied) && copied.runtime()? == "scratch" {
        return Err("not even a loader was copied".into());
    }
    let mut recorded = records(&rootfs)?;
    recorded.retain(|name, version| base_records.get(name) != Some(version));
    let words = recorded.iter();
    let words: Vec<_> = words
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    cells.push(match words.is_empty() {
        true => "none".to_owned(),
        false => words.join(", "),
    });
    let builder = Image::build(copied, Some("build"))?;
    let mut owners = owners(&builder, &added)?;
    if let Some(orphan) = libraries.iter().find(|path| !owners.contains_key(**path)) {
        return Err(format!("`{orphan}` belongs to no package").into());
    }
    let (path, package) = WRITTEN;
    if added.contains(&path) {
        owners.insert(path.to_owned(), package.to_owned());
    }
    let present = versions(&builder, &owners.into_values().collect())?;
    if present != recorded {
        return Err(format!("files of {present:?}, records of {recorded:?}").into());
    }
    project.check.run(&image)?;
    Ok("ok".to_owned())
}

/// The packages that an image says it has.
fn records(rootfs: &Rootfs) -> Result<Packages> {
    let mut packages = Packages::new();
    let files = rootfs.files.iter().filter(|path| path.starts_with(RECORDS));
    for path in files.filter(|path| !path.ends_with(".md5sums")) {
        let text = String::from_utf8(rootfs.read(path)?)?;
        let field = |name: &str| {
            let mut values = text.lines().filter_map(|line| line.strip_prefix(name));
            match (values.next(), values.next()) {
                (Some(value), None) => Ok(value.trim().to_owned()),
                _ => Err(format!("`{path}` does not have `{name}` once")),
            }
        };
        if packages
            .insert(field("Package:")?, field("Version:")?)
            .is_some()
        {
            return Err(format!("the package of `{path}` has two records").into());
        }
    }
    Ok(packages)
}

/// The packages that files belong to, as the builder's own database says.
fn owners(builder: &Image, files: &[&str]) -> Result<BTreeMap<String, String>> {
    // Debian's records name some files without `/usr`.
    let mut paths: Vec<String> = files.iter().map(|&path| path.to_owned()).collect();
    paths.extend(
        files
            .iter()
            .filter_map(|path| Some(path.strip_prefix("/usr")?.to_owned())),
    );
    let mut words = vec![
        "run",
        "--rm",
        "--entrypoint=dpkg-query",
        &builder.tag,
        "--search",
    ];
    words.extend(paths.iter().map(String::as_str));
    // It fails if one of them is of no package.
    let ran = docker(&words)?;
    let mut owners = BTreeMap::new();
    let is_diversion = |line: &&str| line.starts_with("diversion by ");
    for line in ran.stdout.lines().filter(|line| !is_diversion(line)) {
        let (package, path) = line
            .split_once(": ")
            .ok_or_else(|| format!("`dpkg-query` says `{line}`"))?;
        let package = package.split(':').next().unwrap_or(package);
        let with_usr = format!("/usr{path}");
        for file in files
            .iter()
            .filter(|file| **file == path || **file == with_usr)
        {
            owners.insert((*file).to_owned(), package.to_owned());
        }
    }
    // The status says nothing, as the program itself belongs to no package: this does.
    let unknown = "no path found matching pattern";
    match ran.is_success || ran.stderr.contains(unknown) {
        true => Ok(owners),
        false => Err(format!("`dpkg-query` failed: {}", ran.stderr).into()),
    }
}

/// The versions that the builder has of packages.
fn versions(builder: &Image, packages: &BTreeSet<String>) -> Result<Packages> {
    if packages.is_empty() {
        return Ok(Packages::new());
    }
    let mut words = vec!["run", "--rm", "--entrypoint=dpkg-query", &builder.tag];
    words.extend(["--show", "--showformat=${Package} ${Version}\\n"]);
    words.extend(packages.iter().map(String::as_str));
    let ran = docker(&words)?;
    if !ran.is_success {
        return Err(format!("no versions: {}", ran.stderr).into());
    }
    let lines = ran.stdout.lines().filter_map(|line| line.split_once(' '));
    Ok(lines
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect())
}
