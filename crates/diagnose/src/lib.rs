//! The one door to the probes: run(Plan) -> Report
