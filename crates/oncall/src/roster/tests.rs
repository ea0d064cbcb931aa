//! Rotas as their teams know them, and the original's mistakes.

mod mistakes;
mod properties;
mod scene;
mod stories;
mod years;
