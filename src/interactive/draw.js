// Draw as docs/figures/draw.py does, but as wide as the place on the page, so that words and grips
// keep their size on a phone. Lengths are in units of a twentieth of a rem: the page's text is 16 of
// them high, and a picture grows with it. Colours and line widths are the page's classes.
// Every function returns a part for `picture`.

import { html, nothing, svg } from "lit-html";

const HEAD = 12; // length of an arrowhead

// How many pixels a unit has: one, unless the reader or a wide screen has larger letters.
export const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 20;

// A coordinate with at most one decimal.
export const place = (value) => Math.round(value * 10) / 10;

// A straight line; `width` in units, where it says how much of something there is.
export const line = (start, end, look = "fig-line", width = null) =>
  svg`<line class=${look} style=${width === null ? nothing : `stroke-width:${place(width)}`} x1=${place(start[0])} y1=${place(start[1])} x2=${place(end[0])} y2=${place(end[1])} />`;

const steps = (points) => points.map(([x, y]) => `${place(x)},${place(y)}`).join(" ");

export const polyline = (points, look = "fig-line") => svg`<polyline class=${look} fill="none" points=${steps(points)} />`;

export const polygon = (points, look = "fig-soft") => svg`<polygon class=${look} points=${steps(points)} />`;

// A filled rectangle, `corner` being its upper left; `strength` is how much of its colour it has.
export const rectangle = (corner, width, height, look = "fig-soft", strength = null) =>
  svg`<rect class=${look} x=${place(corner[0])} y=${place(corner[1])} width=${place(width)} height=${place(height)} fill-opacity=${strength ?? nothing} />`;

export const dot = (centre, radius = 5, look = "fig-a-fill") =>
  svg`<circle class=${look} cx=${place(centre[0])} cy=${place(centre[1])} r=${place(radius)} />`;

// One line of text. What is no live number holds no numeral, but for the ticks of an axis: fig-tick.
export const text = (at, content, look = "fig-text", anchor = "middle") =>
  svg`<text class=${look} x=${place(at[0])} y=${place(at[1])} text-anchor=${anchor}>${content}</text>`;

// A live number in the picture: what `live` of core.js is in a sentence.
export const number = (at, live, look = "fig-text", anchor = "middle") =>
  svg`<text class="${look} press-live-number" data-expression=${live.expression} x=${place(at[0])} y=${place(at[1])} text-anchor=${anchor}>${live.text}</text>`;

export function arrow(start, end, look = "fig-a") {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const length = Math.hypot(dx, dy);
  if (length < 1) return dot(end, 3, `${look}-fill`); // the zero vector points nowhere
  const head = Math.min(HEAD, length);
  const [ux, uy] = [dx / length, dy / length];
  const neck = [end[0] - head * ux, end[1] - head * uy];
  const side = head * 0.4;
  return svg`${line(start, neck, look)}${polygon(
    [end, [neck[0] - side * uy, neck[1] + side * ux], [neck[0] + side * uy, neck[1] - side * ux]],
    `${look}-fill`,
  )}`;
}

// Coordinates of mathematics (y up) inside a picture (y down): where (0, 0) lies, and how long 1 is.
export class Plane {
  constructor(origin, unit) {
    this.origin = origin;
    this.unit = unit;
  }

  at(point) {
    return [this.origin[0] + this.unit * point[0], this.origin[1] - this.unit * point[1]];
  }

  // The point of the plane at a place of the picture.
  from(place) {
    return [(place[0] - this.origin[0]) / this.unit, (this.origin[1] - place[1]) / this.unit];
  }

  line(start, end, look = "fig-thin") {
    return line(this.at(start), this.at(end), look);
  }

  vector(tip, look = "fig-a", tail = [0, 0]) {
    return arrow(this.at(tail), this.at(tip), look);
  }
}

// Where a pointer is in the picture.
export function pointed(event) {
  const box = event.currentTarget.ownerSVGElement.getBoundingClientRect();
  return [(event.clientX - box.left) / unit(), (event.clientY - box.top) / unit()];
}

// What may be taken hold of: a dot with room for a finger, which tells where it is dragged to.
// Whatever it moves has native controls, too: this is an extra.
export function grip(at, move, look = "fig-a-fill") {
  const take = (event) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const [x, y] = pointed(event);
    event.currentTarget.beside = [at[0] - x, at[1] - y]; // so that it does not jump under the finger
  };
  const drag = (event) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const [[x, y], [dx, dy]] = [pointed(event), event.currentTarget.beside];
    move([x + dx, y + dy]);
  };
  const stay = (event) => event.preventDefault(); // touch-action is not heeded inside every picture
  return svg`<g class="press-grip" @touchstart=${stay} @pointerdown=${take} @pointermove=${drag}>
    <circle class="press-grip-room" cx=${place(at[0])} cy=${place(at[1])} r="22" />
    <circle class="press-grip-ring" cx=${place(at[0])} cy=${place(at[1])} r="11" />
    <circle class=${look} cx=${place(at[0])} cy=${place(at[1])} r="6" />
  </g>`;
}

// The whole picture. Screen readers skip it: its values stand in the table of the figure.
export const picture = (width, height, parts) =>
  html`<svg class="press-picture" aria-hidden="true" width="${width / 20}rem" height="${height / 20}rem" viewBox="0 0 ${place(width)} ${place(height)}">${parts}</svg>`;
