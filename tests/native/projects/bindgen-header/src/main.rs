//! Uses what libclang read in a header.

#[allow(non_camel_case_types, non_upper_case_globals, dead_code)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

fn main() {
    let point = bindings::point {
        x: 40,
        y: 2,
        is_set: true,
    };
    let size = std::mem::size_of::<bindings::point>();
    // SAFETY: the text ends with a null byte.
    let length = unsafe { bindings::strlen(c"hello".as_ptr()) };
    println!(
        "limit {}, sum {}, size {size}, length {length}",
        bindings::LIMIT,
        point.x + point.y
    );
}
