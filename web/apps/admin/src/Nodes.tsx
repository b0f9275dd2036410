// The nodes and their shards, and the health of the one that serves this page: live while somebody looks,
// and without any client's data.
import { api, clockOffset, stream, useAnswer } from "@microflow/app";
import { lasting } from "@microflow/app/time";
import { answerOf, type Cluster } from "@microflow/client";
import { Button, Mark, Notice, Spinner } from "@microflow/ui";
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { Head, wordsOf } from "./core";

interface Health { node: string; version: string; ready: boolean; why_not?: string; shards: number; shards_owned: number; queued_commands: number; connections: number }

export function Nodes() {
  const { t } = useLingui();
  const [health, setHealth] = useState<Health>();
  const [isStale, setStale] = useState(true);
  useEffect(() => stream.follow("cluster", {
    opened: ({ snapshot }) => { if (snapshot) setHealth(snapshot as Health); },
    pushed: ({ event }) => { if (event) setHealth(event as Health); },
    stale: setStale,
  }), []);
  const [answer, again] = useAnswer(async () => {
    const from = performance.now(), found = await answerOf(api.client.GET("/v1/cluster"));
    return { found, tookMs: Math.round(performance.now() - from) };
  }, []);
  const cluster = answer && "ok" in answer.found ? (answer.found.ok as Cluster) : undefined;
  const offset = clockOffset(), skew = Math.abs(offset) < 1_000 ? t`menos de 1 s` : lasting(offset);
  return (
    <>
      <Head title={t`Nodos`}><Button onPress={again}>{t`Leer otra vez`}</Button></Head>
      <section className="card" aria-label={t`Este nodo`}>
        <h3>{t`El nodo que sirve esta página`} {isStale ? <Mark tone="warn">{t`No está en vivo`}</Mark> : health && (health.ready ? <Mark tone="ok">{t`Listo`}</Mark> : <Mark tone="danger">{t`No está listo`}</Mark>)}</h3>
        {health?.why_not && <Notice tone="danger">{health.why_not}</Notice>}
        {health && (
          <dl className="numbers">
            <Figure name={t`Nodo`} value={health.node} /><Figure name={t`Versión`} value={health.version} />
            <Figure name={t`Particiones suyas`} value={`${health.shards_owned} / ${health.shards}`} /><Figure name={t`Comandos en cola`} value={health.queued_commands} />
            <Figure name={t`Conexiones`} value={health.connections} /><Figure name={t`Respuesta`} value={answer ? `${answer.tookMs} ms` : "–"} /><Figure name={t`Diferencia con este reloj`} value={skew} />
          </dl>
        )}
      </section>
      {!answer && <Spinner label={t`Cargando`} />}
      {answer && "no" in answer.found && <Notice tone="danger">{wordsOf(answer.found.no)}</Notice>}
      {cluster && (
        <>
          <div className="table-box"><table><thead><tr><th scope="col">{t`Nodo`}</th><th scope="col">{t`Dirección`}</th><th scope="col">{t`Estado`}</th><th scope="col">{t`Versión`}</th><th scope="col">{t`Suyas`}</th><th scope="col">{t`Copias`}</th></tr></thead>
            <tbody>{cluster.nodes.map((node) => <tr key={node.id}><td>{node.id}</td><td className="num">{node.address}</td><td><Mark tone={node.state === "ready" ? "ok" : "danger"}>{node.state === "ready" ? t`Listo` : t`No está listo`}</Mark></td>
              <td className="num">{node.version}</td><td className="num">{node.owned}</td><td className="num">{node.standby}</td></tr>)}</tbody></table></div>
          <h3>{t`Particiones`}</h3>
          <Shards cluster={cluster} />
        </>
      )}
    </>
  );
}
const Figure = ({ name, value }: { name: string; value: string | number }) => <div><dt>{name}</dt><dd className="num">{value}</dd></div>;

function Shards({ cluster }: { cluster: Cluster }) {
  const { t } = useLingui();
  const closed = cluster.shards.filter(({ state }) => state !== "owned");
  return (
    <>
      {closed.length > 0 && <Notice tone="danger">{t`Sin dueño: ${closed.map(({ shard }) => shard).join(", ")}`}</Notice>}
      <ul className="shards" aria-label={t`Particiones`}>
        {cluster.shards.map((one) => {
          const furthest = Math.max(0, ...one.replicas.map(({ seq }) => seq)), behind = one.replicas.map(({ node, seq }) => `${node}: ${seq - furthest}`).join(" · ");
          return <li key={one.shard} className={one.state === "owned" ? "" : "closed"} title={behind}><b className="num">{one.shard}</b><span className="muted small cut">{one.owner || t`nadie`}</span>{one.replicas.length > 0 && <span className="small num">{furthest}</span>}</li>;
        })}
      </ul>
    </>
  );
}
