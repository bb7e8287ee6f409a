//! What every run shares, whatever its plan: its clock, its stop signal, its observer, and the limits that it reached.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use netwhy_report::report::Layers;
use netwhy_report::{Budgets, Layer, Limit, LimitHit, Plan, Report, SkipReason, Timeline};

use crate::stop::Stop;
use crate::{Interrupt, Observer};

pub(crate) struct Run<'run> {
    pub(crate) observer: &'run dyn Observer,
    pub(crate) stop: Stop,
    pub(crate) timeline: Timeline,
    pub(crate) budgets: &'run Budgets,
    /// The wall clock at offset 0.
    pub(crate) started_at: Timestamp,
    limits: Mutex<Vec<LimitHit>>,
}

impl<'run> Run<'run> {
    /// Starts the clock.
    pub(crate) fn start(
        budgets: &'run Budgets,
        observer: &'run dyn Observer,
        interrupt: &Interrupt,
    ) -> Self {
        let origin = Instant::now();
        let deadline = tokio::time::Instant::from_std(origin) + budgets.deadline;
        Self {
            observer,
            stop: Stop::new(interrupt, deadline),
            timeline: Timeline::new(origin),
            budgets,
            started_at: Timestamp::now(),
            limits: Mutex::new(Vec::new()),
        }
    }

    /// The offset of this moment.
    pub(crate) fn now(&self) -> Duration {
        self.timeline.offset(Instant::now())
    }

    /// Notes a limit, once.
    pub(crate) fn hit(&self, limit: LimitHit) {
        if let Ok(mut limits) = self.limits.lock()
            && !limits.contains(&limit)
        {
            tracing::info!(limit = ?limit.limit, value = limit.value, "limit reached");
            limits.push(limit);
        }
    }

    /// Stops the clock.
    pub(crate) fn finish(self, plan: &Plan, layers: Layers) -> Report {
        let stopped = self.stop.reason();
        if stopped == Some(SkipReason::DeadlineReached) {
            self.hit(LimitHit {
                limit: Limit::Deadline,
                layer: Layer::Client,
                value: format!("{} s", self.budgets.deadline.as_secs_f64()),
            });
        }
        tracing::info!(elapsed = ?self.now(), ?stopped, "run ends");
        Report {
            plan: plan.clone(),
            started_at: self.started_at,
            elapsed: self.now(),
            complete: stopped.is_none(),
            limits_hit: self.limits.into_inner().unwrap_or_default(),
            layers,
        }
    }
}
