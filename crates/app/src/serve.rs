//! The `serve` command.

use std::net::SocketAddr;

use anyhow::Context;
use clock::{Clock, Ids};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use web::Limits;

use crate::catalog::{House, Settings};

/// Serves until a signal to stop; `say` prints what a person at the terminal shall read.
///
/// # Errors
/// When the address is in use or the house cannot be built.
pub async fn serve(settings: &Settings, listen: SocketAddr, say: impl Fn(&str)) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}; is another server running there? (give another --listen)")
    })?;
    let address = listener.local_addr()?;
    let house = House::build(settings, Clock::system(), Ids::system()).await?;
    if let Some(installed) = &house.installed {
        say(&format!("owner: {}", installed.owner.email));
        say(&format!("token: {} (shown only now)", installed.token.reveal()));
    }
    say(&format!("listening on http://{address}"));
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let served = web::serve(listener, house.router, Limits::default(), stop.clone());
    tokio::pin!(served);
    tokio::select! {
        ended = &mut served => return Ok(ended?),
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stop.cancel();
    // A second signal does not wait for open requests.
    tokio::select! {
        ended = &mut served => Ok(ended?),
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}
