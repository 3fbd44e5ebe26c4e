//! Answers.

#[rocket::get("/add/<left>/<right>")]
fn add(left: u32, right: u32) -> String {
    format!("{left} + {right} = {}", left + right)
}

#[rocket::launch]
fn rocket() -> _ {
    rocket::build().mount("/", rocket::routes![add])
}
