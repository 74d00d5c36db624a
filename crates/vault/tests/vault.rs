//! The vault through its public API: sealing, reading, breaking.

mod vault {
    mod disk;
    mod faults;
    mod golden;
    mod opening;
    mod sealing;
    mod sweeping;
}
