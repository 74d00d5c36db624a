//! `redress improvement open`

use clap::Args;
use redress_service::clock;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::OpenImprovementRequest;
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line};
use crate::moment::{Told, told};

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// What may be worth improving, in one line, without personal data
    #[arg(long)]
    title: String,

    /// What gave rise to it: complaint, audit, risk, supplier, review or person, and which one, as in
    /// `complaint/RD-2026-000123-7` or `audit/A-7`; you, if absent
    #[arg(long, value_name = "KIND[/ID]", default_value = "person")]
    from: String,

    /// When it happened: a time, or a day; now, if absent
    ///
    /// It has a time: a day is its first moment in UTC, or some minutes ago where it has not begun there
    /// yet. A request that is repeated with a day may therefore be another one.
    #[arg(long, value_name = "TIME", value_parser = told)]
    occurred_at: Option<Told>,

    /// The same again is answered as the first time
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

pub(super) async fn run(global: &Global, arguments: Open) -> Result<(), Failure> {
    let request = OpenImprovementRequest {
        request_id: arguments.request_id.unwrap_or_default(),
        occurred_at: arguments
            .occurred_at
            .map(|it| time_to_wire(it.moment(&[], clock::now()))),
        title: arguments.title,
        source: Some(super::source(global, &arguments.from).await?),
    };
    let mut client = Client::of(global)?.improvement().await?;
    let answer = client.open_improvement(request).await?.into_inner();
    global.output.print(
        || {
            json!({
                "improvement_id": answer.improvement_id,
                "recorded": recorded(answer.recorded.as_ref()),
            })
        },
        || {
            let line = recorded_line(answer.recorded.as_ref());
            format!("{}\n{line}", answer.improvement_id)
        },
    );
    Ok(())
}
