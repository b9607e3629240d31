//! Splits a request body into pieces as it arrives. The bytes received before an interruption are kept, unless the
//! request has a checksum, which can be verified only over the whole body.

use std::time::Duration;

use actix_web::web::{BytesMut, Payload};
use aws_lc_rs::digest::Context;
use domain::refusal::Code;
use entity::upload;
use futures::{FutureExt, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::piece::{Collected, PIECE_BYTES};
use super::protocol::Checksum;
use super::rows::{self, Piece, Turn};
use super::{elsewhere, lacking};
use crate::app::App;
use crate::error::ApiResult;
use crate::photo::finish::discard;
use crate::photo::room::SetAside;
use crate::photo::store::KeyPrefix;
use crate::task_runner::{OnDeadline, TaskRunner};

/// The idle timeout: the server gives up a connection on which no bytes arrive for this long.
const IDLE: Duration = Duration::from_mins(1);

/// The outcome of receiving a request body.
pub(super) enum BodyOutcome {
    /// The bytes were kept; the row has the new offset. If a body with a checksum was interrupted, no bytes were kept
    /// and the offset is unchanged.
    Kept(upload::Model),
    /// The body does not match its checksum, and none of its bytes were kept.
    Mismatch,
}

/// The next event while a body is read.
enum Next {
    Bytes(BytesMut),
    /// The collected bytes are due, or none have arrived for too long.
    Time,
    /// The body is complete.
    End,
    /// The connection was interrupted, or the time for the whole body has passed.
    Cut,
}

/// Receives the body of one request, which has taken the turn of its upload.
pub(super) struct Receiver {
    pub app: App,
    pub runner: TaskRunner,
    /// The upload row as of the moment this request took the turn, updated after every piece.
    pub upload: upload::Model,
    /// How many more pieces the upload may have.
    pub pieces_left: u64,
    /// When the whole body must have arrived.
    pub by: Instant,
    /// The room for the bytes that the upload still lacks.
    pub room: SetAside,
}

impl Receiver {
    /// Prepares to receive the body of the request that has taken this turn. The bytes that the upload lacks have as much
    /// time as they need on a slow network.
    pub(super) fn new(app: &App, runner: &TaskRunner, turn: Turn, room: SetAside) -> Self {
        let by = Instant::now() + app.config.http.client_time.for_bytes(lacking(&turn.upload));
        let Turn { upload, pieces_left } = turn;
        Self { app: app.clone(), runner: runner.clone(), upload, pieces_left, by, room }
    }

    /// Receives a request body up to its end or its interruption.
    ///
    /// # Errors
    /// `TOO_LARGE` if more bytes arrive than the file still lacks; `CHANGED_MEANWHILE` if another request has taken the
    /// turn. Pieces that were already recorded stay.
    pub(super) async fn take(self, body: Payload, checksum: Option<Checksum>) -> ApiResult<BodyOutcome> {
        match checksum {
            None => self.take_as_it_comes(body).await.map(BodyOutcome::Kept),
            Some(checksum) => self.take_as_one(body, checksum).await,
        }
    }

    async fn take_as_it_comes(mut self, mut body: Payload) -> ApiResult<upload::Model> {
        let mut here = Collected::default();
        loop {
            let next = next(&mut body, here.due_at(), self.by).await;
            let goes_on = match &next {
                Next::Bytes(bytes) => {
                    let left = lacking(&self.upload).saturating_sub(here.len() as u64);
                    let fits = bytes.len() as u64 <= left;
                    if fits {
                        here.push(bytes, Instant::now());
                    }
                    fits
                }
                Next::Time => !here.is_empty(),
                Next::End | Next::Cut => false,
            };
            if !here.is_empty() && (!goes_on || here.is_due(Instant::now())) {
                self.keep(here.take()).await?;
            }
            if !goes_on {
                return match next {
                    Next::Bytes(_) => Err(Code::TooLarge.into()),
                    Next::Time | Next::End | Next::Cut => Ok(self.upload),
                };
            }
        }
    }

    /// Writes a piece to the store, and then its row.
    ///
    /// # Errors
    /// `RATE_LIMITED` under `upload.pieces` if the upload has too many pieces already.
    async fn keep(&mut self, bytes: BytesMut) -> ApiResult<()> {
        self.pieces_left = self.pieces_left.checked_sub(1).ok_or_else(rows::too_many_pieces)?;
        let (app, upload, written) = (self.app.clone(), self.upload.clone(), bytes.len() as u64);
        let work = async move {
            let piece = write(&app, bytes).await?;
            add(&app, &upload, vec![piece]).await
        };
        self.upload = self.runner.run(OnDeadline::Detach, work.boxed()).await?;
        self.room.written(written);
        Ok(())
    }

    async fn take_as_one(self, mut body: Payload, checksum: Checksum) -> ApiResult<BodyOutcome> {
        let mut sum = Context::new(checksum.algorithm);
        let mut pieces = Vec::new();
        let taken = self.write_all(&mut body, &mut sum, &mut pieces).await;
        let is_whole = match taken {
            Ok(is_whole) => is_whole,
            Err(error) => {
                self.leave(pieces).await;
                return Err(error);
            }
        };
        if !is_whole {
            self.leave(pieces).await;
            return Ok(BodyOutcome::Kept(self.upload));
        }
        if sum.finish().as_ref() != checksum.expected {
            self.leave(pieces).await;
            return Ok(BodyOutcome::Mismatch);
        }
        let (app, upload) = (self.app.clone(), self.upload.clone());
        let work = async move { add(&app, &upload, pieces).await };
        self.runner.run(OnDeadline::Detach, work.boxed()).await.map(BodyOutcome::Kept)
    }

    /// Writes all pieces of a body to the store, without rows. Returns whether the body was complete.
    async fn write_all(&self, body: &mut Payload, sum: &mut Context, pieces: &mut Vec<Piece>) -> ApiResult<bool> {
        let mut here = BytesMut::new();
        let mut left = lacking(&self.upload);
        loop {
            let next = next(body, None, self.by).await;
            if let Next::Bytes(bytes) = &next {
                left = left.checked_sub(bytes.len() as u64).ok_or(Code::TooLarge)?;
                sum.update(bytes);
                here.extend_from_slice(bytes);
            }
            let is_end = matches!(next, Next::End);
            if here.len() >= PIECE_BYTES || (is_end && !here.is_empty()) {
                let (app, piece) = (self.app.clone(), std::mem::take(&mut here));
                let work = async move { write(&app, piece).await };
                pieces.push(self.runner.run(OnDeadline::Detach, work.boxed()).await?);
            }
            match next {
                Next::Bytes(_) => {}
                Next::End => return Ok(true),
                Next::Cut | Next::Time => return Ok(false),
            }
        }
    }

    /// Discards pieces that no row refers to.
    async fn leave(&self, pieces: Vec<Piece>) {
        let app = self.app.clone();
        let work = async move {
            leave(&app, &pieces).await;
            Ok(())
        };
        self.runner.run(OnDeadline::Detach, work.boxed()).await.ok(); // if this fails, the sweep removes them
    }
}

/// Waits for the next event: bytes, end of body, interruption, the time at which the collected bytes are due, the idle
/// timeout, or the deadline of the whole body.
async fn next(body: &mut Payload, due_at: Option<Instant>, by: Instant) -> Next {
    if by <= Instant::now() {
        return Next::Cut;
    }
    match timeout_at(due_at.unwrap_or_else(|| Instant::now() + IDLE).min(by), body.next()).await {
        Ok(Some(Ok(bytes))) => Next::Bytes(BytesMut::from(bytes.as_ref())),
        Ok(Some(Err(_cut))) => Next::Cut,
        Ok(None) => Next::End,
        Err(_elapsed) => Next::Time,
    }
}

async fn write(app: &App, bytes: BytesMut) -> ApiResult<Piece> {
    let piece = Piece { key: KeyPrefix::Incoming.fresh_key(), bytes: bytes.len() as u64 };
    app.photos.write(&piece.key, "application/octet-stream", bytes.to_vec()).await?;
    Ok(piece)
}

/// Records all pieces of the upload in one transaction.
async fn add(app: &App, upload: &upload::Model, pieces: Vec<Piece>) -> ApiResult<upload::Model> {
    let txn = app.begin_write().await?;
    let added = rows::add(&txn, upload, &pieces).await?;
    app.commit(txn).await?;
    if added.is_none() {
        leave(app, &pieces).await;
    }
    Ok(added.ok_or_else(elsewhere)?)
}

async fn leave(app: &App, pieces: &[Piece]) {
    for piece in pieces {
        discard(app, Some(&piece.key)).await;
    }
}
