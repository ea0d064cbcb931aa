//! Support Roulette as data: rotas, shifts, the hunt for whoever answers, commands by text.
