//! The general encoder and decoder, over [`ciborium::Value`].

use ciborium::Value;

use super::{CborError, Cursor, Encoder, MAX_DEPTH};

/// Encodes deterministically: map keys are sorted, whatever their order in the value.
///
/// # Panics
/// Never: a `Value` always has an encoding, and memory is all that is written to.
pub fn encode(value: &Value) -> Vec<u8> {
    write(Encoder::new(), value).finish()
}

fn write(out: Encoder, value: &Value) -> Encoder {
    match value {
        Value::Bytes(bytes) => out.bytes(bytes),
        Value::Text(text) => out.text(text),
        Value::Array(items) => items.iter().fold(out.array(items.len()), write),
        Value::Map(pairs) => write_map(out, pairs),
        Value::Tag(number, inner) => write(out.tag(*number), inner),
        scalar => write_scalar(out, scalar),
    }
}

fn write_map(out: Encoder, pairs: &[(Value, Value)]) -> Encoder {
    let mut encoded: Vec<_> = pairs.iter().map(|(key, value)| (encode(key), encode(value))).collect();
    encoded.sort();
    encoded.iter().fold(out.map(pairs.len()), |out, (key, value)| out.raw(key).raw(value))
}

// ciborium writes numbers, booleans and null in their shortest form already.
fn write_scalar(out: Encoder, scalar: &Value) -> Encoder {
    let mut bytes = Vec::new();
    ciborium::into_writer(scalar, &mut bytes).expect("a scalar is encodable and a vector is writable");
    out.raw(&bytes)
}

/// Reads exactly one item in its deterministic encoding.
///
/// # Errors
/// [`CborError`] for anything that [`encode`] would not have written: trailing bytes, longer forms, indefinite lengths,
/// unsorted or doubled keys, floating point numbers, or nesting beyond [`MAX_DEPTH`].
pub fn decode(bytes: &[u8]) -> Result<Value, CborError> {
    let mut cursor = Cursor::new(bytes);
    let value = item(&mut cursor, 0)?;
    cursor.end()?;
    Ok(value)
}

fn item(cursor: &mut Cursor, depth: usize) -> Result<Value, CborError> {
    let at = cursor.at();
    if depth > MAX_DEPTH {
        return Err(CborError::TooDeep { at });
    }
    let (major, argument) = cursor.head()?;
    match (major, argument) {
        (0, value) => Ok(Value::from(value)),
        (1, value) => Ok(negative(value)),
        (2, length) => Ok(Value::Bytes(cursor.take(length)?.to_vec())),
        (3, length) => text(cursor, at, length),
        (4, items) => (0..items).map(|_| item(cursor, depth + 1)).collect::<Result<_, _>>().map(Value::Array),
        (5, pairs) => map(cursor, pairs, depth + 1),
        (6, tag) => Ok(Value::Tag(tag, Box::new(item(cursor, depth + 1)?))),
        (7, 20) => Ok(Value::Bool(false)),
        (7, 21) => Ok(Value::Bool(true)),
        (7, 22) => Ok(Value::Null),
        _ => Err(CborError::Unsupported { at }),
    }
}

fn negative(argument: u64) -> Value {
    let value = -1 - i128::from(argument);
    Value::Integer(value.try_into().expect("-1 - u64 is what a CBOR integer holds"))
}

fn text(cursor: &mut Cursor, at: usize, length: u64) -> Result<Value, CborError> {
    let bytes = cursor.take(length)?;
    std::str::from_utf8(bytes).map(Value::from).map_err(|_| CborError::NotUtf8 { at })
}

fn map(cursor: &mut Cursor, count: u64, depth: usize) -> Result<Value, CborError> {
    let mut pairs = Vec::new();
    let mut previous: &[u8] = &[];
    for _ in 0..count {
        let at = cursor.at();
        let key = item(cursor, depth)?;
        let encoded = cursor.since(at);
        if encoded <= previous {
            return Err(CborError::KeyOrder { at });
        }
        previous = encoded;
        pairs.push((key, item(cursor, depth)?));
    }
    Ok(Value::Map(pairs))
}
