//! Folders of an image that are not the program's.

/// Folders that are not the program's, nor is anything in them.
const PROGRAMS: [&str; 15] = [
    "/bin",
    "/boot",
    "/dev",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "/sbin",
    "/sys",
    "/usr/bin",
    "/usr/lib",
    "/usr/local/bin",
    "/usr/sbin",
    // Links in Debian's image: nothing can be copied over them.
    "/var/lock",
    "/var/run",
];

/// Folders that are not the program's; one in them can be.
const SHARED: [&str; 17] = [
    "/",
    "/etc",
    "/etc/ssl",
    "/home",
    "/root",
    "/run",
    "/usr",
    "/usr/local",
    "/usr/local/lib",
    "/usr/share",
    "/usr/share/zoneinfo",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/lib/dpkg",
    "/var/log",
    "/var/tmp",
];

/// The folder of the system that a path is, or lies in.
pub(super) fn foreign(path: &str) -> Option<&'static str> {
    let shared = SHARED.into_iter().find(|folder| *folder == path);
    let within = |folder: &&str| {
        let rest = path.strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    shared.or_else(|| PROGRAMS.into_iter().find(within))
}
