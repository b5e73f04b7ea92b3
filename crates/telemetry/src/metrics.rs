//! The recorder behind the `metrics` macros, and its rendering.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use crate::http;

/// Seconds: from a point read to a long import.
const SECONDS: [f64; 14] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Why metrics are not counted.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    /// The recorder could not be built.
    #[error("the metrics recorder could not be built")]
    Build(#[from] BuildError),
    /// Another recorder was installed before.
    #[error("a metrics recorder is installed already")]
    Installed,
}

/// What was counted so far. Copies are the same one.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Installs the recorder of this process.
    ///
    /// # Errors
    /// [`MetricsError::Installed`] the second time.
    pub fn install() -> Result<Self, MetricsError> {
        let (recorder, metrics) = Self::recorder()?;
        metrics::set_global_recorder(recorder).map_err(|_| MetricsError::Installed)?;
        http::describe();
        Ok(metrics)
    }

    fn recorder() -> Result<(PrometheusRecorder, Self), MetricsError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("seconds".to_owned()), &SECONDS)?
            .build_recorder();
        let handle = recorder.handle();
        Ok((recorder, Self(handle)))
    }

    /// The text that Prometheus collects. Its names have `_` where ours have dots.
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

#[cfg(test)]
mod tests;
