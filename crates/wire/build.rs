//! Compiles `proto/redress/**.proto` to Rust, and to a descriptor set for gRPC reflection.
//! Neither needs a program beside cargo: protox is a protobuf compiler in Rust.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message;
use prost_types::FileDescriptorProto;

/// Stands in the comment of a field, or of a whole message, that holds personal data. The `Debug` of
/// such a message is written in `src/sealed.rs`, so that no log line can quote it.
const MARK: &str = "SEALED";
/// Field numbers of descriptor.proto, of which the paths of comments consist.
const MESSAGES_OF_A_FILE: i32 = 4;
const FIELDS_OF_A_MESSAGE: i32 = 2;

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
        .skip_debug(set.file.iter().flat_map(sealed))
        .compile_fds(set.clone())?;

    // Clients that ask by reflection have no use for the comments.
    for file in &mut set.file {
        file.source_code_info = None;
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("redress.binpb");
    std::fs::write(out, set.encode_to_vec())?;
    Ok(())
}

/// The full names of the messages with a mark in their comments.
fn sealed(file: &FileDescriptorProto) -> Vec<String> {
    let comments = file.source_code_info.iter().flat_map(|it| &it.location);
    let marked = comments.filter(|it| it.leading_comments().contains(MARK));
    let message = |path: &[i32]| match path {
        [MESSAGES_OF_A_FILE, at] | [MESSAGES_OF_A_FILE, at, FIELDS_OF_A_MESSAGE, _] => {
            usize::try_from(*at)
                .ok()
                .and_then(|at| file.message_type.get(at))
        }
        _ => None,
    };
    marked
        .filter_map(|it| message(&it.path))
        .map(|it| format!("{}.{}", file.package(), it.name()))
        .collect()
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
