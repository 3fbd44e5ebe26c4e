//! Texts that are addresses, and the words of names.

/// Whether a text is an address that a program can listen on.
pub(crate) fn is_address(text: &str) -> bool {
    address(text).is_some_and(|(port, _)| port.is_some())
}

/// Port and reach of `0.0.0.0:8080`, `127.0.0.1:{}`, `[::]:80`, `localhost:3000`.
pub(super) fn address(text: &str) -> Option<(Option<u16>, bool)> {
    let (host, port) = text.rsplit_once(':')?;
    let is_loopback = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    if !is_loopback && !matches!(host, "0.0.0.0" | "[::]") {
        return None;
    }
    if port.starts_with('{') && port.ends_with('}') {
        return Some((None, is_loopback));
    }
    let port: u16 = port.parse().ok()?;
    (port > 0).then_some((Some(port), is_loopback))
}

/// The same address, open to everybody.
pub(super) fn reachable(text: &str) -> String {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port))
            if !host.is_empty() && !host.ends_with(':') && is_host(host).is_some() =>
        {
            (host, format!(":{port}"))
        }
        _ => (text, String::new()),
    };
    let open = match host {
        "::1" => "::",
        "[::1]" => "[::]",
        _ => "0.0.0.0",
    };
    format!("{open}{port}")
}

/// Whether a text can be the name of a variable.
pub(super) fn is_variable(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && text
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '_')
}

/// What a value is by itself.
pub(super) enum Value {
    Port(u16),
    /// A port where there is one, and whether nobody else can reach it.
    Place(Option<u16>, bool),
}

/// What a text is by itself.
pub(super) fn value(text: &str) -> Option<Value> {
    if let Ok(port) = text.parse::<u16>() {
        return (port > 0).then_some(Value::Port(port));
    }
    if let Some(is_loopback) = is_host(text) {
        return Some(Value::Place(None, is_loopback));
    }
    let (port, is_loopback) = address(text)?;
    Some(Value::Place(port, is_loopback))
}

/// Whether a host is that of a loopback; none where it is no address to listen on.
fn is_host(text: &str) -> Option<bool> {
    match text {
        "127.0.0.1" | "localhost" | "::1" | "[::1]" => Some(true),
        "0.0.0.0" | "::" | "[::]" => Some(false),
        _ => None,
    }
}

/// The words of a name: of `HttpPort`, `http_port`, `HTTP-PORT` and `http.port` the same.
pub(super) fn words(name: &str) -> impl Iterator<Item = String> + use<> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for char in name.chars() {
        if !char.is_alphanumeric() || (char.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if char.is_alphanumeric() {
            if let Some(word) = words.last_mut() {
                word.extend(char.to_lowercase());
            }
        }
        was_lower = char.is_lowercase() || char.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words.into_iter()
}
