import { api } from "@microflow/app";
import { answerOf, type Letter } from "@microflow/client";
import { useLingui } from "@lingui/react/macro";
import { Head, Listing, usePages } from "./core";

/** Reactions that their targets refused for good: what should have followed and didn't. */
export function Letters() {
  const { t } = useLingui();
  const pages = usePages<Letter>((cursor) => answerOf(api.client.GET("/v1/letters", { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } } as never)) as never);
  return (
    <>
      <Head title={t`Cartas muertas`} note={t`Reacciones que su destino rechazó para siempre: algo debía pasar y no pasó. Su contenido se ve en el nodo: microflow journal letters.`} />
      <Listing pages={pages} head={[t`Destino`, t`Debía`, t`Por qué no`, t`Causa`]} empty={t`No hay ninguna`}>
        {(one) => <tr key={one.letter}><td className="num small">{one.target}</td><td>{one.verb}</td><td>{one.why}</td><td className="num small muted">{one.cause}</td></tr>}
      </Listing>
    </>
  );
}
