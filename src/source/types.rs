//! The names that a type is made of.

use syn::{GenericArgument, PathArguments, Type};

/// The names of a type from outside to inside: `Option`, `Box`, `Command`.
pub(super) fn words(kind: &Type) -> Vec<String> {
    let mut found = Vec::new();
    let mut kind = kind;
    while let Type::Path(path) = kind {
        let Some(last) = path.path.segments.last() else {
            break;
        };
        found.push(last.ident.to_string());
        let PathArguments::AngleBracketed(arguments) = &last.arguments else {
            break;
        };
        let inner = arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        });
        match inner {
            Some(inner) => kind = inner,
            None => break,
        }
    }
    found
}

/// The types that a part of a path is given.
pub(super) fn arguments_of(segment: &syn::PathSegment) -> Vec<String> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => kinds_of(arguments),
        _ => Vec::new(),
    }
}

/// The innermost names of generic arguments.
pub(super) fn kinds_of(arguments: &syn::AngleBracketedGenericArguments) -> Vec<String> {
    let kinds = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(kind) => words(kind).pop(),
        _ => None,
    });
    kinds.collect()
}
