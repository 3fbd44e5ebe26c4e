fn main() { println!("{}", openssl_sys::VERSION); }
