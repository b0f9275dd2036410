// The picture: zones, what is near what, and who is where; by hand on a canvas, so that it needs no tiles,
// no network and no graphics card.
import type { OrderRow, TechnicianRow } from "@microflow/client";
import { clustersOf, freshness, toPoint, type Place, type Point, type Size, type View } from "./geometry";

export interface Person { row: TechnicianRow; place: Place; ageMs: number | undefined }
export interface Scene {
  zones: readonly { name: string; place: Place }[];
  orders: readonly OrderRow[];
  people: readonly Person[];
  selected: string;
}
/** What can be pointed at. */
export interface Hit extends Point { radius: number; orders: readonly OrderRow[]; people: readonly Person[] }

const toneNames: Record<string, string> = { NEW: "new", TRIAGED: "waiting", SCHEDULED: "planned", ASSIGNED: "planned", ACCEPTED: "planned",
  EN_ROUTE: "moving", ON_SITE: "moving", IN_PROGRESS: "working", PAUSED: "paused", COMPLETED: "ended", APPROVAL_REQUIRED: "new", FAILED: "danger" };
const people: Record<TechnicianRow["availability"], string> = { off: "ended", available: "ok", traveling: "moving", working: "working", break: "paused" };
const turn = Math.PI * 2;

export function paint(canvas: HTMLCanvasElement, scene: Scene, view: View, size: Size): Hit[] {
  const ratio = devicePixelRatio || 1, pen = canvas.getContext("2d")!, style = getComputedStyle(canvas);
  const colours = new Map<string, string>();
  // Colours of the page may be functions that a canvas doesn't know: the browser works them out.
  const colour = (name: string) => {
    let found = colours.get(name);
    if (!found) {
      canvas.style.color = `var(--${name})`;
      colours.set(name, (found = style.color));
    }
    return found;
  };
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const hits: Hit[] = [];

  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const zoneRadius = Math.min(240, Math.max(16, 0.011 * view.scale));
  for (const { place } of scene.zones) {
    const { x, y } = toPoint(place, view, size);
    pen.beginPath();
    pen.arc(x, y, zoneRadius, 0, turn);
    pen.fillStyle = colour("line");
    pen.globalAlpha = 0.4;
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = colour("line");
    pen.stroke();
  }
  label(pen, scene, view, size, zoneRadius, colour("text-muted"), colour("sunken"));

  const clusters = clustersOf(scene.orders, (row) => ({ lat: row.lat!, lon: row.lon! }), view, size);
  for (const { x, y, members } of clusters) {
    const isLate = members.some((row) => row.sla.breached), isAtRisk = members.some((row) => row.sla.at_risk);
    const isSelected = members.some((row) => row.id === scene.selected), count = members.length;
    const radius = count === 1 ? (members[0]!.priority <= 2 ? 8 : 6.5) : Math.min(24, 11 + Math.log2(count) * 2.2);
    pen.beginPath();
    pen.arc(x, y, radius, 0, turn);
    pen.fillStyle = count === 1 ? colour(toneNames[members[0]!.status] ?? "ended") : colour("surface");
    pen.fill();
    pen.lineWidth = isLate || isAtRisk ? 3 : 1.5;
    pen.strokeStyle = isLate ? colour("danger") : isAtRisk ? colour("warn") : count === 1 ? colour("surface") : colour("line-strong");
    pen.stroke();
    if (count > 1) {
      pen.fillStyle = colour("text");
      pen.font = "600 12px 'Inter Variable', system-ui";
      pen.fillText(String(count), x, y + 0.5);
    }
    if (isSelected) {
      pen.beginPath();
      pen.arc(x, y, radius + 5, 0, turn);
      pen.lineWidth = 2.5;
      pen.strokeStyle = colour("focus");
      pen.stroke();
    }
    hits.push({ x, y, radius: radius + 4, orders: members, people: [] });
  }

  // Squares beside the dots: who stands at an order's site doesn't hide it.
  for (const { x, y, members } of clustersOf(scene.people, ({ place }) => place, view, size, 26)) {
    const [first] = members as [Person], ages = members.map(({ ageMs }) => ageMs ?? Infinity);
    pen.globalAlpha = freshness(Math.min(...ages));
    pen.beginPath();
    pen.roundRect(x - 11, y - 11, 22, 22, 6);
    pen.fillStyle = colour("surface");
    pen.fill();
    pen.lineWidth = 2.5;
    pen.strokeStyle = members.length === 1 ? colour(people[first.row.availability]) : colour("text-muted");
    pen.stroke();
    pen.fillStyle = colour("text");
    pen.font = "600 10px 'Inter Variable', system-ui";
    pen.fillText(members.length === 1 ? initials(first.row.name) : `×${members.length}`, x, y + 0.5);
    pen.globalAlpha = 1;
    hits.push({ x, y, radius: 13, orders: [], people: members });
  }
  return hits;
}

const initials = (name: string) => name.split(/\s+/).slice(0, 2).map((word) => word.charAt(0)).join("");

/** Names of zones where there is room for them. */
function label(pen: CanvasRenderingContext2D, { zones }: Scene, view: View, size: Size, below: number, ink: string, ground: string): void {
  pen.font = "500 11px 'Inter Variable', system-ui";
  pen.lineJoin = "round";
  const taken: { left: number; right: number; top: number; bottom: number }[] = [];
  for (const { name, place } of zones) {
    const { x, y } = toPoint(place, view, size), half = pen.measureText(name).width / 2 + 4, at = { x, y: y - below + 10 };
    const box = { left: at.x - half, right: at.x + half, top: at.y - 8, bottom: at.y + 8 };
    if (box.left < 0 || box.right > size.width || box.top < 0 || box.bottom > size.height) continue;
    if (taken.some((one) => one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom)) continue;
    taken.push(box);
    pen.strokeStyle = ground;
    pen.lineWidth = 3;
    pen.strokeText(name, at.x, at.y);
    pen.fillStyle = ink;
    pen.fillText(name, at.x, at.y);
  }
}
