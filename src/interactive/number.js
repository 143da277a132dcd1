// Numbers as Python formats them: the exact binary value is rounded, and a tie goes to the even digit.

const MORE = 50; // digits after which nothing but zeros can follow a tie, for numbers of our size

// f"{value:.{decimals}f}", with the minus sign that readers know, and none before zero.
export function fixed(value, decimals = 0) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "NaN";
  const size = Math.abs(value);
  if (size >= 1e21) return scientific(value);
  let text = size.toFixed(decimals); // exact, but it sends ties away from zero
  const exact = size.toFixed(decimals + MORE).replace(/\.$/, "");
  const rest = exact.slice(-MORE);
  if (/^50*$/.test(rest)) {
    const below = exact.slice(0, -MORE).replace(/\.$/, "");
    if ("02468".includes(below.at(-1))) text = below;
  }
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// A mantissa and a power of ten: 3.1×10⁻⁵.
export function scientific(value, decimals = 1) {
  const [mantissa, power] = value.toExponential(decimals).split("e");
  const raised = [...power.replace("+", "")].map((sign) => (sign === "-" ? "⁻" : SUPERSCRIPTS[sign])).join("");
  return `${mantissa.replace("-", "−")}×10${raised}`;
}

const NOISE = 1e-14; // what rounding leaves behind: weights add up to one but for so much

// What a figure shows of a value. A nought or a one that is none gets more digits, and a value
// that would need too many of them a power of ten.
export function shown(value, decimals = 2) {
  const text = fixed(value, decimals);
  const looks = Math.abs(Number(text.replace("−", "-")));
  const isSo = Math.abs(Math.abs(value) - looks) < NOISE;
  if (!Number.isFinite(value) || decimals === 0 || isSo || (looks !== 0 && looks !== 1)) return text;
  if (looks === 0 && Math.abs(value) < 10 ** -(decimals + 2)) return scientific(value);
  return decimals < 17 ? shown(value, decimals + 1) : text;
}

// A whole number with a comma between thousands: 1,179,648.
export function counted(value) {
  return fixed(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
