//! The workflow service over real gRPC, real logs and a real vault.

#[path = "workflow/given.rs"]
mod given;
#[path = "workflow/steps.rs"]
mod steps;

#[path = "workflow/as_of.rs"]
mod as_of;
#[path = "workflow/clocks.rs"]
mod clocks;
#[path = "workflow/commands.rs"]
mod commands;
#[path = "workflow/contact.rs"]
mod contact;
#[path = "workflow/imported.rs"]
mod imported;
#[path = "workflow/improvements.rs"]
mod improvements;
#[path = "workflow/inquiry.rs"]
mod inquiry;
#[path = "workflow/later.rs"]
mod later;
#[path = "workflow/later_version.rs"]
mod later_version;
#[path = "workflow/life.rs"]
mod life;
#[path = "workflow/lists.rs"]
mod lists;
#[path = "workflow/pauses.rs"]
mod pauses;
#[path = "workflow/people.rs"]
mod people;
#[path = "workflow/reactions.rs"]
mod reactions;
#[path = "workflow/refusals.rs"]
mod refusals;
#[path = "workflow/remedies.rs"]
mod remedies;
#[path = "workflow/restart.rs"]
mod restart;
#[path = "workflow/routing.rs"]
mod routing;
#[path = "workflow/ruled.rs"]
mod ruled;
#[path = "workflow/same_bytes.rs"]
mod same_bytes;
#[path = "workflow/separation.rs"]
mod separation;
#[path = "workflow/slices.rs"]
mod slices;
#[path = "workflow/watching.rs"]
mod watching;
#[path = "workflow/words.rs"]
mod words;
#[path = "workflow/work_lists.rs"]
mod work_lists;
