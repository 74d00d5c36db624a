//! What is imported: fourteen ordinary months of complaints and one that is not.

use redress_wire::intake::v1::{
    CompleteImportRequest, ImportCounts, ImportFeedbackRequest, InboundKey, ReportedHistory,
    StartImportRequest, Submission,
};

use crate::three::site::Site;

const ORDINARY_MONTHS: i32 = 14;
const AN_ORDINARY_MONTH: usize = 6;
const THE_LAST_MONTH: usize = 30;

struct Row {
    year: i32,
    month: i32,
    day: usize,
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for number in 0..=ORDINARY_MONTHS {
        let (year, month) = (2024 + number / 12, number % 12 + 1);
        let count = if number == ORDINARY_MONTHS {
            THE_LAST_MONTH
        } else {
            // A month that is like all others would leave nothing to vary.
            AN_ORDINARY_MONTH + usize::from(number % 2 == 0)
        };
        let row = |at: usize| Row {
            year,
            month,
            day: at % 28 + 1,
        };
        rows.extend((0..count).map(row));
    }
    // One later day, so that the last month is complete.
    rows.push(Row {
        year: 2025,
        month: 5,
        day: 2,
    });
    rows
}

fn request(import_id: &str, number: usize, row: &Row) -> ImportFeedbackRequest {
    let Row { year, month, day } = row;
    let received: jiff::Timestamp = format!("{year}-{month:02}-{day:02}T09:00:00Z")
        .parse()
        .unwrap();
    let received = std::time::SystemTime::from(received);
    ImportFeedbackRequest {
        import_id: import_id.to_owned(),
        inbound_key: Some(InboundKey {
            source: "crm".to_owned(),
            id: number.to_string(),
        }),
        row_digest: String::new(),
        submission: Some(Submission {
            kind: "complaint".to_owned(),
            channel: "web".to_owned(),
            description: format!("words of row {number}"),
            product: "Kettle".to_owned(),
            issue: if number.is_multiple_of(3) {
                "Leaks".to_owned()
            } else {
                "Broken".to_owned()
            },
            received_at: Some(received.into()),
            reported: Some(ReportedHistory {
                source: "crm".to_owned(),
                digest: format!("{number:064x}"),
                response: "Closed with explanation".to_owned(),
                response_class: "closed".to_owned(),
                timely: "yes".to_owned(),
                disputed: "unknown".to_owned(),
                ..ReportedHistory::default()
            }),
            ..Submission::default()
        }),
    }
}

/// An import under way, one row after the other, so that the same rows make the same log.
pub(crate) struct Import<'a> {
    site: &'a Site,
    id: String,
    rows: Vec<Row>,
    sent: usize,
}

impl<'a> Import<'a> {
    pub(crate) async fn start(site: &'a Site) -> Self {
        let request = StartImportRequest {
            format: "crm".to_owned(),
            source: "crm".to_owned(),
            rules: "crm/1".to_owned(),
            file_digest: format!("{:064x}", 7),
            ..StartImportRequest::default()
        };
        let started = site.intake().await.start_import(request).await;
        Self {
            site,
            id: started.unwrap().into_inner().import_id,
            rows: rows(),
            sent: 0,
        }
    }

    /// So many more rows of a hundred.
    pub(crate) async fn send(&mut self, percent: usize) {
        let mut intake = self.site.intake().await;
        let end = (self.sent + self.rows.len() * percent / 100).min(self.rows.len());
        for number in self.sent..end {
            let row = request(&self.id, number, &self.rows[number]);
            let result = intake.import_feedback(row).await.unwrap().into_inner();
            assert_eq!(result.result, "new", "row {number}");
        }
        self.sent = end;
    }

    /// Lets go of the site for a while.
    pub(crate) fn pause(self) -> Paused {
        Paused {
            id: self.id,
            rows: self.rows,
            sent: self.sent,
        }
    }

    /// The rest; then, when everybody has seen all of it, the end, and what follows from that.
    pub(crate) async fn finish(mut self) {
        self.send(100).await;
        self.site.wait("intake", "workflow").await;
        self.site.wait("intake", "reporting").await;
        self.site.wait("workflow", "reporting").await;
        let rows = self.rows.len() as u64;
        let request = CompleteImportRequest {
            import_id: self.id.clone(),
            counts: Some(ImportCounts {
                rows,
                new_rows: rows,
                ..ImportCounts::default()
            }),
            received_from: "2024-01-01".to_owned(),
            received_to: "2025-05-02".to_owned(),
            ..CompleteImportRequest::default()
        };
        let mut intake = self.site.intake().await;
        intake.complete_import(request).await.unwrap();
        self.site.settle().await;
    }
}

pub(crate) struct Paused {
    id: String,
    rows: Vec<Row>,
    sent: usize,
}

impl Paused {
    pub(crate) fn go_on(self, site: &Site) -> Import<'_> {
        let Self { id, rows, sent } = self;
        Import {
            site,
            id,
            rows,
            sent,
        }
    }
}
