//! The lab starts, and every scenario can be asked for.

use std::collections::HashSet;

use crate::scenarios::Site;
use crate::*;

#[test]
fn scenario_names_are_unique_and_lower_case() {
    let names: HashSet<_> = scenarios().map(|scenario| scenario.name).collect();
    assert_eq!(names.len(), scenarios().count());
    assert!(find("healthy").is_some() && find("nonsense").is_none());
    assert!(names.iter().all(|name| {
        name.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    }));
}

#[tokio::test]
async fn the_lab_starts_and_its_sites_listen() {
    let lab = Lab::start().await.unwrap();
    assert!(lab.directory().join("root.pem").is_file());
    for (index, scenario) in scenarios().enumerate() {
        let invocation = lab.invocation(scenario);
        assert!(
            invocation.target.contains(".lab.test:") || scenario.names == Names::Short,
            "{}",
            invocation.target
        );
        let port = lab.ports[scenario.name];
        let connect = tokio::net::TcpStream::connect(SocketAddr::new(site_address(index), port));
        let connected = tokio::time::timeout(std::time::Duration::from_millis(500), connect).await;
        let listens = !matches!(scenario.site, Site::Nothing | Site::FullQueue);
        assert_eq!(matches!(connected, Ok(Ok(_))), listens, "{}", scenario.name);
    }
}
