//! Bytes of a file into text. SQL Server's tools write UTF-16, old dumps Latin-1.

use std::borrow::Cow;

/// The text of a file, whatever its encoding: UTF-8, UTF-16 with a mark or with every second byte zero, or else
/// Latin-1, in which every byte is a character. Never fails; a wrong guess shows in a few characters.
///
/// ```
/// assert_eq!(sql::decode(b"\xff\xfea\0b\0"), "ab");
/// assert_eq!(sql::decode(b"gr\xfcn"), "grün");
/// ```
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return Cow::Owned(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return Cow::Owned(utf16(rest, u16::from_be_bytes));
    }
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let most = head.len() / 2 * 9 / 10;
    if head.len() >= 16 && zeros(1) > most {
        return Cow::Owned(utf16(bytes, u16::from_le_bytes));
    }
    if head.len() >= 16 && zeros(0) > most {
        return Cow::Owned(utf16(bytes, u16::from_be_bytes));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        let text = "create table größe (a int);";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(text.bytes()).collect();
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        for bytes in [little, big, marked, latin, text.as_bytes().to_vec()] {
            assert_eq!(decode(&bytes), text);
        }
        assert_eq!(decode(&[]), "");
        assert_eq!(decode(&[0xff, 0xfe, 0x00]), "");
    }
}
