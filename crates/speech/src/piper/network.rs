//! A Piper voice's network: VITS in an ONNX file, from symbols to samples, run by `rten` on one thread a call.
//!
//! Its inputs are `input` (the symbols' numbers), `input_lengths` (how many), `scales` (noise, length, noise of lengths) and,
//! where it has several speakers, `sid`; its output the samples, as Piper's `export_onnx` writes it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView, ValueView};
use rten_tensor::Tensor;

use super::description::{Description, Inference};

/// The network, read.
pub(super) struct Network {
    model: Model,
    inputs: Inputs,
    idle: Mutex<Vec<Arc<ThreadPool>>>,
}

struct Inputs {
    symbols: NodeId,
    lengths: NodeId,
    scales: NodeId,
    speaker: Option<NodeId>,
}

impl Network {
    /// Reads the file; some tenths of a second for the usual 60 MB.
    pub(super) fn open(file: &Path, description: &Description) -> Result<Network, String> {
        let broken = |reason: String| format!("{} can't be used: {reason}", file.display());
        // A file that is not ONNX at all may be told by its name alone.
        let bytes = std::fs::read(file).map_err(|error| broken(error.to_string()))?;
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load(bytes).map_err(|error| broken(error.to_string()))?;
        let needed = |name: &str| {
            let input = model.find_node(name).filter(|id| model.input_ids().contains(id));
            input.ok_or_else(|| {
                broken(format!("it has no input '{name}', so it isn't one of Piper's"))
            })
        };
        let speaker = model.find_node("sid").filter(|id| model.input_ids().contains(id));
        if description.num_speakers > 1 && speaker.is_none() {
            let count = description.num_speakers;
            return Err(broken(format!("it has no input 'sid', but {count} speakers")));
        }
        if model.output_ids().is_empty() {
            return Err(broken("it has no output".to_owned()));
        }
        let (symbols, lengths) = (needed("input")?, needed("input_lengths")?);
        let inputs = Inputs { symbols, lengths, scales: needed("scales")?, speaker };
        Ok(Network { model, inputs, idle: Mutex::default() })
    }

    /// The samples of `numbers`, between -1 and 1.
    pub(super) fn say(
        &self,
        numbers: &[i32],
        inference: Inference,
        speaker: Option<i32>,
    ) -> Result<Vec<f32>, String> {
        let count = [i32::try_from(numbers.len()).map_err(|_| "the text is too long".to_owned())?];
        let scales = [inference.noise_scale, inference.length_scale, inference.noise_w];
        let speaker = [speaker.unwrap_or(0)];
        let mut inputs: Vec<(NodeId, ValueOrView<'_>)> = vec![
            (self.inputs.symbols, view([1, numbers.len()], numbers)?),
            (self.inputs.lengths, view([1], &count)?),
            (self.inputs.scales, view([3], &scales)?),
        ];
        if let Some(id) = self.inputs.speaker {
            inputs.push((id, view([1], &speaker)?));
        }
        let pool = self.take();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&pool)));
        let outputs = self.model.run(inputs, &self.model.output_ids()[..1], Some(options));
        self.give_back(pool);
        let output = outputs.map_err(|error| error.to_string())?.into_iter().next();
        let samples: Option<Tensor<f32>> = output.and_then(rten::Value::into_tensor);
        Ok(samples.ok_or("its output is not samples")?.into_data())
    }

    /// A pool of one thread: a call never takes a second core from the threads that carry audio. It is started by the
    /// thread that asked first, and has its claim to the processor.
    fn take(&self) -> Arc<ThreadPool> {
        // A list of idle pools is whole whatever panicked beside it.
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)))
    }

    fn give_back(&self, pool: Arc<ThreadPool>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(pool);
    }
}

fn view<'v, T, const N: usize>(
    shape: [usize; N],
    values: &'v [T],
) -> Result<ValueOrView<'v>, String>
where
    ValueView<'v>: From<rten_tensor::TensorView<'v, T>>,
{
    let view = rten_tensor::TensorView::try_from_data(shape.as_slice(), values);
    Ok(ValueView::from(view.map_err(|error| error.to_string())?).into())
}
