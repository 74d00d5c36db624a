//! Compiles `proto/redress/**.proto` to Rust, and to a descriptor set for gRPC reflection.
//! Neither needs a program beside cargo: protox is a protobuf compiler in Rust.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message;

/// Messages that carry personal data: their `Debug` is written by hand in `src/sealed.rs`, so that
/// no log line can quote them.
const SEALED: &[&str] = &[
    "redress.intake.v1.Attachment",
    "redress.intake.v1.Customer",
    "redress.intake.v1.ExternalReference",
    "redress.intake.v1.FeedbackFilter",
    "redress.intake.v1.InboundKey",
    "redress.intake.v1.Submission",
    "redress.workflow.v1.AddNoteRequest",
    "redress.workflow.v1.AssessComplaintRequest",
    "redress.workflow.v1.ComplaintFilter",
    "redress.workflow.v1.DisputeDecisionRequest",
    "redress.workflow.v1.Note",
    "redress.workflow.v1.ProposeResponseRequest",
    "redress.workflow.v1.RecordInvestigationNotRequiredRequest",
    "redress.workflow.v1.ReopenComplaintRequest",
    "redress.workflow.v1.WithdrawComplaintRequest",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.join("redress").display());
    let mut files = Vec::new();
    collect(&root.join("redress"), &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([&root])?;
    let mut set = compiler
        .include_source_info(true)
        .include_imports(true)
        .open_files(&files)?
        .file_descriptor_set();
    tonic_prost_build::configure()
        .bytes(".redress.intake.v1")
        .bytes(".redress.log.v1")
        .bytes(".redress.workflow.v1")
        .btree_map(".")
        .skip_debug(SEALED)
        .compile_fds(set.clone())?;

    // Clients that ask by reflection have no use for the comments.
    for file in &mut set.file {
        file.source_code_info = None;
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("redress.binpb");
    std::fs::write(out, set.encode_to_vec())?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|it| it == "proto") {
            files.push(path);
        }
    }
    Ok(())
}
