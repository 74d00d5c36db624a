use super::given::World;
use super::steps::{self, done, on};

async fn bytes_of_a_run() -> Vec<Vec<u8>> {
    let world = World::new();
    let mut running = world.start().await;
    for n in 0..5 {
        let id = world.complaint(n).await.to_string();
        running.follow(&world).await;
        let client = &mut running.complaints;
        steps::handle(client, &id).await;
        done!(client, add_note, on(&id, steps::note()));
    }
    let bytes = running.bytes().await;
    running.stop().await;
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_commands_with_the_same_seeds_give_the_same_bytes() {
    let (one, other) = (bytes_of_a_run().await, bytes_of_a_run().await);
    assert_eq!(one.len(), 1 + 5 * 17);
    assert_eq!(one, other);
}
