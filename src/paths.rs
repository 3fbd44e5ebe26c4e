//! Paths as Dockerfiles write them: relative to the context, with slashes.

use std::path::{Component, Path, PathBuf};

use serde::Serializer;

/// The path with `/` between its parts, whatever the platform; `.` where it is empty.
pub(crate) fn slashed(path: &Path) -> String {
    let mut text = String::with_capacity(path.as_os_str().len());
    let parts = path.components();
    for (at, part) in parts.filter(|part| *part != Component::CurDir).enumerate() {
        if at > 0 {
            text.push('/');
        }
        match part {
            Component::RootDir => {}
            other => text.push_str(&other.as_os_str().to_string_lossy()),
        }
    }
    match text.as_str() {
        "" if path.has_root() => "/".to_owned(),
        "" => ".".to_owned(),
        _ => text,
    }
}

/// Serializes a path as [`slashed`] writes it.
pub(crate) fn serialize_slashed<S: Serializer>(
    path: &Path,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&slashed(path))
}

/// Takes `.` and `..` out of a path without asking the file system.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    normal.push("..");
                }
            }
            other => normal.push(other),
        }
    }
    normal
}

/// The way from the folder `base` to `path`, with `..` where needed; both absolute and normal.
pub(crate) fn relative(path: &Path, base: &Path) -> PathBuf {
    if let Ok(inside) = path.strip_prefix(base) {
        return inside.to_path_buf();
    }
    let shared = path
        .components()
        .zip(base.components())
        .take_while(|(left, right)| left == right)
        .count();
    let up = base.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(path.components().skip(shared)).collect()
}

/// The deepest folder that holds all of `paths`.
pub(crate) fn common_ancestor<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Option<PathBuf> {
    let mut paths = paths.into_iter();
    let mut ancestor = paths.next()?.to_path_buf();
    for path in paths {
        while !path.starts_with(&ancestor) {
            if !ancestor.pop() {
                return None;
            }
        }
    }
    Some(ancestor)
}

/// Whether a path or a folder that it is in is one of those; the cost depends on the path alone.
pub(crate) fn is_in(path: &Path, is_one: impl Fn(&Path) -> bool) -> bool {
    path.ancestors().any(is_one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_goes_up_and_down() {
        let way = relative(Path::new("/a/b/c"), Path::new("/a/d"));
        assert_eq!(slashed(&way), "../b/c");
        assert_eq!(slashed(&relative(Path::new("/a"), Path::new("/a"))), ".");
    }

    #[test]
    fn common_ancestor_is_the_deepest() {
        let found = common_ancestor([Path::new("/a/b/c"), Path::new("/a/b"), Path::new("/a/bb")]);
        assert_eq!(found.as_deref(), Some(Path::new("/a")));
    }
}
