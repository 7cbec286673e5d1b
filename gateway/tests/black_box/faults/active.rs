//! Which faults stand.

use std::time::Duration;

use everwire_gateway::{DisconnectFault, Fault, Faults, ManagementFault, Target};
use serde_json::{Value, json};

use super::{echoing, join};

fn listed(faults: &Faults) -> Value {
    serde_json::to_value(faults.active()).unwrap()
}

#[tokio::test]
async fn every_standing_fault_is_listed_with_its_settings_until_it_is_cleared() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (_client, id) = join(&running).await;
    let ms = Duration::from_millis;
    faults.refuse(503, Some(3)).unwrap();
    faults.blackhole(None);
    faults.accept_then_close(1012, "restart", None).unwrap();
    faults.half_open(id).unwrap();
    faults.delay(Target::All, ms(250)).unwrap();
    faults.delay(id, ms(10)).unwrap();
    faults.dribble(id, ms(0)).unwrap();
    faults.disconnect(Target::All, DisconnectFault::delay(ms(5)), Some(1)).unwrap();
    faults.management(id, ManagementFault::InternalErrorAfterDelivery, Some(2)).unwrap();
    let id_json = id.to_string();
    assert_eq!(
        listed(&faults),
        json!([
            {"fault": "blackhole"},
            {"fault": "refuse", "status": 503, "times": 3},
            {"fault": "accept-then-close", "code": 1012, "reason": "restart"},
            {"fault": "delay", "milliseconds": 250},
            {"fault": "disconnect", "mode": "delay", "milliseconds": 5, "times": 1},
            {"fault": "half-open", "connectionId": id_json},
            {"fault": "delay", "milliseconds": 10, "connectionId": id_json},
            {"fault": "dribble", "milliseconds": 0, "connectionId": id_json},
            {"fault": "management", "answer": "500-after-delivery", "connectionId": id_json, "times": 2},
        ])
    );

    faults.clear_one(Fault::Delay, &id);
    assert_eq!(faults.active().len(), 8, "that of all stays");
    for fault in Fault::ALL {
        let is_listed =
            |faults: &Faults| listed(faults).as_array().unwrap().iter().any(|listed| listed["fault"] == fault.name());
        assert!(is_listed(&faults), "{fault:?}");
        faults.clear(fault);
        assert!(!is_listed(&faults), "{fault:?}");
    }
    assert_eq!(listed(&faults), json!([]));

    faults.refuse(503, None).unwrap();
    faults.half_open(id).unwrap();
    faults.clear_all();
    assert_eq!(listed(&faults), json!([]));
}

#[tokio::test]
async fn a_connection_takes_its_faults_along() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (client, id) = join(&running).await;
    faults.delay(id, Duration::from_millis(1)).unwrap();
    drop(client);
    running.until_open(0).await;
    assert!(faults.active().is_empty());
}
