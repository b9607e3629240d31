//! Events by stream, in batches.
