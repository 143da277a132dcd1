// Native controls for the values of a figure's state. Each takes the figure that it belongs to and
// the name of a value, which is also the key of its label among the figure's words.

import { html, nothing } from "lit-html";
import { inline } from "./core.js";
import { live as actual } from "lit-html/directives/live.js";

const at = (value, index) => (index === null ? value : value[index]);

function put(f, name, index, value) {
  const now = f.state[name];
  f.set({ [name]: index === null ? value : now.map((old, i) => (i === index ? value : old)) });
}

// A number by a slider; of a vector, the one at `index`, which `label` names. `meaning` is a live
// number to show in place of a value that only says which of several is meant. Screen readers hear
// the value from the slider itself.
export function range(f, name, { index = null, label = f.word(name), disabled = false, meaning = null } = {}) {
  const { from, to, step } = f.schema[name];
  const value = at(f.state[name], index);
  return html`<label class="press-control press-range"><span>${label}</span>
    <input type="range" min=${from} max=${to} step=${step} .value=${actual(String(value))} ?disabled=${disabled}
      aria-valuetext=${meaning?.text ?? nothing} @input=${(event) => put(f, name, index, Number(event.target.value))} />
    <output aria-hidden="true">${meaning ? inline(meaning) : String(value).replace("-", "−")}</output></label>`;
}

// A number to type; of a vector, the one at `index`. `label` is for screen readers alone, and `stop`
// what a table of many says of it: see `settle`.
export function typed(f, name, { index = null, label = f.word(name), stop = nothing } = {}) {
  const { from, to, step } = f.schema[name];
  const change = ({ target, type }) => {
    if (type === "input" && target.value === "-0") return; // -0.5 begins so
    if (Number.isFinite(target.valueAsNumber)) put(f, name, index, target.valueAsNumber);
    else if (type === "change") f.set({}); // what is no number in the end leaves the one that was
  };
  return html`<input class="press-typed" type="number" aria-label=${label} tabindex=${stop} min=${from} max=${to} step=${step}
    .value=${actual(String(at(f.state[name], index)))} @input=${change} @change=${change} @click=${({ target }) => target.select()} />`;
}

export function flag(f, name) {
  return html`<label class="press-control press-flag-control"><input type="checkbox" .checked=${actual(f.state[name])}
    @change=${(event) => f.set({ [name]: event.target.checked })} /><span>${f.word(name)}</span></label>`;
}

// One of a few: all of them are in sight. The word of an option is `name_option`.
export function choice(f, name, { options = f.schema[name].options } = {}) {
  return html`<fieldset class="press-control press-choices"><legend>${f.word(name)}</legend>
    <span class="press-bar">${options.map((option) => html`<label><input type="radio" name=${`${f.name}-${name}`} value=${option}
      .checked=${actual(f.state[name] === option)} @change=${() => f.set({ [name]: option })} /><span>${f.word(`${name}_${option}`)}</span></label>`)}</span>
  </fieldset>`;
}

// One of several: a menu. Its options take their words from `of`, so that two menus can share them.
export function menu(f, name, { of = name, disabled = false } = {}) {
  return html`<label class="press-control press-menu"><span>${f.word(name)}</span>
    <select ?disabled=${disabled} @change=${(event) => f.set({ [name]: event.target.value })}>
      ${f.schema[name].options.map((option) => html`<option value=${option} .selected=${actual(f.state[name] === option)}>${f.word(`${of}_${option}`)}</option>`)}
    </select></label>`;
}

// A button that is down or up; `label` is what screen readers call it, and `stop` as above.
export const toggle = (pressed, label, press, stop = nothing) =>
  html`<button type="button" class="press-cell-button" tabindex=${stop} aria-pressed=${pressed ? "true" : "false"} aria-label=${label} @click=${press}></button>`;

// A cell of a matrix, of which one is chosen; screen readers hear `label` before what stands in it.
export const cell = (f, checked, label, content, choose) =>
  html`<label class="press-cell"><input type="radio" name=${`${f.name}-cell`} .checked=${actual(checked)} @change=${choose} /><span><span class="press-told">${label}</span>${content}</span></label>`;

/* A table of controls is one stop of the Tab key, and arrow keys go from one to the next:

   <table @keydown=${roam} @focusin=${settle}>

   The first has the stop 0 and all others -1; radio buttons need none, and no settle. Where a table
   may come to hold others, @focusout=${settle}, too, gives the first one the stop again. */
const CONTROLS = "button, input";

export function roam(event) {
  const { key, target, currentTarget } = event;
  const all = [...currentTarget.querySelectorAll(CONTROLS)];
  const width = target.closest("tr").querySelectorAll(CONTROLS).length;
  const at = all.indexOf(target);
  const before = at % width; // in its row
  const down = { ArrowUp: -width, ArrowDown: width, Home: -before, End: width - 1 - before };
  const steps = { ArrowLeft: -1, ArrowRight: 1, ...(target.type === "number" ? {} : down) }; // these change a number
  if (!(key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const next = all[at + steps[key]];
  next?.focus();
  if (next?.type === "radio") next.click();
  else next?.select?.(); // what is typed takes the place of what was there
}

export function settle({ type, target, currentTarget }) {
  const all = [...currentTarget.querySelectorAll(CONTROLS)];
  for (const one of all) one.tabIndex = one === (type === "focusin" ? target : all[0]) ? 0 : -1;
}
