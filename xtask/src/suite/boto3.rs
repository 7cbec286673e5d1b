//! boto3, the AWS client that most backends use, against the gateway of a running demo.

use crate::command;
use crate::context::Context;
use crate::error::Error;
use crate::tools::python;

use super::running_demo::RunningDemo;
use super::unittest;

pub(super) fn run(context: &Context) -> Result<(), Error> {
    let python = python::ensure(context)?;
    let demo = RunningDemo::start(context, "boto3")?;
    let mut tests = command::program(python, context.workspace.root());
    tests.args(["-m", "unittest", "discover", "-v", "-s", "tests/boto3"]).env("EVERWIRE_TEST_URL", demo.url());
    // boto3 must neither look for an account of this machine nor wait for one.
    tests.env("AWS_EC2_METADATA_DISABLED", "true").env("PYTHONDONTWRITEBYTECODE", "1");
    unittest::run(&mut tests)?;
    demo.stop()
}
