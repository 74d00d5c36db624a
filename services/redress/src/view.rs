//! `redress view ..`: what can be deleted at any time, and is built again.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use redress_service::Kind;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::Failure;
use crate::global::Global;
use crate::progress;
use crate::running::{Running, VIEWS_PATH};
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// How far each view has come
    Status(Place),
    /// Fold views again beside the served rows, from the first record
    Rebuild(Rebuild),
}

#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Open this data directory in this process, instead of asking the one at `http.listen`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Rebuild {
    /// Only this one, as `status` calls it: `workflow/complaints`; all, if absent
    view: Option<String>,

    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    let place = match &verb {
        Verb::Status(place) => place,
        Verb::Rebuild(rebuild) => &rebuild.place,
    };
    let Some(data) = &place.data else {
        let address = global.load(Vec::new())?.http.listen.to_string();
        return ask(global, &verb, &address).await;
    };
    let config = global.load(vec![("data_dir", data.display().to_string())])?;
    let running = Running::embedded(config).await?;
    let done = ask(global, &verb, &running.http.to_string()).await;
    done.and(running.stop().await)
}

async fn ask(global: &Global, verb: &Verb, address: &str) -> Result<(), Failure> {
    if let Verb::Rebuild(rebuild) = verb {
        rebuild_all(address, rebuild.view.as_deref()).await?;
    }
    let views = call(address, "GET", VIEWS_PATH).await?;
    global.output.print(|| views.clone(), || render(&views));
    Ok(())
}

async fn rebuild_all(address: &str, only: Option<&str>) -> Result<(), Failure> {
    let views = call(address, "GET", VIEWS_PATH).await?;
    let all = views["views"].as_array().cloned().unwrap_or_default();
    let names: Vec<String> = all.iter().map(name).collect();
    let wanted: Vec<&String> = names
        .iter()
        .filter(|name| only.is_none_or(|only| *name == only))
        .collect();
    if wanted.is_empty() {
        return Err(
            Failure::new(Kind::NotFound, "VIEW_UNKNOWN", "there is no such view")
                .with_field("view")
                .with_remedy(format!("take one of {}", names.join(", "))),
        );
    }
    for view in wanted {
        let path = format!("{VIEWS_PATH}/{view}/rebuild");
        let rebuilt = call(address, "POST", &path);
        tokio::pin!(rebuilt);
        let bar = progress::of_counts("rebuilding", 0);
        let done = loop {
            tokio::select! {
                done = &mut rebuilt => break done,
                () = tokio::time::sleep(Duration::from_millis(200)) => {
                    show(&bar, &call(address, "GET", VIEWS_PATH).await?, view);
                }
            }
        };
        bar.finish_and_clear();
        let done = done?;
        if let Some(code) = done["code"].as_str() {
            let why = done["message"].as_str().unwrap_or(code);
            return Err(Failure::new(
                Kind::Internal,
                "REBUILD_FAILED",
                format!("{view}: {why}"),
            ));
        }
    }
    Ok(())
}

fn show(bar: &indicatif::ProgressBar, views: &Value, wanted: &str) {
    let all = views["views"].as_array().into_iter().flatten();
    for view in all.filter(|view| name(view) == wanted) {
        bar.set_length(view["rebuilding"]["total"].as_u64().unwrap_or(0));
        bar.set_position(view["rebuilding"]["done"].as_u64().unwrap_or(0));
    }
}

fn name(view: &Value) -> String {
    let text = |key: &str| view[key].as_str().unwrap_or_default().to_owned();
    format!("{}/{}", text("service"), text("view"))
}

fn render(views: &Value) -> String {
    let mut table = Table::new(&["view", "log", "position", "head", "state"]);
    for view in views["views"].as_array().into_iter().flatten() {
        let state = if let Some(why) = view["stopped"].as_str() {
            format!("stopped: {why}")
        } else if view["rebuilding"].is_object() {
            let count = |key: &str| view["rebuilding"][key].as_u64().unwrap_or(0);
            format!("rebuilding, {} of {}", count("done"), count("total"))
        } else {
            "folding".to_owned()
        };
        for log in view["logs"].as_array().into_iter().flatten() {
            let count = |key: &str| {
                log[key]
                    .as_u64()
                    .map(|it| it.to_string())
                    .unwrap_or_default()
            };
            let place = log["log"].as_str().unwrap_or_default().to_owned();
            table.row_whole([
                name(view),
                place,
                count("position"),
                count("head"),
                state.clone(),
            ]);
        }
    }
    table.render()
}

/// One plain HTTP exchange with our own door; it needs no library.
async fn call(address: &str, method: &str, path: &str) -> Result<Value, Failure> {
    let unreachable = |error: std::io::Error| {
        let message = format!("{address} (`http.listen`) cannot be reached: {error}");
        Failure::new(Kind::Unavailable, "UNREACHABLE", message)
            .with_remedy("start it with `redress serve`, or name its data directory with --data")
    };
    let mut stream = TcpStream::connect(address).await.map_err(unreachable)?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .map_err(unreachable)?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .map_err(unreachable)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).map_err(|_| {
        Failure::new(
            Kind::Internal,
            "ANSWER_MALFORMED",
            "another program answers there",
        )
        .with_remedy("look at `http.listen`")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_view_is_called_by_its_service_and_its_name() {
        assert_eq!(
            name(&json!({ "service": "workflow", "view": "complaints" })),
            "workflow/complaints"
        );
    }
}
