//! An error on standard error: a line for people, an object for programs.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::Problem;

impl Problem {
    /// As every program of Redress writes it under `--output json`.
    pub fn as_json(&self) -> Value {
        json!({ "error": {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "remedy": self.remedy,
            "facts": self.facts,
        }})
    }

    /// Ends a program with it.
    pub fn report(&self, as_json: bool) -> ExitCode {
        if as_json {
            eprintln!("{}", self.as_json());
        } else {
            eprintln!("error: {self}");
        }
        ExitCode::from(self.exit_code())
    }
}
