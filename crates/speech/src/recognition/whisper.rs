//! Words from whisper.cpp in this process, on a model file; only with the cargo feature `whisper`.
