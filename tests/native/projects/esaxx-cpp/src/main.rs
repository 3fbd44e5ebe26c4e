//! Counts what a library in C++ finds in a word.

fn main() {
    let chars: Vec<char> = "abracadabra".chars().collect();
    let mut found: Vec<String> = esaxx_rs::suffix("abracadabra")
        .expect("a suffix array")
        .iter()
        .map(|(word, count)| format!("{}={count}", word.iter().collect::<String>()))
        .collect();
    found.sort();
    println!("{} letters: {}", chars.len(), found.join(" "));
}
