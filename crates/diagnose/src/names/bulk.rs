//! `netwhy dns -f FILE`: the lines of a file, or of standard input, as questions.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use netwhy_dns::bulk::{self, BulkOptions, Line, Step};
use netwhy_report::plan::DnsBulkPlan;
use netwhy_report::report::Layers;
use tokio::sync::mpsc;

use super::{addresses, own};
use crate::run::Run;
use crate::{DiagnoseError, Event};

/// Lines handed on at once, and batches that may wait.
const BATCH: usize = 256;
const BATCHES: usize = 4;
/// A longer line cannot be a name with a type: no more of it is kept.
const LINE_BYTES: usize = 4096;

/// Asks; results go by as events, the sum goes into the report.
pub(crate) async fn bulk(plan: &DnsBulkPlan, run: &Run<'_>) -> Result<Layers, DiagnoseError> {
    let mut servers = Vec::new();
    for server in &plan.servers {
        servers.extend(addresses(server, &plan.dns, &plan.tcp, run).await?.first());
    }
    let in_turn = !servers.is_empty();
    if servers.is_empty() {
        servers = own(&plan.dns, &plan.tcp)?;
    }
    let options = BulkOptions {
        servers,
        in_turn,
        record_type: plan.record_type.parse()?,
        class: plan.class.parse()?,
        query: plan.query.clone(),
        timeout: run.budgets.dns_timeout,
        tries: run.budgets.dns_tries,
        concurrency: plan.concurrency,
        rate: plan.rate,
        ordered: plan.ordered,
        source: plan.tcp.source,
    };
    let (sender, receiver) = mpsc::channel(BATCHES);
    let input = open(plan.input.as_deref())?;
    // A thread of its own: reading may block for ever, and a reader that has nobody to hand lines to ends by itself.
    let reading = std::thread::spawn(move || read(input, &sender));
    let observer = run.observer;
    let mut emit = |step: Step| match step {
        Step::Result(result) => observer.event(&Event::Answered { result: &result }),
        Step::Idle => observer.event(&Event::Idle),
    };
    let stop = async {
        run.stop.stopped().await;
    };
    let record = bulk::run(receiver, &options, stop, &mut emit).await?;
    if let (true, Ok(Err(error))) = (run.stop.reason().is_none(), reading.join()) {
        return Err(unreadable(plan.input.as_deref(), &error));
    }
    Ok(Layers {
        dns_bulk: Some(record),
        ..Layers::default()
    })
}

type Input = BufReader<Box<dyn Read + Send>>;

fn open(path: Option<&Path>) -> Result<Input, DiagnoseError> {
    let Some(path) = path else {
        return Ok(BufReader::new(Box::new(io::stdin())));
    };
    let unusable = |error: io::Error| unreadable(Some(path), &error);
    let file = File::open(path).map_err(unusable)?;
    if file.metadata().map_err(unusable)?.is_dir() {
        return Err(unusable(io::ErrorKind::IsADirectory.into()));
    }
    Ok(BufReader::with_capacity(64 * 1024, Box::new(file)))
}

fn unreadable(path: Option<&Path>, error: &io::Error) -> DiagnoseError {
    DiagnoseError::Names {
        path: path.unwrap_or(Path::new("standard input")).to_owned(),
        reason: error.to_string(),
    }
}

/// Hands lines on in batches; on a pipe, as soon as they are there.
fn read(mut input: Input, sender: &mpsc::Sender<Vec<Line>>) -> io::Result<()> {
    let mut number = 0;
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(text) = next_line(&mut input)? {
        number += 1;
        batch.push(Line { number, text });
        if batch.len() >= BATCH || input.buffer().is_empty() {
            let full = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if sender.blocking_send(full).is_err() {
                // The run has ended: nobody wants the rest.
                return Ok(());
            }
        }
    }
    if !batch.is_empty() {
        sender.blocking_send(batch).ok();
    }
    Ok(())
}

/// The next line without its break, cut to [`LINE_BYTES`]: what is longer is no name in any case.
fn next_line(input: &mut Input) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut any = false;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(any.then_some(line));
        }
        any = true;
        let end = available.iter().position(|byte| *byte == b'\n');
        let piece = &available[..end.unwrap_or(available.len())];
        let room = LINE_BYTES.saturating_sub(line.len());
        line.extend_from_slice(&piece[..piece.len().min(room)]);
        let used = piece.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &'static [u8]) -> Vec<Vec<u8>> {
        let mut input: Input = BufReader::with_capacity(7, Box::new(text));
        std::iter::from_fn(|| next_line(&mut input).unwrap()).collect()
    }

    #[test]
    fn lines_end_at_breaks_and_at_the_end_of_the_input() {
        assert_eq!(
            lines(b"a.test\n\nlonger.name.test MX\nlast"),
            [
                b"a.test".to_vec(),
                Vec::new(),
                b"longer.name.test MX".to_vec(),
                b"last".to_vec()
            ]
        );
        assert!(lines(b"").is_empty());
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_still_found() {
        let text: &'static [u8] = vec![b'a'; LINE_BYTES * 3].leak();
        let mut input: Input = BufReader::new(Box::new(text.chain(&b"\nb"[..])));
        assert_eq!(next_line(&mut input).unwrap().unwrap().len(), LINE_BYTES);
        assert_eq!(next_line(&mut input).unwrap().unwrap(), b"b");
    }
}
