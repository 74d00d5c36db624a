//! Three years of one invented company's feedback, for `redress demo`.
//!
//! [`generate`] is a pure function of a seed and a day: no clock, no file, no network. What it makes
//! is handed to the services as commands, like anybody else's.

#![expect(dead_code, unused_imports, reason = "the command line calls it next")]

mod calendar;
mod catalogue;
mod chance;
mod customers;
mod generate;
mod item;
mod story;
mod words;

pub(crate) use calendar::{MONTHS, SHIFT, first_day, shift_begins};
pub(crate) use generate::{Generator, generate};
pub(crate) use item::{
    Action, Customer, DemoItem, ExternalReference, Money, Refusal, Remedy, RemedySought, Score,
    Step,
};
