// Every component and token on one page, which a test photographs in both themes.
import { useState, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { Bar, Button, Chip, Empty, Icon, Mark, Notice, PriorityMark, SearchField, Select, Spinner, TextField,
  ToastRegion, Toasts, setTheme, type IconName, type Tone } from "../src";
import "../src/styles.css";
import "./gallery.css";

const tones: Tone[] = ["new", "waiting", "planned", "moving", "working", "paused", "ended", "danger", "warn", "ok"];
const colours = ["bg", "surface", "raised", "sunken", "hover", "selected", "line", "line-strong", "text", "text-muted",
  "accent", "accent-strong", "danger", "warn", "ok"];
const icons: IconName[] = ["search", "close", "check", "down", "right", "left", "person", "pin", "clock", "warn", "info",
  "phone", "place", "undo", "help", "sun", "moon", "chat", "plus", "minus", "out", "phone-set", "star", "map", "bell", "key"];
const toasts = new Toasts();
setTheme(new URLSearchParams(location.search).get("theme") === "dark" ? "dark" : "light");

function Part({ name, children }: { name: string; children: ReactNode }) {
  return <section><h2>{name}</h2><div className="things">{children}</div></section>;
}

function Gallery() {
  const [text, setText] = useState("Calle 10 # 20-30");
  const [search, setSearch] = useState("");
  const [choice, setChoice] = useState("a");
  const [isOn, setOn] = useState(true);
  return (
    <main>
      <h1>MicroFlow</h1>
      <Part name="Color">{colours.map((name) => <div key={name} className="swatch"><i style={{ background: `var(--${name})` }} />{name}</div>)}</Part>
      <Part name="Tipo">
        {["t-small", "t-text", "t-large", "t-title", "t-figure"].map((size) => <span key={size} style={{ fontSize: `var(--${size})` }}>{size} 0123</span>)}
      </Part>
      <Part name="Botones">
        <Button look="primary">Asignar</Button><Button>Otro técnico</Button><Button look="danger">Cancelar</Button>
        <Button look="quiet">Volver</Button><Button isDisabled>Enviar</Button><Button icon="clock" isSmall>Ahora</Button>
        <Button icon="pin" aria-label="Fijar" /><Button icon="help" isSmall look="quiet" aria-label="Ayuda" />
      </Part>
      <Part name="Campos">
        <TextField label="Dirección" value={text} onChange={setText} />
        <TextField label="Usuario" value="" onChange={() => {}} error="Falta el usuario" />
        <SearchField label="Buscar" clearLabel="Borrar" hint="/" value={search} onChange={setSearch} />
        <Select label="Zona" value={choice} onChange={setChoice} choices={[{ id: "a", text: "Popular" }, { id: "b", text: "El Poblado", detail: "12" }]} />
        <TextField label="Comentario" value="" onChange={() => {}} lines={2} />
      </Part>
      <Part name="Marcas">{tones.map((tone) => <Mark key={tone} tone={tone}>{tone}</Mark>)}
        {[1, 2, 3, 4].map((n) => <PriorityMark key={n} priority={n} label={`Prioridad ${n}`} />)}</Part>
      <Part name="Filtros"><Chip isSelected={isOn} onChange={setOn} count={12}>Sin asignar</Chip><Chip isSelected={!isOn} onChange={(is) => setOn(!is)} count={3}>En curso</Chip><kbd>/</kbd><kbd>1–9</kbd></Part>
      <Part name="Avance">{(["planned", "warn", "danger", "ok"] as const).map((tone, n) => <div key={tone} className="meter"><Bar tone={tone} part={0.25 * (n + 1)} label={tone} /></div>)}<Spinner label="Cargando" /></Part>
      <Part name="Avisos">
        <Notice tone="warn">El plan ya no se cumple</Notice><Notice tone="danger">El servidor no responde</Notice>
        <Notice tone="ok" icon="check">Guardada</Notice><Notice tone="ended" icon="info">Ya no está en el tablero</Notice>
      </Part>
      <Part name="Vacío"><Empty title="Ninguna orden es así"><p>Quite un filtro para ver más.</p><Button>Quitar los filtros</Button></Empty></Part>
      <Part name="Iconos">{icons.map((name) => <span key={name} className="icon-cell"><Icon name={name} />{name}</span>)}</Part>
      <ToastRegion toasts={toasts} label="Avisos" closeLabel="Cerrar" />
    </main>
  );
}
createRoot(document.getElementById("root")!).render(<Gallery />);
toasts.show("ORD-7K3Q-9F2M-XW asignada a Ana Gómez", { action: { text: "Deshacer", run: () => {} }, forMs: 600_000 });
toasts.show("ORD-7K3Q-9F2M-XW: el técnico está fuera de turno", { isBad: true, forMs: 600_000 });
