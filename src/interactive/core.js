// A figure that readers change. It takes the place of its still when it comes near the screen; its
// state lives in the address, and what it says is told to screen readers when the hand rests.

import { html, render } from "lit-html";
import { unit } from "./draw.js";
import { fixed, scientific, shown } from "./number.js";
import { changed, read, startOf, write } from "./state.js";

const REST_MS = 400; // after the last input
const ADDRESS_MS = 250; // browsers refuse to be told a new address more often than about this
const WIDE = 520; // the least width with parts side by side; interactive.css adds the page's margins

// A number that carries the Python expression of which it is the value. Decimals may be given;
// `text` replaces what they make of the value.
export const live = (value, expression, decimals = 2, text = shown(value, decimals)) => ({ expression, text });

// A weight, or a sum of weights: however small, it is not shown as zero, as what rounding leaves is.
export const share = (value, expression, decimals = 2) =>
  live(value, expression, decimals, value > 0 && value < 1e-6 ? scientific(value) : undefined);

// A whole number that carries its expression.
export const whole = (value, expression) => ({ expression, text: fixed(value) });

// A live number in a sentence.
export const inline = ({ expression, text }) =>
  html`<span class="press-number press-live-number" data-expression=${expression}>${text}</span>`;

// What a gap or a cell holds: a live number, or other words.
const told = (content) => (content?.expression ? inline(content) : content);

// A sentence with its gaps filled.
function filled(text, fields) {
  return text.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? told(fields[part]) : part));
}

function valuesOf({ columns, rows }) {
  return html`<div class="press-table"><table class="press-values-table"><thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map(([head, ...cells]) => html`<tr><th scope="row">${head}</th>${cells.map((content) => html`<td>${told(content)}</td>`)}</tr>`)}</tbody></table></div>`;
}

/* What a figure is made of: its name; schema, from state.toml; words, those of the page's language
   from words.toml, here and in its folder; model, from model.js; and view, status and table, from
   view.js. Each of these three gets `f`:

   f.state   the state               f.set({name: value})        changes it
   f.values  model(f.state)          f.word(key, {gap: what})    a text in the page's language
   f.width   in twentieths of a rem  f.name, f.schema            for controls.js
   f.wide    parts stand side by side */
export function mount(host, { name, schema, words, model, view, status, table }, announce) {
  if (host.querySelector(".press-stage")) return;
  const stage = document.createElement("div");
  stage.className = "press-stage";
  const inAddress = () => read(schema, new URLSearchParams(location.search).get(name));
  const page = location.pathname;
  let state = inAddress();
  let known = write(schema, state); // what the address says of it
  let [width, drawn, resting, written] = [0, 0, 0, 0];

  const figure = () => ({
    name, schema, set, width: width / unit(), wide: width / unit() >= WIDE,
    get state() { return state; }, // a second change may come before the first is drawn
    values: model(state),
    word: (key, fields) => (fields ? filled(words[key], fields) : words[key]),
  });

  function draw() {
    drawn = 0;
    const f = figure();
    render(html`${view(f)}
      <div class="press-outcome"><p class="press-status">${status(f)}</p>
      <button type="button" class="press-button press-again" ?disabled=${write(schema, state) === ""} @click=${() => become(startOf(schema))}>${words.again}</button></div>
      <details class="press-values"><summary>${words.values}</summary>${valuesOf(table(f))}</details>`, stage);
  }

  function become(next) {
    state = next;
    drawn ||= requestAnimationFrame(draw);
    clearTimeout(resting);
    resting = setTimeout(() => stage.isConnected && announce(stage.querySelector(".press-status").textContent.replace(/\s+/g, " ").trim()), REST_MS);
    written ||= setTimeout(remember, ADDRESS_MS);
  }

  function set(changes) {
    become(changed(schema, state, changes));
  }

  function remember() {
    written = 0;
    if (!stage.isConnected) return; // the reader has gone to another page
    const address = new URL(location.href);
    const others = address.search.slice(1).split("&").filter((part) => part && part.split("=")[0] !== name);
    const text = known = write(schema, state);
    address.search = [...others, ...(text ? [`${name}=${text}`] : [])].join("&");
    history.replaceState(history.state, "", address);
  }

  // Back and forward within a page. A link to another place of it says nothing new.
  function back() {
    if (!stage.isConnected) { // that page has been left
      removeEventListener("popstate", back);
      return;
    }
    const there = inAddress();
    const text = write(schema, there);
    if (location.pathname !== page || text === known) return;
    known = text;
    become(there);
  }
  addEventListener("popstate", back);
  const still = host.querySelector(":scope > .press-drawing");
  width = still.clientWidth;
  draw(); // if that goes wrong, the still has not been touched
  still.after(stage);
  host.classList.add("press-on");
  new ResizeObserver(() => {
    if (stage.clientWidth && stage.clientWidth !== width) {
      width = stage.clientWidth;
      drawn ||= requestAnimationFrame(draw);
    }
  }).observe(stage);
  for (const prompt of host.querySelectorAll(".press-prompts [data-state]")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "press-button press-try", textContent: words.attempt });
    button.setAttribute("aria-describedby", prompt.id);
    button.addEventListener("click", () => {
      become(read(schema, prompt.dataset.state));
      // On a phone the picture may be above the screen: what has changed must be seen. What lies
      // between may be laid out only now, and move it.
      const show = () => (stage.querySelector(".press-picture, .press-crossing") ?? stage).scrollIntoView({ block: "nearest", behavior: "instant" });
      show();
      requestAnimationFrame(() => requestAnimationFrame(show));
    });
    prompt.before(button);
  }
}
