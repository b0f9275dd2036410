// Where things stand on a map of a city, and which stand so close that they are shown as one: pure. A plane
// is good enough for forty kilometres.
export interface Place { lat: number; lon: number }
export interface View extends Place {
  /** Pixels a degree of latitude. */
  scale: number;
}
export interface Size { width: number; height: number }
export interface Point { x: number; y: number }

const squeeze = (lat: number) => Math.cos((lat * Math.PI) / 180);

export function toPoint(place: Place, view: View, { width, height }: Size): Point {
  return { x: width / 2 + (place.lon - view.lon) * squeeze(view.lat) * view.scale, y: height / 2 - (place.lat - view.lat) * view.scale };
}
export function toPlace({ x, y }: Point, view: View, { width, height }: Size): Place {
  return { lon: view.lon + (x - width / 2) / (squeeze(view.lat) * view.scale), lat: view.lat - (y - height / 2) / view.scale };
}
/** All of these, with some room around them. */
export function viewOf(places: readonly Place[], { width, height }: Size): View | undefined {
  if (places.length === 0 || width === 0) return undefined;
  let [south, north, west, east] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { lat, lon } of places) {
    south = Math.min(south, lat); north = Math.max(north, lat);
    west = Math.min(west, lon); east = Math.max(east, lon);
  }
  const lat = (south + north) / 2, lon = (west + east) / 2, room = 0.8;
  const scale = Math.min((width * room) / Math.max((east - west) * squeeze(lat), 0.004), (height * room) / Math.max(north - south, 0.004));
  return { lat, lon, scale };
}
/** Nearer or farther by `factor`, with this point staying where it is. */
export function zoomed(view: View, factor: number, at: Point, size: Size): View {
  const scale = Math.min(4_000_000, Math.max(400, view.scale * factor)), kept = toPlace(at, view, size);
  const now = toPlace(at, { ...view, scale }, size);
  return { lat: view.lat + kept.lat - now.lat, lon: view.lon + kept.lon - now.lon, scale };
}

export interface Cluster<T> extends Point { members: T[] }
/** What falls into one square of `cell` pixels is one; squares keep their place while the map is moved. */
export function clustersOf<T>(things: readonly T[], placeOf: (thing: T) => Place, view: View, size: Size, cell = 44): Cluster<T>[] {
  const squares = new Map<string, { members: T[]; x: number; y: number }>(), step = cell / view.scale, margin = cell;
  for (const thing of things) {
    const place = placeOf(thing), point = toPoint(place, view, size);
    if (point.x < -margin || point.y < -margin || point.x > size.width + margin || point.y > size.height + margin) continue;
    const key = `${Math.floor(place.lat / step)}/${Math.floor((place.lon * squeeze(6)) / step)}`;
    const square = squares.get(key) ?? { members: [], x: 0, y: 0 };
    square.members.push(thing);
    square.x += point.x;
    square.y += point.y;
    squares.set(key, square);
  }
  return [...squares.values()].map(({ members, x, y }) => ({ members, x: x / members.length, y: y / members.length }));
}

/** How much of its colour a position has left: all for two minutes, a quarter after half an hour. */
export function freshness(ageMs: number): number {
  const fresh = 120_000, old = 1_800_000;
  return Math.max(0.25, Math.min(1, 1 - (0.75 * (ageMs - fresh)) / (old - fresh)));
}
