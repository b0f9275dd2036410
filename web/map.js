// The zones, orders and technicians of the board, drawn by hand.
import { t } from "/texts.js";

export const colors = { NEW: "#8b5cf6", TRIAGED: "#6366f1", SCHEDULED: "#3b82f6", ASSIGNED: "#0ea5e9",
  ACCEPTED: "#06b6d4", EN_ROUTE: "#14b8a6", ON_SITE: "#22c55e", IN_PROGRESS: "#16a34a",
  PAUSED: "#eab308", COMPLETED: "#64748b", APPROVAL_REQUIRED: "#f97316", FAILED: "#ef4444" };
const lineHeight = 13, lineLength = 16;
let hits = [];

/// Long names in two lines, parted at the blank nearest to their middle.
function lines(name) {
  if (name.length <= lineLength) return [name];
  const blanks = [...name.matchAll(/ /g)].map(m => m.index);
  if (!blanks.length) return [name];
  const middle = name.length / 2;
  const at = blanks.reduce((a, b) => Math.abs(b - middle) < Math.abs(a - middle) ? b : a);
  return [name.slice(0, at), name.slice(at + 1)];
}

/// Where a text may stand: inside the picture, whatever its middle; null where another one stands.
function boxOf(pen, texts, x, y, width, height, taken) {
  const half = Math.max(...texts.map(text => pen.measureText(text).width)) / 2 + 3;
  const high = texts.length * lineHeight / 2 + 2;
  const cx = Math.min(Math.max(x, half), width - half), cy = Math.min(Math.max(y, high), height - high);
  const box = { x: cx, y: cy, left: cx - half, right: cx + half, top: cy - high, bottom: cy + high };
  const isTaken = taken.some(b => b.left < box.right && box.left < b.right && b.top < box.bottom && box.top < b.bottom);
  return isTaken ? null : box;
}

/// places: zones with a middle; focus: those that must be seen whole, with `pad` degrees around them;
/// orders and technicians: rows with `at` {lat, lon}, isLate and isFaded.
export function draw(canvas, { places, focus, pad, orders, technicians }) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width) return;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(document.documentElement), color = name => style.getPropertyValue(name);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  hits = [];
  if (!focus.length) return;
  const squeeze = Math.cos(focus[0].lat * Math.PI / 180);
  const west = Math.min(...focus.map(z => z.lon)) - pad, east = Math.max(...focus.map(z => z.lon)) + pad;
  const south = Math.min(...focus.map(z => z.lat)) - pad, north = Math.max(...focus.map(z => z.lat)) + pad;
  const scale = Math.min(width / ((east - west) * squeeze), height / (north - south));
  const x = lon => width / 2 + (lon - (west + east) / 2) * squeeze * scale;
  const y = lat => height / 2 - (lat - (south + north) / 2) * scale;

  const radius = Math.max(12, 0.009 * scale);
  pen.fillStyle = color("--line"); pen.globalAlpha = .45;
  for (const z of places) {
    pen.beginPath(); pen.arc(x(z.lon), y(z.lat), radius, 0, 7); pen.fill();
  }
  pen.globalAlpha = 1;

  pen.font = "11px system-ui, sans-serif"; pen.textAlign = "center"; pen.textBaseline = "middle";
  pen.lineJoin = "round";
  const taken = [];
  for (const z of [...focus, ...places.filter(p => !focus.includes(p))]) {
    if (x(z.lon) < 0 || x(z.lon) > width || y(z.lat) < 0 || y(z.lat) > height) continue;
    const texts = lines(z.name);
    const box = [radius, -radius, 0].reduce((found, below) =>
      found || boxOf(pen, texts, x(z.lon), y(z.lat) + below, width, height, taken), null);
    if (!box) continue;
    taken.push(box);
    pen.strokeStyle = color("--map"); pen.lineWidth = 3; pen.fillStyle = color("--soft");
    texts.forEach((text, i) => {
      const at = box.y + (i - (texts.length - 1) / 2) * lineHeight;
      pen.strokeText(text, box.x, at); pen.fillText(text, box.x, at);
    });
  }

  // Frames under the dots: a technician at an order's site stands around it, not upon it.
  for (const row of technicians) {
    const px = x(row.at.lon), py = y(row.at.lat);
    pen.strokeStyle = row.isFaded ? color("--soft") : color("--text"); pen.lineWidth = 1.5;
    pen.strokeRect(px - 7, py - 7, 14, 14);
    hits.push([px, py, `${t("technician")} ${row.name}\n${t(row.availability)}`]);
  }
  for (const row of orders) {
    const px = x(row.at.lon), py = y(row.at.lat);
    pen.fillStyle = colors[row.status] || "#999";
    pen.beginPath(); pen.arc(px, py, row.priority <= 2 ? 6 : 4.5, 0, 7); pen.fill();
    if (row.isLate) { pen.strokeStyle = color("--warn"); pen.lineWidth = 2; pen.stroke(); }
    hits.push([px, py, [`${row.code} · ${t(row.status)}`, row.title, row.technician_name].filter(Boolean).join("\n")]);
  }
}

/// What is near a point of the canvas, nearest first, or "".
export function tipAt(mx, my) {
  return hits.map(([x, y, text]) => [(x - mx) ** 2 + (y - my) ** 2, text])
    .filter(([d]) => d < 144).sort((a, b) => a[0] - b[0]).slice(0, 3)
    .map(([, text]) => text).join("\n\n");
}
