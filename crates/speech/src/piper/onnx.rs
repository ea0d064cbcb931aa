//! Writes ONNX files for tests: networks with Piper's inputs and outputs, whose arithmetic is plain to see.
//!
//! Only the fields of `onnx.proto` that these need, as protocol buffers.

/// A message in the making.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(mut self, field: u64, value: i64) -> Message {
        self.varint(field << 3);
        self.varint(value as u64);
        self
    }

    fn bytes(mut self, field: u64, value: &[u8]) -> Message {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    fn text(self, field: u64, value: &str) -> Message {
        self.bytes(field, value.as_bytes())
    }

    fn message(self, field: u64, value: &Message) -> Message {
        self.bytes(field, &value.0)
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// `TensorProto.DataType`.
const FLOAT: i64 = 1;
const INT64: i64 = 7;

/// A value with dimensions that are known only when it runs, as many as `axes`.
fn value(name: &str, kind: i64, axes: usize) -> Message {
    let shape = (0..axes).fold(Message::default(), |shape, axis| {
        shape.message(1, &Message::default().text(2, &format!("{name}{axis}")))
    });
    let tensor = Message::default().number(1, kind).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

fn node(operator: &str, inputs: &[&str], output: &str, attribute: Option<(&str, i64)>) -> Message {
    let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
    let node = node.text(2, output).text(3, &format!("to {output}")).text(4, operator);
    match attribute {
        // 20: its type, 2: an integer.
        Some((name, value)) => {
            node.message(5, &Message::default().text(1, name).number(3, value).number(20, 2))
        }
        None => node,
    }
}

fn integers(name: &str, values: &[i64]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let tensor = Message::default().number(1, values.len() as i64).number(2, INT64);
    tensor.text(8, name).bytes(9, &raw)
}

fn floats(name: &str, values: &[f32]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let tensor = Message::default().number(1, values.len() as i64).number(2, FLOAT);
    tensor.text(8, name).bytes(9, &raw)
}

fn model(
    nodes: &[Message],
    constants: &[Message],
    inputs: &[Message],
    output: &Message,
) -> Vec<u8> {
    let graph = nodes.iter().fold(Message::default(), |graph, node| graph.message(1, node));
    let graph = graph.text(2, "voice");
    let graph = constants.iter().fold(graph, |graph, constant| graph.message(5, constant));
    let graph = inputs.iter().fold(graph, |graph, input| graph.message(11, input));
    let graph = graph.message(12, output);
    let operators = Message::default().text(1, "").number(2, 15);
    Message::default().number(1, 8).message(7, &graph).message(8, &operators).0
}

fn inputs(names: &[&str]) -> Vec<Message> {
    let all =
        [("input", INT64, 2), ("input_lengths", INT64, 1), ("scales", FLOAT, 1), ("sid", INT64, 1)];
    let kept = all.into_iter().filter(|(name, _, _)| names.contains(name));
    kept.map(|(name, kind, axes)| value(name, kind, axes)).collect()
}

/// Its samples are its inputs: the symbols, how many, the three scales, the speaker.
pub(super) fn mirror() -> Vec<u8> {
    let cast = Some(("to", FLOAT));
    let nodes = [
        node("Cast", &["input"], "symbols", cast),
        node("Reshape", &["symbols", "row"], "symbols_row", None),
        node("Cast", &["input_lengths"], "lengths", cast),
        node("Cast", &["sid"], "speaker", cast),
        node(
            "Concat",
            &["symbols_row", "lengths", "scales", "speaker"],
            "output",
            Some(("axis", 0)),
        ),
    ];
    let inputs = inputs(&["input", "input_lengths", "scales", "sid"]);
    model(&nodes, &[integers("row", &[-1])], &inputs, &value("output", FLOAT, 1))
}

/// Each symbol sounds for `samples` samples, times the factor of length, as a level that grows with its number.
pub(super) fn steps(samples: f32) -> Vec<u8> {
    let nodes = [
        node("Cast", &["input"], "symbols", Some(("to", FLOAT))),
        node("Add", &["symbols", "one"], "heard", None),
        node("Mul", &["heard", "step"], "levels", None),
        node("Reshape", &["levels", "column"], "levels_column", None),
        node("Gather", &["scales", "second"], "factor", Some(("axis", 0))),
        node("Mul", &["factor", "samples"], "length", None),
        node("Cast", &["length"], "count", Some(("to", INT64))),
        node("Concat", &["first", "count"], "shape", Some(("axis", 0))),
        node("Expand", &["levels_column", "shape"], "output", None),
    ];
    let constants = [
        floats("one", &[1.0]),
        floats("step", &[0.01]),
        floats("samples", &[samples]),
        integers("column", &[-1, 1]),
        integers("second", &[1]),
        integers("first", &[1]),
    ];
    let inputs = inputs(&["input", "input_lengths", "scales"]);
    model(&nodes, &constants, &inputs, &value("output", FLOAT, 2))
}

/// A network that takes something else.
pub(super) fn stranger() -> Vec<u8> {
    let nodes = [node("Cast", &["input"], "output", Some(("to", FLOAT)))];
    model(&nodes, &[], &inputs(&["input"]), &value("output", FLOAT, 2))
}
