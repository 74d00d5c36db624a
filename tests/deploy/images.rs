//! Images made from this machine's files: programs, and the libraries that they are linked to.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::engine::Engine;
use super::site::program;
use crate::started::{Answer, binary, root};

pub(crate) const PROGRAMS: [&str; 4] = [
    "redress",
    "redress-intake",
    "redress-workflow",
    "redress-reporting",
];

/// Names of what the build and Compose are given instead of what they would pull.
pub(crate) const IMAGES: [(&str, &str); 3] = [
    ("DEPLOY_RUNTIME_IMAGE", "test/runtime:1"),
    ("DEPLOY_BINARIES", "test/binaries:1"),
    ("DEPLOY_NATS_IMAGE", "test/nats:1"),
];

/// Makes all three.
pub(crate) fn make(engine: &Engine, nats_server: &Path) {
    let busybox = program("busybox").unwrap();
    let [(_, runtime), (_, binaries), (_, nats)] = IMAGES;
    let programs = programs();

    let folder = engine.folder("runtime");
    copy_libraries(&programs[0], &folder);
    import(engine, &folder, runtime);

    let folder = engine.folder("binaries");
    for path in &programs {
        let target = folder.join("out").join(path.file_name().unwrap());
        copy_stripped(path, &target);
    }
    import(engine, &folder, binaries);

    // As the official image with Alpine: a shell and `wget` beside the server.
    let folder = engine.folder("nats");
    copy(nats_server, &folder.join("usr/local/bin/nats-server"));
    copy(&busybox, &folder.join("bin/busybox"));
    copy_libraries(&busybox, &folder);
    for name in ["sh", "wget"] {
        symlink("busybox", folder.join("bin").join(name)).unwrap();
    }
    import(engine, &folder, nats);
}

/// The four programs of this build; those that no test has needed so far are made first.
fn programs() -> Vec<PathBuf> {
    let folder = binary().parent().unwrap();
    if std::env::var_os("REDRESS_TEST_BINARY").is_none() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet"]).current_dir(root());
        for name in PROGRAMS {
            cargo.args(["--package", name]);
        }
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        assert!(
            cargo.status().unwrap().success(),
            "the programs do not build"
        );
    }
    PROGRAMS.map(|name| folder.join(name)).to_vec()
}

fn import(engine: &Engine, folder: &Path, image: &str) {
    let mut tar = Command::new("tar");
    tar.args(["--owner=0", "--group=0", "-C"]).arg(folder);
    let mut tar = tar
        .args(["-c", "."])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut docker = engine.command("docker");
    docker.args(["import", "-", image]);
    docker.stdin(tar.stdout.take().unwrap());
    let imported = docker.output().unwrap();
    assert!(
        tar.wait().unwrap().success() && imported.status.success(),
        "{imported:?}"
    );
    fs::remove_dir_all(folder).unwrap();
}

/// Everything that the loader loads for a program, and the loader.
fn copy_libraries(program: &Path, folder: &Path) {
    let linked = Answer::of(Command::new("ldd").arg(program));
    assert_eq!(linked.code, 0, "{linked:?}");
    let libraries: BTreeSet<&str> = linked
        .out
        .split_whitespace()
        .filter(|word| word.starts_with('/'))
        .collect();
    assert!(libraries.len() >= 2, "{linked:?}");
    for library in libraries {
        copy(
            Path::new(library),
            &folder.join(library.trim_start_matches('/')),
        );
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

/// What debuggers need is most of a program, and only takes time here.
fn copy_stripped(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let mut strip = Command::new("strip");
    strip.arg("--strip-debug").arg("-o").arg(to).arg(from);
    if !strip.status().is_ok_and(|status| status.success()) {
        copy(from, to);
    }
}
