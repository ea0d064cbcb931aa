// What the exercises of the official Node SDK share: judging what is seen, and waiting for a status.
//
// What is seen is printed, a JSON object a line; a mismatch is told on standard error and ends the exercise with 1.
"use strict";

const { isDeepStrictEqual } = require("node:util");
const { setTimeout: pause } = require("node:timers/promises");
const { twilio: sdk } = require("./sdk.js");

// Longest wait for something to reach a status, and the time between two looks, in milliseconds.
const PATIENCE = 20_000;
const LOOK_EVERY = 50;

let step = "start";

function tell(name, seen = {}) {
  step = name;
  console.log(JSON.stringify({ step: name, ...seen }));
}

class Mismatch extends Error {}

function expect(what, seen, wanted) {
  const judge = typeof wanted === "function";
  if (judge ? wanted(seen) : isDeepStrictEqual(seen, wanted)) return;
  const shown = judge ? "" : `, wanted ${JSON.stringify(wanted)}`;
  throw new Mismatch(`MISMATCH after ${step}: ${what} is ${JSON.stringify(seen)}${shown}`);
}

async function expectError(what, status, codes, action) {
  let error;
  try {
    await action();
  } catch (thrown) {
    if (!(thrown instanceof sdk.RestException)) throw thrown;
    error = thrown;
  }
  if (error === undefined) expect(what, "no error", `${status} ${codes}`);
  tell(what, { status: error.status, code: error.code, message: error.message });
  expect("status", error.status, status);
  expect("code", error.code, (code) => codes.includes(code));
  expect("moreInfo", error.moreInfo, (text) => typeof text === "string" && text.startsWith("https://"));
}

const isSid = (prefix) => (sid) => new RegExp(`^${prefix}[0-9a-f]{32}$`).test(sid);
const isMoment = (value) => value instanceof Date && !Number.isNaN(value.getTime());

async function until(record, ...statuses) {
  const ends = Date.now() + PATIENCE;
  for (;;) {
    const seen = await record.fetch();
    if (statuses.includes(seen.status)) return seen;
    if (Date.now() > ends) expect("status", seen.status, statuses[0]);
    await pause(LOOK_EVERY);
  }
}

// Runs an exercise to its end.
function run(exercise) {
  exercise().catch((error) => {
    console.error(error instanceof Mismatch ? error.message : error);
    process.exitCode = 1;
  });
}

module.exports = { tell, expect, expectError, isSid, isMoment, until, run };
