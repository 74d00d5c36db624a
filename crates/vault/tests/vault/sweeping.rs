use redress_store::{Fault, FaultPlan};
use redress_vault::{Read, Swept, VaultError};

use super::disk::{Disk, entry, id, noise, someone};

async fn sweep(vault: redress_vault::Vault, known: &str) -> (redress_vault::Vault, Swept) {
    let known = id(known).to_string();
    let sweeping = move || {
        let swept = vault
            .sweep_orphans(|entry| entry == known, vault.run())
            .unwrap();
        (vault, swept)
    };
    tokio::task::spawn_blocking(sweeping).await.unwrap()
}

#[tokio::test]
async fn only_entries_of_earlier_runs_that_nobody_knows_or_repeats_are_swept() {
    let disk = Disk::new();
    let vault = disk.open();
    let names = ["known", "orphan", "repeated"];
    vault
        .seal(names.map(|name| entry(name, name)).to_vec())
        .await
        .unwrap();
    vault
        .seal(vec![entry("long", noise(1, 300_000))])
        .await
        .unwrap();
    let (vault, swept) = sweep(vault, "known").await;
    assert_eq!(
        swept,
        Swept {
            entries: 4,
            removed: 0,
            damaged: 0
        },
        "all are of this run"
    );
    drop(vault);

    let vault = disk.open();
    vault
        .seal(vec![entry("repeated", "repeated"), entry("fresh", "fresh")])
        .await
        .unwrap();
    let (vault, swept) = sweep(vault, "known").await;
    assert_eq!(
        swept,
        Swept {
            entries: 5,
            removed: 2,
            damaged: 0
        }
    );
    for (name, there) in [
        ("known", true),
        ("orphan", false),
        ("long", false),
        ("repeated", true),
        ("fresh", true),
    ] {
        let found = vault.read(&id(name).to_string()).unwrap();
        assert_eq!(found != Read::Unknown, there, "{name}");
    }
    let mut left = ["known", "repeated", "fresh"].map(id);
    left.sort_unstable();
    assert_eq!(vault.entries_of_subject(someone(), None, 9).unwrap(), left);
}

#[tokio::test]
async fn pieces_of_an_entry_that_was_cut_off_are_swept() {
    let disk = Disk::new();
    let vault = disk.open_faulty(FaultPlan::nth(2, Fault::PartlyPersisted { batches: 2 }));
    let cut = vault.seal(vec![entry("cut", noise(1, 300_000))]).await;
    assert!(matches!(cut, Err(VaultError::Store(_))));
    drop(vault);
    assert!(disk.rows().len() > 20);
    let (_vault, swept) = sweep(disk.open(), "none").await;
    assert_eq!(
        swept,
        Swept {
            entries: 0,
            removed: 1,
            damaged: 0
        }
    );
    assert_eq!(
        disk.rows().len(),
        1,
        "what the store knows about itself stays"
    );
}
