fn main() { println!("{} {}", acme_log::name(), tools::name()); }
