//! Addresses of `std::net` as code writes them.

/// `SocketAddr::from(([127,0,0,1],8080))` as `127.0.0.1:8080`, `Ipv4Addr::LOCALHOST` as `127.0.0.1`;
/// the code is without white space.
pub(super) fn read(code: &str) -> Option<String> {
    if let Some(host) = host(code) {
        return Some(host.to_owned());
    }
    let code = plain(code);
    let pair = [
        "SocketAddr::from(",
        "SocketAddr::new(",
        "SocketAddrV4::new(",
        "SocketAddrV6::new(",
    ]
    .iter()
    .find_map(|head| code.strip_prefix(head)?.strip_suffix(')'))?;
    let pair = pair
        .strip_prefix('(')
        .and_then(|pair| pair.strip_suffix(')'))
        .unwrap_or(pair);
    let (host, port) = pair_of(pair)?;
    let port = port.map_or("{}".to_owned(), |port| port.to_string());
    Some(format!("{host}:{port}"))
}

/// Host and port of `[0,0,0,0],8080`; no port where it is no literal.
pub(super) fn pair_of(code: &str) -> Option<(&'static str, Option<u16>)> {
    let (host, port) = code.trim_end_matches(',').rsplit_once(',')?;
    let host = self::host(host)?;
    match super::integer(port) {
        Some(number) => Some((host, Some(u16::try_from(number).ok()?))),
        None => Some((host, None)),
    }
}

/// An address that code builds or names.
fn host(code: &str) -> Option<&'static str> {
    let mut code = plain(code);
    let wrappers = [
        "IpAddr::V4(",
        "IpAddr::V6(",
        "IpAddr::from(",
        "Ipv4Addr::from(",
        "Some(",
    ];
    while let Some(inner) = wrappers
        .iter()
        .find_map(|head| code.strip_prefix(head)?.strip_suffix(')'))
    {
        code = plain(inner);
    }
    Some(match code {
        "[0,0,0,0]" | "Ipv4Addr::UNSPECIFIED" | "Ipv4Addr::new(0,0,0,0)" | "\"0.0.0.0\"" => {
            "0.0.0.0"
        }
        "[127,0,0,1]"
        | "Ipv4Addr::LOCALHOST"
        | "Ipv4Addr::new(127,0,0,1)"
        | "\"127.0.0.1\""
        | "\"localhost\"" => "127.0.0.1",
        "Ipv6Addr::UNSPECIFIED" | "\"::\"" | "\"[::]\"" => "[::]",
        "Ipv6Addr::LOCALHOST" | "\"::1\"" | "\"[::1]\"" => "[::1]",
        _ => return None,
    })
}

/// Without references, conversions and the path of the module.
fn plain(code: &str) -> &str {
    let mut code = code.trim_start_matches('&');
    for tail in [".into()", ".to_string()", ".to_owned()"] {
        code = code.strip_suffix(tail).unwrap_or(code);
    }
    for head in ["::", "core::", "std::", "net::"] {
        code = code.strip_prefix(head).unwrap_or(code);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_however_they_are_built() {
        for (code, expected) in [
            ("SocketAddr::from(([127,0,0,1],3000))", "127.0.0.1:3000"),
            ("SocketAddr::from(([0,0,0,0],port))", "0.0.0.0:{}"),
            (
                "SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST),80)",
                "127.0.0.1:80",
            ),
            (
                "std::net::SocketAddrV4::new(Ipv4Addr::new(127,0,0,1),8_080)",
                "127.0.0.1:8080",
            ),
            (
                "SocketAddr::new(Ipv6Addr::LOCALHOST.into(),50051)",
                "[::1]:50051",
            ),
            ("IpAddr::V4(Ipv4Addr::UNSPECIFIED)", "0.0.0.0"),
        ] {
            assert_eq!(read(code).as_deref(), Some(expected), "{code}");
        }
        assert_eq!(read("SocketAddr::new(Ipv4Addr::new(10,0,0,1),80)"), None);
        assert_eq!(read("Point::new(127,0,0,1)"), None);
    }
}
