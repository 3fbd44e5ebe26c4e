//! What a build script does when it runs for Linux: which compilers, tools and libraries it asks for.
//!
//! The script is followed from `main` on. Conditions on the target, the features and cargo's variables are
//! evaluated; where one is not known, both of its sides count. Functions that are never called count for nothing.

mod acts;
mod branches;
mod called;
mod calls;
mod defined;
mod expressions;
mod macros;
#[cfg(test)]
mod tests;
mod values;
mod walk;

use proc_macro2::TokenStream;

pub(crate) use self::acts::{Act, Does, Script, ScriptFile};
use super::cfg::Conditions;
use crate::limits;

/// Follows a build script; the first file has its `main`.
pub(crate) fn script(files: &[ScriptFile], conditions: &Conditions) -> Script {
    let followed = std::thread::scope(|scope| {
        let thread = limits::spawn_with_room(scope, || follow(files, conditions)).ok()?;
        thread.join().ok()
    });
    followed.unwrap_or_else(|| unread(files, "there is no room to read it"))
}

fn unread(files: &[ScriptFile], why: &'static str) -> Script {
    let path = files.first().map(|file| file.path.clone());
    Script {
        unread: Some((path.unwrap_or_default(), why)),
        ..Script::default()
    }
}

fn follow(files: &[ScriptFile], conditions: &Conditions) -> Script {
    let mut parsed = Vec::new();
    for file in files {
        match parse(&file.text) {
            Ok(syntax) => parsed.push(syntax),
            Err(why) => {
                return Script {
                    unread: Some((file.path.clone(), why)),
                    ..Script::default()
                };
            }
        }
    }
    let script = walk::follow(files, &parsed, conditions);
    drop(parsed);
    proc_macro2::extra::invalidate_current_thread_spans();
    script
}

fn parse(text: &str) -> Result<syn::File, &'static str> {
    const RUST: &str = "it does not parse as Rust";
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // `#!` of a script is no Rust, `#![…]` is.
    let text = match text.starts_with("#!") && !text.starts_with("#![") {
        true => text.split_once('\n').map_or("", |(_, rest)| rest),
        false => text,
    };
    let stream: TokenStream = text.parse().map_err(|_| RUST)?;
    match limits::is_shallow(stream.clone()) {
        true => syn::parse2(stream).map_err(|_| RUST),
        false => Err("it is nested too deep"),
    }
}
