//! The engine from outside: against a count of minutes, against other software, and the known faults of
//! the field.

mod case;
mod document;
mod faults;
mod following;
mod minutes;
mod oracle;
mod packs;
mod random;
mod register;
mod routing;
mod rules;
mod ruling;
mod separation;
mod stored;
mod template;
