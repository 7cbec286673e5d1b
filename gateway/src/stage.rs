//! The stage: its name and its variables.

use std::collections::BTreeMap;

use crate::error::BuildError;

/// Variables of a stage, which functions find in their events.
pub(crate) type StageVariables = BTreeMap<String, String>;

/// The name is 1 to 128 characters of `A-Z a-z 0-9 _ -` (AWS: *CreateStage*).
pub(crate) fn check_name(stage: &str) -> Result<(), BuildError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=128).contains(&stage.len()) && stage.bytes().all(allowed) {
        Ok(())
    } else {
        Err(BuildError::InvalidStage(stage.to_owned()))
    }
}

/// AWS: *CreateStage*, `stageVariables`, and *Quotas for configuring a REST API* for the lengths.
pub(crate) fn check_variables(variables: &StageVariables) -> Result<(), BuildError> {
    for (name, value) in variables {
        let named =
            (1..=64).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
        if !named || value.len() > 512 || !value.bytes().all(allowed) {
            return Err(BuildError::InvalidStageVariable(name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_names_and_values_as_aws_takes_them() {
        let (long_name, long_value) = ("n".repeat(65), "v".repeat(513));
        for (name, value, valid) in [
            ("table", "orders-dev", true),
            ("url_2", "https://example.com/a?b=c&d=~e#f,g", true),
            ("empty", "", true),
            (&long_name[..64], &long_value[..512], true),
            ("", "x", false),
            ("a-b", "x", false),
            ("é", "x", false),
            ("a", "with blank", false),
            ("a", "quote\"", false),
            (long_name.as_str(), "x", false),
            ("a", long_value.as_str(), false),
        ] {
            let variables = StageVariables::from([(name.to_owned(), value.to_owned())]);
            let expected = if valid { Ok(()) } else { Err(BuildError::InvalidStageVariable(name.to_owned())) };
            assert_eq!(check_variables(&variables), expected, "{name:?} = {value:?}");
        }
    }
}
