//! Wrong answers of `@connections`.

use everwire_gateway::{Fault, FaultError, Gateway, ManagementFault, Target};
use tokio::io::AsyncWriteExt as _;

use super::{busy_elsewhere, echoing, join};
use crate::support::{Response, Running, hear, post};

#[tokio::test]
async fn each_wrong_answer_delivers_or_not_as_it_says() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (mut client, id) = join(&running).await;
    let path = format!("/dev/@connections/{id}");
    for (fault, status, error_type, delivers) in [
        (ManagementFault::Gone, 410, Some("GoneException"), false),
        (ManagementFault::LimitExceeded, 429, Some("LimitExceededException"), false),
        (ManagementFault::InternalError, 500, None, false),
        (ManagementFault::InternalErrorAfterDelivery, 500, None, true),
    ] {
        for target in [Target::All, Target::One(id)] {
            faults.management(target, fault, Some(1)).unwrap();
            let answer = running.post(&path, "in question").await;
            assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, error_type), "{fault:?}");
            assert_eq!(running.post(&path, "after it").await.status, 200, "{fault:?}: once was asked for");
            if delivers {
                assert_eq!(hear(&mut client).await, "in question", "{fault:?}");
            }
            assert_eq!(hear(&mut client).await, "after it", "{fault:?}");
        }
    }
    assert!(faults.active().is_empty());
}

#[tokio::test]
async fn get_and_delete_get_the_wrong_answer_too() {
    let running = echoing().await;
    let (_client, id) = join(&running).await;
    running.gateway.faults().management(id, ManagementFault::InternalError, None).unwrap();
    for method in ["GET", "DELETE"] {
        let request =
            format!("{method} /dev/@connections/{id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert_eq!(running.http(&request).await.status, 500);
    }
    assert_eq!(running.gateway.connections().len(), 1, "DELETE closed it nevertheless");
}

#[tokio::test]
async fn a_call_that_hangs_is_answered_by_nothing_but_the_end_of_the_gateway() {
    let running = echoing().await;
    let faults = running.gateway.faults();
    let (mut client, id) = join(&running).await;
    faults.management(Target::All, ManagementFault::Hang, Some(1)).unwrap();
    let mut hanging = running.raw().await;
    let request = post(&format!("/dev/@connections/{id}"), "localhost", "", "never");
    hanging.write_all(request.as_bytes()).await.unwrap();
    running.until_no_fault_stands().await;
    busy_elsewhere(&running).await;
    assert_eq!(hanging.try_read(&mut [0; 16]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(running.post(&format!("/dev/@connections/{id}"), "next").await.status, 200);
    assert_eq!(hear(&mut client).await, "next", "what hangs is not delivered");
    drop(client);
    running.stop().await;
    assert_eq!(Response::read(&mut hanging).await.status, 503);
}

#[tokio::test]
async fn one_connection_can_have_the_fault_alone() {
    let running = Running::start(Gateway::builder("dev")).await;
    let faults = running.gateway.faults();
    let (_first, first) = join(&running).await;
    let (second_client, second) = join(&running).await;
    faults.management(first, ManagementFault::Gone, None).unwrap();
    assert_eq!(running.post(&format!("/dev/@connections/{first}"), "x").await.status, 410);
    assert_eq!(running.post(&format!("/dev/@connections/{second}"), "x").await.status, 200);
    faults.management(Target::All, ManagementFault::LimitExceeded, None).unwrap();
    assert_eq!(running.post(&format!("/dev/@connections/{first}"), "x").await.status, 410, "its own counts more");
    assert_eq!(running.post(&format!("/dev/@connections/{second}"), "x").await.status, 429);
    assert_eq!(running.post("/dev/@connections/not-an-id", "x").await.status, 400, "refused as such");
    faults.clear(Fault::Management);
    assert_eq!(running.post(&format!("/dev/@connections/{first}"), "x").await.status, 200);

    drop(second_client);
    running.until_open(1).await;
    assert_eq!(faults.management(second, ManagementFault::Gone, None), Err(FaultError::NotOpen(second)));
}
