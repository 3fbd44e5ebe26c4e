//! A calculator for whole numbers, shared by the server and the `calc` command.
//!
//! ```
//! assert_eq!(example_app::evaluate("add", "40", "2"), Ok(42));
//! ```

use std::fmt;
use std::str::FromStr;

/// One of the four operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Add,
    Sub,
    Mul,
    Div,
}

/// Why a calculation has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The name is none of the four operations.
    UnknownOperation(String),
    /// The text is not a whole number of 64 bits.
    InvalidNumber(String),
    /// The divisor is zero.
    DivisionByZero,
    /// The result does not fit into 64 bits.
    Overflow,
}

/// Parses an operation and its two operands, and calculates.
///
/// # Errors
///
/// Everything [`Error`] lists.
pub fn evaluate(operation: &str, left: &str, right: &str) -> Result<i64, Error> {
    let operation: Operation = operation.parse()?;
    operation.apply(parse_number(left)?, parse_number(right)?)
}

/// Parses a whole number, for instance `42` or `-7`.
///
/// # Errors
///
/// [`Error::InvalidNumber`], with the text.
pub fn parse_number(text: &str) -> Result<i64, Error> {
    text.parse()
        .map_err(|_| Error::InvalidNumber(text.to_owned()))
}

impl Operation {
    /// Calculates; a division rounds towards zero.
    ///
    /// # Errors
    ///
    /// [`Error::DivisionByZero`] and [`Error::Overflow`].
    pub fn apply(self, left: i64, right: i64) -> Result<i64, Error> {
        let result = match self {
            Self::Add => left.checked_add(right),
            Self::Sub => left.checked_sub(right),
            Self::Mul => left.checked_mul(right),
            Self::Div if right == 0 => return Err(Error::DivisionByZero),
            Self::Div => left.checked_div(right),
        };
        result.ok_or(Error::Overflow)
    }
}

impl FromStr for Operation {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "add" => Ok(Self::Add),
            "sub" => Ok(Self::Sub),
            "mul" => Ok(Self::Mul),
            "div" => Ok(Self::Div),
            _ => Err(Error::UnknownOperation(name.to_owned())),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOperation(name) => {
                write!(f, "`{name}` is none of add, sub, mul and div")
            }
            Self::InvalidNumber(text) => write!(f, "`{text}` is not a whole number of 64 bits"),
            Self::DivisionByZero => f.write_str("a division by zero has no result"),
            Self::Overflow => f.write_str("the result does not fit into 64 bits"),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calculates() {
        assert_eq!(evaluate("add", "40", "2"), Ok(42));
        assert_eq!(evaluate("sub", "40", "-2"), Ok(42));
        assert_eq!(evaluate("mul", "-6", "7"), Ok(-42));
        assert_eq!(evaluate("div", "-85", "2"), Ok(-42));
    }

    #[test]
    fn refuses_what_does_not_fit() {
        assert_eq!(Operation::Add.apply(i64::MAX, 1), Err(Error::Overflow));
        assert_eq!(Operation::Sub.apply(i64::MIN, 1), Err(Error::Overflow));
        assert_eq!(Operation::Mul.apply(i64::MAX, 2), Err(Error::Overflow));
        assert_eq!(Operation::Div.apply(i64::MIN, -1), Err(Error::Overflow));
    }

    #[test]
    fn refuses_a_division_by_zero() {
        assert_eq!(evaluate("div", "1", "0"), Err(Error::DivisionByZero));
    }

    #[test]
    fn names_what_it_can_not_parse() {
        let message = |operation, left| evaluate(operation, left, "2").unwrap_err().to_string();
        assert_eq!(
            message("pow", "1"),
            "`pow` is none of add, sub, mul and div"
        );
        assert_eq!(
            message("add", "1.5"),
            "`1.5` is not a whole number of 64 bits"
        );
    }
}
