// An SMSC made of the npm package smpp, for tests: it takes binds and messages, sends receipts and messages, and behaves badly
// when told to.
//
// Its only argument is JSON: system_id, password, port (0: a free one), ids ("decimal", "hex" or "uuid"), receipts ("none",
// "text" or "tlv": sent by itself for messages that want one). Reads orders as JSON lines on standard input and prints what
// happens as JSON lines on standard output, the first {"event":"listening","port":N}; each order is followed by "ordered". Ends
// when standard input does.
"use strict";

const { createRequire } = require("node:module");
const { randomUUID } = require("node:crypto");
const path = require("node:path");
const readline = require("node:readline");

const smpp = createRequire(path.join(process.env.ALO_PEERS, "node", "package.json"))("smpp");

const settings = { port: 0, ids: "decimal", receipts: "none", ...JSON.parse(process.argv[2] ?? "{}") };

// Longest piece of a text that is sent, in octets of the text.
const PIECE = { gsm: 153, ucs2: 134 };

const bound = new Set();
const names = new WeakMap();
const held = [];
let lastId = 1_000_000;
let lastReference = 0;
let submits = 0;
let throttleEvery = 0;
let throttleNext = 0;
let holding = false;
let refusal = 0;
let answers = [];

function tell(event, seen) {
  process.stdout.write(`${JSON.stringify({ event, ...seen })}\n`);
}

function newId() {
  lastId += 1;
  switch (settings.ids) {
    case "hex":
      return lastId.toString(16).toUpperCase().padStart(8, "0");
    case "uuid":
      return randomUUID();
    default:
      return String(lastId);
  }
}

// The id as receipts have it: "decimal" and "hex" turn it into that, anything else leaves it.
function receiptId(id, radix) {
  if (radix === "decimal") return String(Number.parseInt(id, settings.ids === "hex" ? 16 : 10));
  if (radix === "hex") return Number.parseInt(id, settings.ids === "hex" ? 16 : 10).toString(16);
  return id;
}

function bind(session, pdu) {
  const wrong = pdu.system_id !== settings.system_id || pdu.password !== settings.password;
  const status = refusal || (wrong ? smpp.ESME_RBINDFAIL : 0);
  session.send(pdu.response({ command_status: status, system_id: "smsc" }));
  if (status !== 0) {
    tell("refused", { bind: pdu.command, system_id: pdu.system_id, status });
    session.close();
    return;
  }
  names.set(session, pdu.command);
  bound.add(session);
  if (pdu.command !== "bind_transmitter") setImmediate(sendKept);
  tell("bound", { bind: pdu.command, system_id: pdu.system_id, system_type: pdu.system_type });
}

function verdict() {
  submits += 1;
  if (throttleNext > 0) {
    throttleNext -= 1;
    return smpp.ESME_RTHROTTLED;
  }
  if (throttleEvery > 0 && submits % throttleEvery === 0) return smpp.ESME_RTHROTTLED;
  return answers.shift() ?? 0;
}

function text(field) {
  return typeof field === "object" && field !== null ? (field.message ?? "") : (field ?? "");
}

function submitted(session, pdu) {
  const status = verdict();
  const id = status === 0 ? newId() : "";
  const payload = pdu.message_payload;
  const udh = pdu.short_message?.udh ?? [];
  tell("submit", {
    id,
    status,
    sequence: pdu.sequence_number,
    source: [pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr],
    destination: [pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr],
    service_type: pdu.service_type,
    data_coding: pdu.data_coding,
    esm_class: pdu.esm_class,
    registered_delivery: pdu.registered_delivery,
    validity: pdu.validity_period instanceof Date ? pdu.validity_period.getTime() - Date.now() : null,
    udh: udh.map((element) => element.toString("hex")),
    text: payload === undefined ? text(pdu.short_message) : text(payload),
    as: payload === undefined ? "short_message" : "message_payload",
    sar:
      pdu.sar_msg_ref_num === undefined
        ? null
        : [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum],
    user_message_reference: pdu.user_message_reference ?? null,
  });
  const answer = () => {
    session.send(pdu.response({ command_status: status, message_id: id }));
    if (status === 0 && settings.receipts !== "none" && pdu.registered_delivery & 1) {
      const order = { id, from: pdu.destination_addr, to: pdu.source_addr, form: settings.receipts };
      receipt(order);
    }
  };
  if (holding) held.push(answer);
  else answer();
}

// A session that receives: the one that bound last.
function receiver() {
  const takers = [...bound].filter((session) => names.get(session) !== "bind_transmitter");
  return takers.at(-1);
}

// What was not acknowledged is kept, as an SMSC does, and sent again to whoever binds next.
const kept = new Set();

function send(command, fields, tag) {
  const session = receiver();
  const each = { command, fields, tag, session };
  kept.add(each);
  if (session === undefined) {
    tell("undelivered", { tag, why: "nobody is bound to receive" });
    return;
  }
  session[command](fields, (pdu) => {
    kept.delete(each);
    tell("delivered", { tag, status: pdu.command_status });
  });
}

function sendKept() {
  for (const each of [...kept].filter(({ session }) => session === undefined || !bound.has(session))) {
    kept.delete(each);
    send(each.command, each.fields, each.tag);
  }
}

const STATES = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  UNKNOWN: 7,
  REJECTD: 8,
};

function receipt({ id, radix, from, to, form = "text", state = "DELIVRD", err = "000", by, tag }) {
  const named = receiptId(id, radix);
  const words =
    `id:${named} sub:001 dlvrd:001 submit date:2611222100 done date:2611222101 ` +
    `stat:${state} err:${err} text:`;
  const fields = {
    esm_class: state === "ENROUTE" ? 0x20 : 0x04,
    source_addr_ton: 1,
    source_addr_npi: 1,
    source_addr: from ?? "",
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: to ?? "",
  };
  if (form === "tlv") {
    fields.receipted_message_id = named;
    fields.message_state = STATES[state];
    if (by !== "data_sm") fields.short_message = "";
  } else if (by === "data_sm") {
    fields.message_payload = words;
  } else {
    fields.short_message = words;
  }
  send(by ?? "deliver_sm", fields, tag);
}

function pieces(octets, size, character) {
  const found = [];
  for (let at = 0; at < octets.length; ) {
    let end = Math.min(at + size, octets.length);
    // An escape and what follows stay together.
    if (character === "gsm" && end < octets.length && octets[end - 1] === 0x1b) end -= 1;
    found.push(octets.subarray(at, end));
    at = end;
  }
  return found;
}

// Sends a text, in parts joined as told: "udh", "udh16", "sar", "payload", or whole.
function deliver({ from, to, text: words, coding = "gsm", joined = "none", backwards = false, tag }) {
  const data_coding = coding === "ucs2" ? 8 : 0;
  const octets = smpp.encodings[coding === "ucs2" ? "UCS2" : "ASCII"].encode(words);
  const alphanumeric = /[A-Za-z]/.test(from);
  const base = {
    source_addr_ton: alphanumeric ? 5 : 1,
    source_addr_npi: alphanumeric ? 0 : 1,
    source_addr: from,
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: to,
    data_coding,
  };
  if (joined === "payload") {
    send("deliver_sm", { ...base, message_payload: octets }, tag);
    return;
  }
  if (joined === "none") {
    send("deliver_sm", { ...base, short_message: octets }, tag);
    return;
  }
  lastReference = (lastReference + 1) % 256;
  const parts = pieces(octets, PIECE[coding], coding);
  const fields = parts.map((part, at) => {
    const number = [parts.length, at + 1];
    if (joined === "sar") {
      const [sar_total_segments, sar_segment_seqnum] = number;
      const sar = { sar_msg_ref_num: lastReference, sar_total_segments, sar_segment_seqnum };
      return { ...base, short_message: part, ...sar };
    }
    const header =
      joined === "udh16" ? [6, 8, 4, 1, lastReference, ...number] : [5, 0, 3, lastReference, ...number];
    return { ...base, esm_class: 0x40, short_message: Buffer.concat([Buffer.from(header), part]) };
  });
  if (backwards) fields.reverse();
  for (const each of fields) send("deliver_sm", each, tag);
}

const orders = {
  deliver,
  receipt,
  // Every nth message from now on is throttled; 0 for none.
  throttle: ({ every }) => {
    throttleEvery = every;
    submits = 0;
  },
  // So many messages are throttled, one after the other.
  throttle_next: ({ count }) => {
    throttleNext = count;
  },
  // The next messages get these statuses.
  answer: ({ statuses }) => {
    answers = [...statuses];
  },
  // Messages aren't answered until this is off again.
  hold: ({ on }) => {
    holding = on;
    if (!on) for (const each of held.splice(0)) each();
  },
  // Binds are refused with this status; 0: no more.
  refuse: ({ status }) => {
    refusal = status;
  },
  // All connections break.
  drop: () => {
    for (const session of [...server.sessions]) session.destroy();
  },
  // Nothing: that it was followed says that everything before it was told.
  echo: () => {},
  enquire: () => {
    for (const session of bound) session.enquire_link(() => tell("enquired", {}));
  },
};

const server = smpp.createServer({}, (session) => {
  session.socket.setNoDelay(true);
  for (const command of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
    session.on(command, (pdu) => bind(session, pdu));
  }
  session.on("submit_sm", (pdu) => submitted(session, pdu));
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    tell("unbound", { bind: names.get(session) });
    session.send(pdu.response(), () => session.close());
  });
  session.on("error", (error) => tell("trouble", { why: String(error) }));
  session.on("close", () => {
    bound.delete(session);
    tell("closed", { bind: names.get(session) ?? null });
  });
});

server.on("error", (error) => {
  tell("failed", { why: String(error) });
  process.exit(1);
});
server.listen(settings.port, "127.0.0.1", () => tell("listening", { port: server.address().port }));

const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const { order, ...how } = JSON.parse(line);
  orders[order](how);
  tell("ordered", { order });
});
lines.on("close", () => process.exit(0));
