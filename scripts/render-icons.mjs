/**
 * Owns drawing the icons in resources/icons. It runs when the drawing changes, never at build or run time, and uses
 * Node's own modules alone: shapes are signed distances, edges are smoothed by how much of a pixel they cover.
 *
 *   node scripts/render-icons.mjs
 *
 * The mark is a speech bubble with level bars. In the tray the bars tell the state by their shape as well as by
 * colour: idle has low bars, listening tall ones, active three dots, warning an exclamation mark.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "resources", "icons");

/** Samples of a pixel in each direction. */
const oversampling = 4;

// Distances in a square from (0, 0) to (1, 1): negative is inside.

/** A rectangle with rounded corners, by its middle, half sizes and radius. */
const roundedBox = (cx, cy, halfWidth, halfHeight, radius) => (x, y) => {
  const dx = Math.abs(x - cx) - halfWidth + radius;
  const dy = Math.abs(y - cy) - halfHeight + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
};

/** A triangle by its corners, counter-clockwise on the screen. */
const triangle = (corners) => (x, y) => {
  let distance = Number.NEGATIVE_INFINITY;
  for (const [index, [ax, ay]] of corners.entries()) {
    const [bx, by] = corners[(index + 1) % corners.length];
    const length = Math.hypot(bx - ax, by - ay);
    distance = Math.max(distance, ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length);
  }
  return distance;
};

const union =
  (...shapes) =>
  (x, y) =>
    Math.min(...shapes.map((shape) => shape(x, y)));

const without = (shape, hole) => (x, y) => Math.max(shape(x, y), -hole(x, y));

const bar = (cx, cy, height, width) => roundedBox(cx, cy, width / 2, height / 2, width / 2);

/** The bubble, with its tail at the lower left. */
const bubble = union(
  roundedBox(0.5, 0.44, 0.46, 0.37, 0.22),
  triangle([
    [0.2, 0.98],
    [0.46, 0.76],
    [0.2, 0.7],
  ]),
);

/** What is cut out of the bubble, for each state of the tray. */
const signs = {
  idle: union(bar(0.27, 0.44, 0.13, 0.13), bar(0.5, 0.44, 0.28, 0.13), bar(0.73, 0.44, 0.13, 0.13)),
  listening: union(bar(0.27, 0.44, 0.34, 0.13), bar(0.5, 0.44, 0.56, 0.13), bar(0.73, 0.44, 0.34, 0.13)),
  active: union(bar(0.27, 0.44, 0.14, 0.14), bar(0.5, 0.44, 0.14, 0.14), bar(0.73, 0.44, 0.14, 0.14)),
  warning: union(bar(0.5, 0.37, 0.32, 0.14), bar(0.5, 0.64, 0.14, 0.14)),
};

/** Each is at least 3:1 on a white and on a dark grey panel. */
const colours = {
  idle: [0x7f, 0x87, 0x96],
  listening: [0xe5, 0x3e, 0x4d],
  active: [0x5b, 0x6e, 0xf5],
  warning: [0xd0, 0x7a, 0x0c],
};
const black = [0, 0, 0];

/** Fills `size` × `size` pixels of RGBA from layers of { shape, colourAt }, lowest first. */
function draw(size, layers) {
  const pixels = new Uint8Array(size * size * 4);
  const samples = oversampling * oversampling;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const sum = [0, 0, 0, 0];
      for (let sample = 0; sample < samples; sample += 1) {
        const x = (column + ((sample % oversampling) + 0.5) / oversampling) / size;
        const y = (row + (Math.floor(sample / oversampling) + 0.5) / oversampling) / size;
        const top = layers.findLast((layer) => layer.shape(x, y) <= 0);
        if (top === undefined) continue;
        const colour = top.colourAt(x, y);
        for (const [channel, value] of colour.entries()) sum[channel] += value;
        sum[3] += 1;
      }
      const at = (row * size + column) * 4;
      if (sum[3] === 0) continue;
      for (let channel = 0; channel < 3; channel += 1)
        pixels[at + channel] = Math.round(sum[channel] / sum[3]);
      pixels[at + 3] = Math.round((sum[3] / samples) * 255);
    }
  }
  return pixels;
}

/** One chunk of a PNG file: length, type, data, checksum. */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PNG file, 8 bits a channel with alpha, of `size` × `size` pixels of RGBA. */
function png(size, pixels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let row = 0; row < size; row += 1) {
    rows.set(pixels.subarray(row * size * 4, (row + 1) * size * 4), row * (size * 4 + 1) + 1);
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function write(name, size, layers) {
  writeFileSync(join(folder, name), png(size, draw(size, layers)));
}

/** The app's icon: the bubble with five bars, white on a rounded square. */
function appLayers() {
  const mix = (from, to, share) => from.map((value, channel) => value + (to[channel] - value) * share);
  const inner = (shape) => (x, y) => shape((x - 0.5) / 0.62 + 0.5, (y - 0.515) / 0.62 + 0.5) * 0.62;
  const heights = [0.2, 0.36, 0.5, 0.3, 0.16];
  const bars = union(...heights.map((height, index) => bar(0.22 + index * 0.14, 0.44, height, 0.072)));
  const tile = ([r, g, b]) => [r, g, b];
  return [
    {
      shape: roundedBox(0.5, 0.5, 0.46, 0.46, 0.21),
      colourAt: (x, y) =>
        mix([0x6c, 0x7b, 0xff], [0x35, 0x3f, 0xc4], Math.min(1, Math.max(0, (x + 2 * y) / 3))),
    },
    { shape: inner(bubble), colourAt: () => tile([0xff, 0xff, 0xff]) },
    { shape: inner(bars), colourAt: () => tile([0x45, 0x53, 0xdb]) },
  ];
}

mkdirSync(folder, { recursive: true });
for (const size of [16, 32, 48, 64, 128, 256, 512]) {
  write(size === 512 ? "icon.png" : `icon-${size}.png`, size, appLayers());
}
for (const [state, sign] of Object.entries(signs)) {
  const shape = without(bubble, sign);
  const coloured = [{ shape, colourAt: () => colours[state] }];
  const template = [{ shape, colourAt: () => black }];
  // Windows draws 16 px and its multiples; Electron picks the file by the display's scale.
  for (const [suffix, size] of [
    ["", 16],
    ["@1.5x", 24],
    ["@2x", 32],
    ["@3x", 48],
  ]) {
    write(`tray-${state}${suffix}.png`, size, coloured);
  }
  // Linux panels show 22 to 24 px at scale 1 and would blow 16 px up.
  for (const [suffix, size] of [
    ["", 24],
    ["@2x", 48],
  ])
    write(`tray-${state}-panel${suffix}.png`, size, coloured);
  // macOS colours a template by itself; its menu bar takes 18 points.
  for (const [suffix, size] of [
    ["", 18],
    ["@2x", 36],
  ])
    write(`tray-${state}Template${suffix}.png`, size, template);
}
