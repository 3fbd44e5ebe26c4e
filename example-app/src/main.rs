//! The calculator as a web server: `GET /add/40/2` answers `42`.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal;
use tokio::signal::unix::{self, SignalKind};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:8080").await?;
    let mut terminate = unix::signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        }
    };
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router())
        .with_graceful_shutdown(stop)
        .await
}

/// All routes.
fn router() -> Router {
    Router::new()
        .route("/", get(page))
        .route("/healthz", get(|| async { "ok" }))
        .route("/{operation}/{left}/{right}", get(calculate))
}

/// The page, embedded into the binary.
async fn page() -> Html<&'static str> {
    Html(include_str!("../static/index.html"))
}

/// Answers a result, or 400 and the reason why there is none.
async fn calculate(
    Path((operation, left, right)): Path<(String, String, String)>,
) -> Result<String, (StatusCode, String)> {
    example_app::evaluate(&operation, &left, &right)
        .map(|result| result.to_string())
        .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}
