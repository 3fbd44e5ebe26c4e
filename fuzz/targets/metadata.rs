#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| cargo_dockerize::fuzzing::metadata(text));
