//! Every scenario of the lab: the cause, the exit code, and nothing else blamed.

use super::{netwhy, report, text};

#[test]
fn every_scenario_gives_its_code_and_blames_nothing_else() {
    for scenario in netwhy_lab::scenarios() {
        let (report, exit) = report(scenario.name);
        assert_eq!(
            report["verdict"]["cause"].as_str(),
            scenario.code,
            "{}: {:#}",
            scenario.name,
            report["findings"]
        );
        for finding in report["findings"].as_array().expect("findings") {
            let weighty = finding["severity"] == "error" || finding["severity"] == "warning";
            let explained =
                finding["code"].as_str() == scenario.code || finding["consequence_of"].is_string();
            assert!(
                !weighty || explained,
                "{}: also blamed: {finding:#}",
                scenario.name
            );
        }
        let broken = report["verdict"]["status"] == "broken";
        assert_eq!(exit, i32::from(broken), "{}", scenario.name);
    }
}

#[test]
fn the_demo_is_right_at_every_stop() {
    let output = netwhy(&["lab", "demo"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    assert!(shown.contains("5 of 5 verdicts"), "{shown}");
}
