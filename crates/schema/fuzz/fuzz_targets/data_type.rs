//! Whatever is read as a type or a name is written as one that reads back equal, out of letters that are harmless.
#![no_main]

use libfuzzer_sys::fuzz_target;
use schema::{DataType, Name};

fuzz_target!(|text: &str| {
    if let Ok(data_type) = DataType::parse(text) {
        let written = data_type.to_string();
        assert!(written.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b" (),[]-".contains(&b)));
        assert!(data_type.can_reference(&data_type) || !data_type.can_be_key() || data_type.dimensions() > 0);
        assert_eq!(DataType::parse(&written), Ok(data_type));
    }
    if let Ok(name) = Name::parse(text) {
        assert!(!name.as_str().is_empty() && name.as_str().len() <= Name::MAX_BYTES);
        assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
        let derived = Name::derive(&[name.as_str(), name.as_str()], "fkey");
        assert_eq!(Name::parse(derived.as_str()), Ok(derived));
    }
});
