//! A neural network that lies in the binary: read at the first use, run on one thread a call.
//!
//! `rten` runs a network on a pool of threads. Ours have one thread each, and as many exist as calls were ever in flight at
//! once: a call never takes a second core from the threads that carry audio, and none waits for another. A pool's thread
//! is started by the thread that asked first, so that it has that one's claim to the processor.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rten::{
    Model, ModelOptions, NodeId, OpRegistry, RunOptions, ThreadPool, ValueOrView, ValueView,
};
use rten_tensor::Tensor;
use rten_tensor::prelude::*;

use crate::VoiceError;

/// A network and what it takes to run it.
pub(crate) struct Network {
    onnx: &'static [u8],
    operators: fn() -> OpRegistry,
    model: OnceLock<Result<Model, VoiceError>>,
    idle: Mutex<Vec<Arc<ThreadPool>>>,
}

/// What a network is given.
pub(crate) enum Input<'i> {
    /// One row of numbers.
    Numbers(&'i [i32]),
    /// One factor.
    Factor(&'i [f32; 1]),
}

/// One output, its values row by row.
pub(crate) struct Output<T> {
    /// How many there are along each axis.
    pub(crate) shape: Vec<usize>,
    /// Row by row.
    pub(crate) values: Vec<T>,
}

impl Network {
    /// The network of an ONNX file whose nodes are among `operators`. Nothing is read yet.
    pub(crate) const fn new(onnx: &'static [u8], operators: fn() -> OpRegistry) -> Network {
        Network { onnx, operators, model: OnceLock::new(), idle: Mutex::new(Vec::new()) }
    }

    /// Reads the network unless it was read before.
    pub(crate) fn model(&self) -> Result<&Model, VoiceError> {
        let read = || {
            let mut options = ModelOptions::with_ops((self.operators)());
            // Takes 10 ms at the first use and gives back 5 ms at each.
            options.prepack_weights(true);
            options.load_static_slice(self.onnx).map_err(VoiceError::network)
        };
        self.model.get_or_init(read).as_ref().map_err(Clone::clone)
    }

    /// Runs it for all of its outputs, in the file's order.
    pub(crate) fn run(&self, inputs: &[(&str, Input<'_>)]) -> Result<Vec<rten::Value>, VoiceError> {
        let model = self.model()?;
        let inputs = inputs.iter().map(|(name, input)| bind(model, name, input));
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let pool = self.take();
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&pool)));
        let outputs = model.run(inputs, model.output_ids(), Some(options));
        self.give_back(pool);
        outputs.map_err(VoiceError::network)
    }

    fn take(&self) -> Arc<ThreadPool> {
        // A list of idle pools is whole whatever panicked beside it.
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)))
    }

    fn give_back(&self, pool: Arc<ThreadPool>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(pool);
    }
}

fn bind<'i>(
    model: &Model,
    name: &str,
    input: &Input<'i>,
) -> Result<(NodeId, ValueOrView<'i>), VoiceError> {
    let node = model.node_id(name).map_err(VoiceError::network)?;
    let view = match input {
        Input::Numbers(row) => {
            ValueView::from_shape([1, row.len()], row).map_err(VoiceError::network)?
        }
        Input::Factor(factor) => {
            ValueView::from_shape([1], factor.as_slice()).map_err(VoiceError::network)?
        }
    };
    Ok((node, view.into()))
}

impl<T: Clone> Output<T>
where
    Tensor<T>: TryFrom<rten::Value>,
{
    /// An output as values of its type.
    pub(crate) fn of(value: Option<rten::Value>) -> Result<Output<T>, VoiceError> {
        let tensor: Option<Tensor<T>> = value.and_then(rten::Value::into_tensor);
        let tensor = tensor.ok_or_else(|| VoiceError::network("an output is missing"))?;
        Ok(Output { shape: tensor.shape().to_vec(), values: tensor.into_data() })
    }
}
