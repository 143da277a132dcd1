// The state of a figure as text in an address. What may stand there, state.toml of the figure says;
// src/press/syntax/states.py reads and writes the same text.

const DECIMALS = 9; // more than limits and steps have, fewer than where rounding shows: 3 × 0.1 is 0.3

// The nearest number that a control can be set to; not `text` itself, which anybody may write.
function nearest({ from, to, step }, text) {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) return null;
  const most = Math.floor(Number(((to - from) / step).toFixed(DECIMALS))); // steps
  const steps = Math.min(Math.max(Math.round((value - from) / step), 0), most);
  return Number((from + steps * step).toFixed(DECIMALS)) + 0; // no minus before zero
}

const KINDS = {
  flag: { read: (kind, text) => text === "on" || (text === "off" ? false : null), write: (kind, value) => (value ? "on" : "off") },
  choice: { read: (kind, text) => (kind.options.includes(text) ? text : null), write: (kind, value) => value },
  number: { read: nearest, write: (kind, value) => String(value) },
  vector: {
    read(kind, text) {
      const values = text.split(",").map((part) => nearest(kind, part));
      return values.length === kind.start.length && !values.includes(null) ? values : null;
    },
    write: (kind, value) => value.join(","),
  },
  bits: {
    read(kind, text) {
      const values = [...text].map((digit) => ({ 0: false, 1: true })[digit] ?? null);
      return values.length === kind.start.length && !values.includes(null) ? values : null;
    },
    write: (kind, value) => value.map(Number).join(""),
  },
};

const copied = (value) => (Array.isArray(value) ? [...value] : value);

// The state that every reader meets first.
export function startOf(schema) {
  return Object.fromEntries(Object.entries(schema).map(([name, kind]) => [name, copied(kind.start)]));
}

// Read what an address says. Whatever makes no sense there is left as it starts.
export function read(schema, text) {
  const state = startOf(schema);
  for (const part of (text ?? "").split(";")) {
    const [name, ...rest] = part.split(":");
    if (!Object.hasOwn(schema, name)) continue;
    state[name] = KINDS[schema[name].kind].read(schema[name], rest.join(":")) ?? state[name];
  }
  return state;
}

// Write what differs from the start, in the order of the schema; nothing, if nothing does.
export function write(schema, state) {
  return Object.entries(schema)
    .map(([name, kind]) => [name, KINDS[kind.kind].write(kind, state[name]), KINDS[kind.kind].write(kind, kind.start)])
    .filter(([, now, start]) => now !== start)
    .map(([name, now]) => `${name}:${now}`)
    .join(";");
}

// The same state with some values changed, each of them within its limits.
export function changed(schema, state, changes) {
  const next = { ...state };
  for (const [name, value] of Object.entries(changes)) {
    const { read, write } = KINDS[schema[name].kind];
    next[name] = read(schema[name], write(schema[name], value)) ?? state[name];
  }
  return next;
}
