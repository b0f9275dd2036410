// The day: offers with what is left of their time, the visit that is next with one big button, the rest.
import { useNow, useStreamState } from "@microflow/app";
import { availabilityText, statusText, toneOf } from "@microflow/app/texts";
import { day as dayText, isSameDay, lasting, span, when } from "@microflow/app/time";
import type { Technician } from "@microflow/client";
import { Empty, Mark, PriorityMark, Select, Spinner } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { Act, Countdown } from "./Act";
import { useHere, type Job } from "./Phone";
import { firstOf, isOver } from "./visit";

type Availability = Technician["availability"];

export function Today() {
  const { t } = useLingui();
  const { jobs, day, open } = useHere();
  const now = useNow(15_000);
  const state = useStreamState();
  const offers = jobs.filter(({ shown }) => shown.status === "ASSIGNED"), first = firstOf(jobs);
  const rest = jobs.filter((job) => job !== first && !offers.includes(job));
  const readAt = day.readAt === undefined ? undefined : when(day.readAt, Date.now());
  const done = day.done.filter((one) => isSameDay(one.slot?.to ?? now, now));

  return (
    <main className="page">
      <div className="row-line">
        <h2>{dayText(now)}</h2>
        <Availability />
      </div>
      {state.is !== "open" && readAt && <p className="muted small">{t`Lo que se sabía a las ${readAt}. Lo que haga queda guardado y sale cuando haya señal.`}</p>}
      {day.readAt === undefined && <div className="empty"><Spinner label={t`Cargando`} /></div>}
      {offers.map((job) => (
        <section key={job.id} className="card offer" aria-label={t`Oferta: ${job.title}`}>
          <div className="row-line"><Mark tone="waiting">{t`Visita nueva`}</Mark><Countdown job={job} /></div>
          <JobHead job={job} now={now} />
          <Act job={job} />
        </section>
      ))}
      {first && (
        <section className="card next" aria-label={t`Ahora`}>
          <JobHead job={first} now={now} />
          <Act job={first} />
        </section>
      )}
      {rest.length > 0 && (
        <section aria-label={t`Después`}>
          <h3 className="part">{t`Después`}</h3>
          <ul className="jobs">
            {rest.map((job) => <li key={job.id}><button className="job" onClick={() => open(`visit/${job.id}`)}><JobLine job={job} now={now} /></button></li>)}
          </ul>
        </section>
      )}
      {day.readAt !== undefined && jobs.length === 0 && <Empty title={t`No tiene visitas`}><p>{t`Cuando le asignen una, suena y aparece aquí.`}</p></Empty>}
      {done.length > 0 && (
        <section aria-label={t`Terminadas hoy`}>
          <h3 className="part">{t`Terminadas hoy`}</h3>
          <ul className="jobs">
            {done.map((one) => (
              <li key={one.id}><button className="job" onClick={() => open(`visit/${one.id}`)}>
                <span className="row-line"><b className="cut">{one.title}</b><Mark tone={toneOf[one.status]}>{statusText(one.status)}</Mark></span>
                <span className="muted small num">{one.slot && span(one.slot.from, one.slot.to, now)}</span>
              </button></li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}

function JobHead({ job, now }: { job: Job; now: number }) {
  const { open } = useHere();
  return (
    <button className="job-head" onClick={() => open(`visit/${job.id}`)}>
      <JobLine job={job} now={now} isLarge />
    </button>
  );
}

function JobLine({ job, now, isLarge }: { job: Job; now: number; isLarge?: boolean }) {
  const { t } = useLingui();
  const { row } = job.line, { shown } = job;
  const late = !isOver(shown.status) && job.from < now - 600_000 && ["ASSIGNED", "ACCEPTED"].includes(shown.status) ? lasting(now - job.from) : "";
  const where = [row?.address, row?.neighbourhood].filter(Boolean).join(", ");
  return (
    <>
      <span className="row-line">
        <span className="num when">{span(job.from, job.to, now)}</span>
        <span className="marks">{shown.isUnsent && <Mark tone="paused" isPlain>{t`sin enviar`}</Mark>}
          {shown.refused > 0 && <Mark tone="danger">{t`rechazada`}</Mark>}
          {shown.status !== "ASSIGNED" && <Mark tone={toneOf[shown.status]}>{statusText(shown.status)}</Mark>}</span>
      </span>
      <span className="job-title"><b className={isLarge ? "large" : "cut"}>{job.title}</b>{row && row.priority <= 2 && <PriorityMark priority={row.priority} label={t`Prioridad ${row.priority}`} />}</span>
      <span className={isLarge ? "muted" : "muted cut"}>{[row?.client_name, where].filter(Boolean).join(" · ")}</span>
      {late && <span className="small toned tone-danger">{t`debía empezar hace ${late}`}</span>}
    </>
  );
}

function Availability() {
  const { t } = useLingui();
  const { pocket, day, outbox } = useHere();
  const technician = day.technician;
  if (!technician) return null;
  const waiting = outbox.queued.findLast((one) => one.method === "technicians.set_availability" && !one.refused);
  const now = (waiting?.params.availability as Availability | undefined) ?? technician.availability;
  const choices: Availability[] = ["available", "break", "off"];
  if (!choices.includes(now)) choices.unshift(now);
  const change = (to: string) => {
    if (to !== now) void pocket.outbox.add("technicians.set_availability", { id: technician.id, availability: to }, t`Disponibilidad: ${availabilityText(to as Availability)}`).catch(() => {});
  };
  return <Select label={t`Disponibilidad`} isLabelHidden value={now} onChange={change} choices={choices.map((id) => ({ id, text: availabilityText(id) }))} />;
}
